"""What goes wrong at a simulated provider, and how often.

Which response is hit depends on a seed and on its number alone.
"""

from typing import Literal, Self

from msgspec import Struct

from escalade.core.errors import ConfigError
from escalade.simulate.draws import Draws

Fault = Literal[
    "429", "429_silent", "500", "503", "stalled", "cut", "invalid_json", "empty_choices", "missing_usage"
]  # fmt: skip
_ROUNDING = 1e-9
STATUS: dict[Fault, int] = {"429": 429, "429_silent": 429, "500": 500, "503": 503}
"""The faults that come instead of an answer: nothing is generated and nothing is billed."""
_SHARES: dict[Fault, str] = {
    "429": "rate_limited",
    "429_silent": "rate_limited_silently",
    "500": "server_error",
    "503": "unavailable",
    "stalled": "stall",
    "cut": "cut",
    "invalid_json": "invalid_json",
    "empty_choices": "empty_choices",
    "missing_usage": "missing_usage",
}
"""The field that holds each fault's share."""


class Faults(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Shares of all responses, together at most 1. The rest is answered as it should be."""

    rate_limited: float = 0.0
    """429 with a Retry-After header."""
    rate_limited_silently: float = 0.0
    """429 without one."""
    server_error: float = 0.0
    """500."""
    unavailable: float = 0.0
    """503."""
    stall: float = 0.0
    """Generated and billed, but no byte arrives before the connection is dropped."""
    cut: float = 0.0
    """Generated and billed; the connection breaks in mid-body."""
    invalid_json: float = 0.0
    """Generated and billed; the body is no JSON."""
    empty_choices: float = 0.0
    """Generated and billed; the list of choices is empty and no usage is told."""
    missing_usage: float = 0.0
    """Generated and billed; the answer arrives, its usage and cost do not."""
    retry_after_s: float = 1.0
    """What the Retry-After header says, seconds."""
    stall_s: float = 60.0
    """Seconds until a stalled connection is dropped; longer than the client's time-out to be felt as one."""

    def __post_init__(self) -> None:
        shares = [share for _, share in self._shares()]
        if min(shares) < 0 or sum(shares) > 1 + _ROUNDING:
            raise ConfigError(
                f"the fault rates are {shares}", hint="give shares of at least 0 that sum up to at most 1"
            )

    @classmethod
    def in_equal_parts(cls, share: float, *, retry_after_s: float = 1.0, stall_s: float = 60.0) -> Self:
        """Every kind of fault equally often, `share` of all responses in sum."""
        each = share / len(_SHARES)
        return cls(**dict.fromkeys(_SHARES.values(), each), retry_after_s=retry_after_s, stall_s=stall_s)

    def of(self, seed: int, number: int) -> Fault | None:
        """The fault of the `number`-th response, or None."""
        drawn = Draws(seed, "fault", number).unit()
        for fault, share in self._shares():
            if drawn < share:
                return fault
            drawn -= share
        return None

    def _shares(self) -> tuple[tuple[Fault, float], ...]:
        return tuple((fault, getattr(self, name)) for fault, name in _SHARES.items())
