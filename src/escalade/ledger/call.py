"""A Call: one paid attempt at a model, written once, at the leaf, also when it failed."""

from typing import Literal

from msgspec import Struct

from escalade.core.money import NOTHING, UNKNOWN, Money
from escalade.core.usage import Usage

Status = Literal["ok", "failed", "unknown"]
"""`ok`: answered. `failed`: no answer, at a known cost, mostly none. `unknown`: no answer, and nobody knows what was
billed."""


class Call(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: str
    """The journal's key for an answered call; that key, "~" and a random part for a failed attempt."""
    path: str = ""
    """The span that made it."""
    role: str = ""
    """What it was made for: inside a gate or a grader always that, else the role of its span."""
    level: int | None = None
    """The rung, counted from 1, that it was made for."""
    model: str
    """The name of the leaf in the system's structure."""
    asked: str = ""
    """The provider's model id that was asked for."""
    answered: str = ""
    """The model id that the provider says answered."""
    provider: str = ""
    request_id: str = ""
    status: Status = "ok"
    error: str = ""
    """The code of the error, "" if it answered."""
    finish: str = ""
    attempt: int = 1
    usage: Usage | None = None
    cost: Money = UNKNOWN
    """What the work is worth, also when the journal answered."""
    paid: Money = UNKNOWN
    """What this run spent on it: `cost` when it was sent, nothing when the journal answered."""
    hit: bool = False
    """True where the journal answered."""
    latency_s: float = 0.0
    """From sending to the last byte, waiting apart; a journal hit keeps the first one's."""
    waited_s: float = 0.0
    """Time spent waiting for a slot, a budget or a retry, before this attempt."""
    at: float = 0.0
    """When it was sent, seconds since 1970."""

    def as_hit(self, path: str, role: str, level: int | None, model: str, cost: Money) -> "Call":
        """This call as seen by a later reader of the journal, at the place where it is used again.

        `model` is the reader's name, which may not be that of the leaf that made the call.
        """
        return Call(
            id=self.id,
            path=path,
            role=role,
            level=level,
            model=model,
            asked=self.asked,
            answered=self.answered,
            provider=self.provider,
            request_id=self.request_id,
            finish=self.finish,
            attempt=self.attempt,
            usage=self.usage,
            cost=cost,
            paid=NOTHING,
            hit=True,
            latency_s=self.latency_s,
            at=self.at,
        )
