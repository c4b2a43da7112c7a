"""Evidence: what the Records of all rounds say of each candidate, kept as numbers."""

from collections import defaultdict

from escalade.analysis.behaviour import Behaviours, BehaviourTally
from escalade.analysis.system_tally import SystemTally
from escalade.analysis.trial import PerItem, per_item
from escalade.core.money import Total
from escalade.search.path import Round, RoundRun
from escalade.store import Run, Store


class Evidence:
    """Of every round that was run, in the order of the rounds."""

    def __init__(self) -> None:
        self.rounds: list[RoundRun] = []
        self.simulated = False
        """Whether a simulated model had a part in any answer, as the config or the replies say."""
        self._behaviours: defaultdict[str, BehaviourTally] = defaultdict(BehaviourTally)
        self._cost: defaultdict[str, Total] = defaultdict(Total)
        self._items: dict[str, str] = {}

    @property
    def runs(self) -> list[str]:
        return [round_run.run for round_run in self.rounds]

    def begun(self, run: Run) -> None:
        """A round was begun, whether or not it was finished."""
        self.simulated |= any(system.simulated for system in run.systems.values())

    def read(self, store: Store, run: Run, asked: Round) -> dict[str, PerItem]:
        """The figures of a finished round, by candidate."""
        heat = asked.heat if asked.part == "train" else None
        self.rounds.append(RoundRun(run=run.id, stage=asked.stage, part=asked.part, heat=heat))
        tallies: dict[str, SystemTally] = {}
        for record in store.records(run.id):
            item = self._items.setdefault(record.item, record.item)
            tallies.setdefault(record.system, SystemTally()).add(record, item)
        figures = {}
        for name, tally in tallies.items():
            tally.sort()
            self.simulated |= tally.simulated
            self._cost[name] += tally.cost
            self._behaviours[name].include(tally.behaviours)
            figures[name] = per_item(tally.trials)
        return figures

    def behaviours(self, name: str) -> Behaviours:
        return self._behaviours[name].behaviours()

    def cost(self, name: str) -> Total:
        """What all of a candidate's trials are worth."""
        return self._cost[name]
