"""Reservation: the room that one call holds in all its budgets, until it is known what the call took."""

from decimal import Decimal
from typing import TYPE_CHECKING

from escalade.ledger.limits import Spending

if TYPE_CHECKING:
    from escalade.ledger.budget import Budget


class Reservation:
    """Held while a call is under way; end it with `settle` or `cancel`. What comes after that changes nothing."""

    __slots__ = ("_budgets", "_open", "worst")

    def __init__(self, budgets: "tuple[Budget, ...]", worst: Spending) -> None:
        self._budgets = budgets
        self._open = True
        self.worst = worst

    def settle(self, real: Spending) -> None:
        """The call cost `real`: nothing if it was not billed, `worst` if nobody knows."""
        self._end(real, sent=True)

    def cancel(self) -> None:
        """The call was never sent."""
        self._end(Spending(Decimal(0), 0), sent=False)

    def _end(self, real: Spending, *, sent: bool) -> None:
        if not self._open:
            return
        self._open = False
        for budget in self._budgets:
            budget._settle(self.worst, real, sent=sent)
        for budget in self._budgets:  # when all of them know
            budget._give_room()
