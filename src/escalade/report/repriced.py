"""Costs before and after as cells of a table."""

from collections.abc import Sequence
from decimal import Decimal

from escalade.analysis.spending import Spent
from escalade.experiment.reprice import CostChange, Costs
from escalade.prices import Price
from escalade.report.money import money


def cost_rows(systems: Sequence[Costs]) -> list[list[str]]:
    """Of each system: its name, its calls, the cost before and after, and their ratio."""
    return [cost_row(costs.system, costs) for costs in systems]


def cost_row(name: str, costs: CostChange) -> list[str]:
    before, after = costs.before, costs.after
    return [name, f"{after.calls:,}", money(before), money(after), _ratio(before, after)]


def rates(price: Price) -> str:
    """The price in words, with its origin."""
    origin = price.as_of or price.source
    return f"${_plain(price.input)} in, ${_plain(price.output)} out per million tokens ({origin})"


def _ratio(before: Spent, after: Spent) -> str:
    if before.usd is None or after.usd is None or before.usd == 0:
        return "-"
    return f"{float(after.usd / before.usd):.3g}"


def _plain(rate: Decimal) -> str:
    return f"{rate.normalize():f}"
