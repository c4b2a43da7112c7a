"""Price: what tokens cost, exactly. Decimal USD per million tokens; no float, and no price is guessed here."""

from decimal import Decimal
from itertools import pairwise
from typing import Literal

import msgspec
from msgspec import Struct
from msgspec.structs import force_setattr

from escalade.core.checked import whole
from escalade.core.errors import ConfigError
from escalade.core.money import Money, usd
from escalade.core.usage import Usage

_MILLION = Decimal(1_000_000)
_MOST_USD = 1_000_000
"""Per million tokens, or per call. The dearest list prices are a thousandth of it; more is a slip of the unit."""
_BUCKETS = ("input", "output", "cached", "cache_write", "reasoning")


class Rates(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """USD per million tokens of each bucket; exact text and whole numbers will do for a Decimal.

    Raises TypeError for floats, and ConfigError for what is no amount from 0 to a million.
    """

    input: Decimal
    output: Decimal
    cached: Decimal | None = None
    """None: as `input`."""
    cache_write: Decimal | None = None
    """None: as `input`."""
    reasoning: Decimal | None = None
    """None: as `output`."""

    def __post_init__(self) -> None:
        for name in _BUCKETS:
            if (given := getattr(self, name)) is not None:
                force_setattr(self, name, _amount(given, name))


class LongPrompt(Rates, frozen=True, kw_only=True, omit_defaults=True):
    """The rates of a whole call whose prompt has more than `above` tokens."""

    above: int

    def __post_init__(self) -> None:
        super().__post_init__()
        force_setattr(self, "above", whole(self.above, "price, `above`", 0))


class Price(Rates, frozen=True, kw_only=True, omit_defaults=True):
    """The rates of a model, where they come from and when they held."""

    per_request: Decimal = Decimal(0)
    """USD for each call."""
    long_prompts: tuple[LongPrompt, ...] = ()
    """No two with one `above`; kept by growing `above`, in whatever order they are given."""
    source: Literal["config", "catalogue"] = "config"
    as_of: str = ""
    """The date or version of the source."""

    def __post_init__(self) -> None:
        super().__post_init__()
        force_setattr(self, "per_request", _amount(self.per_request, "per_request"))
        steps = sorted(self.long_prompts, key=lambda longer: longer.above)
        if twice := [longer.above for longer, other in pairwise(steps) if longer.above == other.above]:
            raise ConfigError(f"price, `long_prompts`: two of them hold above {twice[0]:,} tokens", hint="drop one")
        force_setattr(self, "long_prompts", tuple(steps))

    def unsourced(self) -> "Price":
        """The same rates, wherever they come from and whenever they held."""
        return msgspec.structs.replace(self, source="config", as_of="")

    def of(self, usage: Usage) -> Money:
        """What a call with `usage` cost, exactly."""
        rates: Rates = self
        for longer in self.long_prompts:
            if usage.input > longer.above:
                rates = longer
        return Money(_usd(rates, usage) + self.per_request, self.source, usage.estimated)

    def at_most(self, prompt_tokens: int, max_output: int) -> Decimal:
        """USD that no call of at most `prompt_tokens` and `max_output` tokens exceeds."""
        if not self.long_prompts:
            return _most_usd(self, prompt_tokens, max_output) + self.per_request
        within = [longer for longer in self.long_prompts if prompt_tokens > longer.above]
        return max(_most_usd(rates, prompt_tokens, max_output) for rates in (self, *within)) + self.per_request


def _usd(rates: Rates, usage: Usage) -> Decimal:
    """Each token once: cached and written ones are taken out of the input, reasoning out of the output."""
    fresh = max(0, usage.input - usage.cached - usage.cache_write)
    said = max(0, usage.output - usage.reasoning)
    sums = (
        fresh * rates.input
        + usage.cached * (rates.input if rates.cached is None else rates.cached)
        + usage.cache_write * (rates.input if rates.cache_write is None else rates.cache_write)
        + said * rates.output
        + usage.reasoning * (rates.output if rates.reasoning is None else rates.reasoning)
    )
    return sums / _MILLION


def _most_usd(rates: Rates, prompt_tokens: int, max_output: int) -> Decimal:
    """The dearest way in which so many tokens can be billed."""
    dearest_in = max(rates.input, rates.cached or rates.input, rates.cache_write or rates.input)
    dearest_out = max(rates.output, rates.reasoning or rates.output)
    return (prompt_tokens * dearest_in + max_output * dearest_out) / _MILLION


def _amount(given: Decimal, name: str) -> Decimal:
    try:
        rate = usd(given)
    except ConfigError as error:
        raise ConfigError(f"price, `{name}`: {error}", hint=error.hint) from None
    if rate > _MOST_USD:
        hint = "prices are in USD per million tokens"
        raise ConfigError(f"price, `{name}`: at most {_MOST_USD:,} USD are believed, not {rate:,f}", hint=hint)
    return rate
