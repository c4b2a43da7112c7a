"""Contestant: one system of one run, reduced to what comparing it with others needs. No Record is kept."""

from collections.abc import Mapping
from typing import Any

from escalade.analysis.by_label import Labels
from escalade.analysis.system_tally import SystemTally
from escalade.analysis.trial import TrialFigures
from escalade.core.structure import Structure
from escalade.store.record import Record, Run, SystemFacts


class Contestant:
    """Told of each Record of its system, in any order, then asked."""

    def __init__(self, run: Run, system: str, *, rates: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        """`rates` are prices in force by model name, where they are not the run's own."""
        self.run = run
        self.system = system
        self.tally = SystemTally()
        self.labels = Labels()
        self.wording: dict[str, str] = {}
        """Of each item that it finished, what names its words; "" where the record does not say."""
        self.gold: dict[str, str] = {}
        self.sources: dict[str, set[str]] = {}
        """By the provider's model id, where the costs of its calls come from."""
        self._rates = rates or {}

    @property
    def simulated(self) -> bool:
        return self._facts.simulated or self.tally.simulated

    @property
    def finished(self) -> bool:
        return len(self.tally.trials) >= self.run.items * self.run.samples

    def add(self, record: Record) -> None:
        """Take in one Record of this system."""
        if record.item not in self.wording:
            self.labels.add(record.item, record.labels)
            self.wording[record.item], self.gold[record.item] = record.wording, record.gold
        for call in record.calls:
            if call.cost.source not in ("nothing", "unknown"):
                self.sources.setdefault(call.asked or call.model, set()).add(call.cost.source)
        self.tally.add(record, record.item)

    def trials(self) -> list[TrialFigures]:
        """Ascending by item and sample."""
        self.tally.sort()
        return self.tally.trials

    def prices(self) -> dict[tuple[str, str], Mapping[str, Any]]:
        """The prices of its models, by the provider's id and where it is asked."""
        prices: dict[tuple[str, str], Mapping[str, Any]] = {}
        _collect(self._facts.structure, self._rates, prices)
        return prices

    @property
    def _facts(self) -> SystemFacts:
        return self.run.systems[self.system]


def _collect(
    structure: Structure,
    rates: Mapping[str, Mapping[str, Any]],
    prices: dict[tuple[str, str], Mapping[str, Any]],
) -> None:
    settings = structure.settings
    price = rates.get(structure.name) or settings.get("price")
    if price and not structure.parts:
        # a simulated model's identity holds its price: it must not hide that the price differs
        where = "simulated" if settings.get("simulated") else str(settings.get("identity", ""))
        prices[str(settings.get("id") or structure.name), where] = price
    for part in structure.parts:
        _collect(part.structure, rates, prices)
