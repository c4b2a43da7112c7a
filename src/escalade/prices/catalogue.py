"""The price catalogue: list prices of hosted models as genai-prices ships them, read offline.

A list price is what a provider publishes, not what it charged: OpenRouter may route a call to a dearer host than the
one listed. It serves to bound and estimate; where a provider reports a cost, that one is booked. What is not listed has
no price here, and is never given one by likeness.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from escalade.prices.price import LongPrompt, Price

if TYPE_CHECKING:
    from genai_prices.data_snapshot import DataSnapshot
    from genai_prices.types import ModelPrice

_BUCKETS = {
    "input": "input_mtok",
    "output": "output_mtok",
    "cached": "cache_read_mtok",
    "cache_write": "cache_write_mtok",
    "reasoning": "output_reasoning_mtok",
}
"""Our buckets by the catalogue's names."""
_ROUTES = (":exacto", ":floor", ":nitro")
"""OpenRouter's suffixes that choose among a model's hosts; others (":free", ":online", ...) change its price."""


class CatalogueAge(Struct, frozen=True):
    version: str
    """The version of genai-prices."""
    newest: date
    """The last day, up to today, on which it knows a price to have changed."""
    days: int
    """From then to today."""


def catalogue_price(provider: str, model_id: str, at: datetime | None = None) -> Price | None:
    """The list price of `model_id` at `provider` (the catalogue's id, such as "openrouter") at a time, by default now.

    None if the catalogue does not know it. Where a price depends on the prompt's length, its steps are in
    `long_prompts`.
    """
    if provider in ("", "litellm"):  # a LiteLLM server's model names are its owner's own
        return None
    model_id = next((model_id.removesuffix(route) for route in _ROUTES if model_id.endswith(route)), model_id)
    try:
        _, model = _snapshot().find_provider_model(model_id, None, provider, None)
    except LookupError:
        return None
    return _price(model.get_prices(at or datetime.now(UTC)))


def provider_of(url: str) -> str | None:
    """The catalogue's id of the provider at `url`; None if it lists none there, as for a server of one's own."""
    try:
        provider_id: str = _snapshot().find_provider(None, None, url).id
    except LookupError:
        return None
    return provider_id


def catalogue_age(today: date | None = None) -> CatalogueAge:
    """How old the catalogue is, as far as its own data tell."""
    today = today or datetime.now(UTC).date()
    newest = max((day for day in _dates() if day <= today), default=date(1970, 1, 1))
    return CatalogueAge(_version(), newest, (today - newest).days)


def _snapshot() -> "DataSnapshot":
    from genai_prices.data_snapshot import get_snapshot  # noqa: PLC0415  (heavy: half a second and 10 MB of data)

    return get_snapshot()


def _version() -> str:
    from importlib.metadata import version  # noqa: PLC0415  (wanted only where a price is looked up)

    return version("genai-prices")


def _dates() -> Iterator[date]:
    for provider in _snapshot().providers:
        for model in provider.models:
            if isinstance(model.prices, list):
                yield from (d for c in model.prices if (d := getattr(c.constraint, "start_date", None)))


def _price(listed: "ModelPrice") -> Price | None:
    rates = {ours: getattr(listed, theirs) for ours, theirs in _BUCKETS.items()}
    if rates["input"] is None or rates["output"] is None:
        return None
    steps = sorted({tier.start for rate in rates.values() for tier in getattr(rate, "tiers", ())})
    per_thousand: Any = listed.requests_kcount
    return Price(
        **{ours: _at(rate, 0) for ours, rate in rates.items()},
        per_request=_at(per_thousand, 0) / 1000 if per_thousand is not None else Decimal(0),
        long_prompts=tuple(
            LongPrompt(above=step, **{ours: _at(rate, step + 1) for ours, rate in rates.items()}) for step in steps
        ),
        source="catalogue",
        as_of=f"genai-prices {_version()}",
    )


def _at(rate: Any, prompt_tokens: int) -> Any:
    """The rate of one bucket for a prompt of that length."""
    if rate is None or isinstance(rate, Decimal):
        return rate
    reached = [tier.price for tier in rate.tiers if prompt_tokens > tier.start]
    return reached[-1] if reached else rate.base
