"""How a run ended in this process, and how much of it is done. What it found is in the store."""

from decimal import Decimal
from typing import Literal

from msgspec import Struct

from escalade.core.errors import EscaladeError
from escalade.store import Run

Ended = Literal["finished", "budget", "interrupted", "stopped"]


class RunOutcome(Struct, frozen=True):
    run: Run
    ended: Ended
    trials: int
    """All there are."""
    done: int
    error: EscaladeError | None = None
    """Why it was stopped."""
    overrun_usd: Decimal = Decimal(0)
    """Spent above the budget, since providers reported more than the models' prices give."""
