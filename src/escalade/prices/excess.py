"""Excess: how far what a provider reports exceeds a model's price, so that worst cases stay worst cases.

A price that is too low makes reservations too small. It is not corrected here, and what was paid is never changed: the
next reservations are larger, as much as the dearest report so far asks for.
"""

from decimal import ROUND_CEILING, Context, Decimal

_UP = Context(prec=200, rounding=ROUND_CEILING)
_FINEST = Decimal("1e-12")
"""USD. A factor has no end of digits, and a worst case needs no more than a sum of them can keep."""


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
            self.factor = max(self.factor, _UP.divide(reported, priced))
        else:
            self.least = max(self.least, reported)

    def over(self, worst: Decimal) -> Decimal:
        """The worst case `worst` by the price, in the light of what was reported; rounded up where it is not exact."""
        if self.factor == 1:
            return max(worst, self.least)
        dearer = _UP.multiply(worst, self.factor).quantize(_FINEST, context=_UP)
        return max(dearer.normalize(_UP), self.least)
