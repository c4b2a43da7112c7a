"""Usage and price as providers report them, brought to inclusive buckets, and back.

Providers disagree on what includes what. Where the parts exceed the whole, or the total exceeds its terms, the counts
themselves show that something was left out, and it is added where it belongs.
"""

from decimal import Decimal
from typing import Any

import msgspec
from msgspec import Struct

from escalade.core.money import is_amount
from escalade.core.usage import Usage
from escalade.models.backend import Received
from escalade.models.wire.parts import UNREADABLE


class _PromptDetails(Struct):
    cached_tokens: int | None = None
    cache_write_tokens: int | None = None


class _CompletionDetails(Struct):
    reasoning_tokens: int | None = None


class _CostDetails(Struct):
    upstream_inference_cost: Decimal | None = None


class _PerplexityCost(Struct):
    total_cost: Decimal | None = None


class _Tokens(Struct):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    total_tokens: int | None = None
    prompt_tokens_details: _PromptDetails | None = None
    completion_tokens_details: _CompletionDetails | None = None
    prompt_cache_hit_tokens: int | None = None
    """DeepSeek's name for cached tokens."""
    cached_tokens: int | None = None
    """Moonshot's place for them."""
    cache_creation_input_tokens: int | None = None
    """Anthropic's name for tokens written to the cache, which LiteLLM passes on."""


class _Cost(Struct):
    """Read apart from the tokens, so that neither is lost if the other is odd."""

    cost: Decimal | _PerplexityCost | None = None
    is_byok: bool | None = None
    cost_details: _CostDetails | None = None


_tokens_decoder = msgspec.json.Decoder(_Tokens, strict=False)
_cost_decoder = msgspec.json.Decoder(_Cost, strict=False)
_MOST_TOKENS = 1_000_000_000
"""Far beyond any context: the longest hold some ten million."""
_MOST_USD = 1_000_000
_NO_PROMPT_DETAILS = _PromptDetails()
_NO_COMPLETION_DETAILS = _CompletionDetails()


def usage_of(raw: bytes | msgspec.Raw) -> tuple[Usage | None, Decimal | None]:
    """Usage and reported USD in the JSON of a `usage` field; None for what it does not say.

    Never raises: an answer is not lost because its usage has an odd shape. The price of an unreadable usage is unknown.
    """
    return _tokens_in(raw), _usd_in(raw)


def _tokens_in(raw: bytes | msgspec.Raw) -> Usage | None:
    try:
        usage = _inclusive(_tokens_decoder.decode(raw))
    except UNREADABLE:
        return None
    return usage if usage and max(usage.input, usage.output) <= _MOST_TOKENS else None


def _inclusive(reported: _Tokens) -> Usage | None:
    prompt, completion = reported.prompt_tokens, reported.completion_tokens
    if prompt is None or completion is None or prompt < 0 or completion < 0:
        return None
    details = reported.prompt_tokens_details or _NO_PROMPT_DETAILS
    cached = details.cached_tokens or reported.prompt_cache_hit_tokens or reported.cached_tokens or 0
    written = details.cache_write_tokens or reported.cache_creation_input_tokens or 0
    reasoning = (reported.completion_tokens_details or _NO_COMPLETION_DETAILS).reasoning_tokens or 0
    if cached < 0 or written < 0 or reasoning < 0:
        return None
    if cached + written > prompt:
        prompt += cached + written
    total = reported.total_tokens or 0
    # Some count reasoning in the total alone, and it is billed as output.
    completion = max(completion, total - prompt)
    if reasoning > completion:
        completion += reasoning
    return Usage(prompt, completion, cached, written, reasoning)


def _usd_in(raw: bytes | msgspec.Raw) -> Decimal | None:
    """What the call cost its user. With the user's own key at the upstream provider, the router's charge is only a
    part: the upstream's is added, and without it the cost is unknown.
    """
    try:
        reported = _cost_decoder.decode(raw)
    except UNREADABLE:
        return None
    cost = reported.cost.total_cost if isinstance(reported.cost, _PerplexityCost) else reported.cost
    if cost is None or not credible(cost):
        return None
    if not reported.is_byok:
        return cost
    upstream = reported.cost_details.upstream_inference_cost if reported.cost_details else None
    return None if upstream is None or not credible(upstream) else cost + upstream


def credible(usd: Decimal) -> bool:
    """Whether a call can have cost that. A number such as 1e999999 would make every sum and report with it useless."""
    return is_amount(usd, _MOST_USD)


def usage_body(received: Received) -> dict[str, Any] | None:
    """The `usage` field that says what `received` knows; None if it knows nothing."""
    body: dict[str, Any] = {}
    if (usage := received.usage) is not None:
        body = {
            "prompt_tokens": usage.input,
            "completion_tokens": usage.output,
            "total_tokens": usage.input + usage.output,
            "prompt_tokens_details": {"cached_tokens": usage.cached, "cache_write_tokens": usage.cache_write},
            "completion_tokens_details": {"reasoning_tokens": usage.reasoning},
        }
    if received.reported_usd is not None:
        body["cost"] = received.reported_usd
    return body or None
