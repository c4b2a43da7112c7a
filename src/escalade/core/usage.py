"""Tokens, in buckets that include one another: cached input is part of input, reasoning is part of output."""

from msgspec import Struct


class Usage(Struct, frozen=True, omit_defaults=True):
    """Token counts of one call or of many. The wire codec brings every provider's counts to this form."""

    input: int = 0
    """All prompt tokens, those read from or written to a provider's cache included."""
    output: int = 0
    """All generated tokens, reasoning included."""
    cached: int = 0
    """The part of `input` that a provider's prompt cache served."""
    cache_write: int = 0
    """The part of `input` that was written to a provider's prompt cache."""
    reasoning: int = 0
    """The part of `output` that was reasoning."""
    estimated: bool = False
    """True where the counts were guessed from text and not reported by a provider."""

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.input + other.input,
            self.output + other.output,
            self.cached + other.cached,
            self.cache_write + other.cache_write,
            self.reasoning + other.reasoning,
            self.estimated or other.estimated,
        )


def estimated_tokens(characters: int) -> int:
    """Tokens of so much text at four characters each: a guess, which is said wherever it shows."""
    return -(-characters // 4)
