"""Price: what tokens cost, exactly. Decimal USD per million tokens; no float, and no price is guessed here."""

from decimal import Decimal
from typing import Literal

import msgspec
from msgspec import Struct

from escalade.core.errors import ConfigError
from escalade.core.money import Money, usd
from escalade.core.usage import Usage

_MILLION = Decimal(1_000_000)
_MOST_USD = 1_000_000
"""Per million tokens, or per call. The dearest list prices are a thousandth of it; more is a slip of the unit."""
_AMOUNTS = ("input", "output", "cached", "cache_write", "reasoning", "per_request")


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
        for name in _AMOUNTS:
            given = getattr(self, name, None)
            if given is not None:
                msgspec.structs.force_setattr(self, name, _rate(given, name))

    def usd(self, usage: Usage) -> Decimal:
        """Each token once: cached and written ones are taken out of the input, reasoning out of the output."""
        fresh = max(0, usage.input - usage.cached - usage.cache_write)
        said = max(0, usage.output - usage.reasoning)
        sums = (
            fresh * self.input
            + usage.cached * (self.input if self.cached is None else self.cached)
            + usage.cache_write * (self.input if self.cache_write is None else self.cache_write)
            + said * self.output
            + usage.reasoning * (self.output if self.reasoning is None else self.reasoning)
        )
        return sums / _MILLION

    def most_usd(self, prompt_tokens: int, max_output: int) -> Decimal:
        """The dearest way in which so many tokens can be billed."""
        dearest_in = max(self.input, self.cached or self.input, self.cache_write or self.input)
        dearest_out = max(self.output, self.reasoning or self.output)
        return (prompt_tokens * dearest_in + max_output * dearest_out) / _MILLION


class LongPrompt(Rates, frozen=True, kw_only=True, omit_defaults=True):
    """The rates of a whole call whose prompt has more than `above` tokens."""

    above: int


class Price(Rates, frozen=True, kw_only=True, omit_defaults=True):
    """The rates of a model, where they come from and when they held."""

    per_request: Decimal = Decimal(0)
    """USD for each call."""
    long_prompts: tuple[LongPrompt, ...] = ()
    """By growing `above`."""
    source: Literal["config", "catalogue"] = "config"
    as_of: str = ""
    """The date or version of the source."""

    def of(self, usage: Usage) -> Money:
        """What a call with `usage` cost, exactly."""
        rates: Rates = self
        for longer in self.long_prompts:
            if usage.input > longer.above:
                rates = longer
        return Money(rates.usd(usage) + self.per_request, self.source, usage.estimated)

    def at_most(self, prompt_tokens: int, max_output: int) -> Decimal:
        """USD that no call of at most `prompt_tokens` and `max_output` tokens exceeds."""
        if not self.long_prompts:
            return self.most_usd(prompt_tokens, max_output) + self.per_request
        within = [longer for longer in self.long_prompts if prompt_tokens > longer.above]
        return max(rates.most_usd(prompt_tokens, max_output) for rates in (self, *within)) + self.per_request


def _rate(given: Decimal, name: str) -> Decimal:
    try:
        rate = usd(given)
    except ConfigError as error:
        raise ConfigError(f"price, `{name}`: {error}", hint=error.hint) from None
    if rate > _MOST_USD:
        hint = "prices are in USD per million tokens"
        raise ConfigError(f"price, `{name}`: at most {_MOST_USD:,} USD are believed, not {rate:,f}", hint=hint)
    return rate
