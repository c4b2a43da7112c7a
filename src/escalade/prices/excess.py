"""Excess: how far what a provider reports exceeds a model's price, so that worst cases stay worst cases.

A price that is too low makes reservations too small. It is not corrected here, and what was paid is never changed: the
next reservations are larger, as much as the dearest report so far asks for.
"""

from decimal import Decimal


class Excess:
    """Of one model."""

    def __init__(self) -> None:
        self.factor = Decimal(1)
        """How many times its price a call has cost."""
        self.least = Decimal(0)
        """What a call has cost for which the price says nothing at all, USD."""

    def learn(self, reported: Decimal, priced: Decimal) -> None:
        """A call cost `reported`, where its tokens cost `priced` at the model's price."""
        if reported <= priced:
            return
        if priced:
            self.factor = max(self.factor, reported / priced)
        else:
            self.least = max(self.least, reported)

    def over(self, worst: Decimal) -> Decimal:
        """The worst case `worst` by the price, in the light of what was reported."""
        return max(worst * self.factor, self.least)
