"""Evidence: what the Records of all rounds say of each candidate, kept as numbers."""

from escalade.analysis.account import Account
from escalade.analysis.behaviour import Behaviours, BehaviourTally
from escalade.analysis.system_tally import SystemTally
from escalade.analysis.trial import PerItem, per_item
from escalade.store import Store


class Evidence:
    """Of every round that was run, in the order of the rounds."""

    def __init__(self) -> None:
        self.runs: list[str] = []
        self.simulated = False
        """Whether a simulated model had a part in any answer, as the replies say."""
        self._behaviours: dict[str, BehaviourTally] = {}
        self._cost: dict[str, Account] = {}
        self._items: dict[str, str] = {}

    def read(self, store: Store, run_id: str) -> dict[str, PerItem]:
        """The figures of a finished round, by candidate."""
        self.runs.append(run_id)
        tallies: dict[str, SystemTally] = {}
        for record in store.records(run_id):
            item = self._items.setdefault(record.item, record.item)
            tallies.setdefault(record.system, SystemTally()).add(record, item)
        found = {}
        for name, tally in tallies.items():
            tally.sort()
            self.simulated |= tally.simulated
            self._cost.setdefault(name, Account()).include(tally.cost)
            self._behaviours.setdefault(name, BehaviourTally()).include(tally.behaviours)
            found[name] = per_item(tally.trials)
        return found

    def behaviours(self, name: str) -> Behaviours:
        return self._behaviours[name].behaviours() if name in self._behaviours else Behaviours()

    def cost(self, name: str) -> Account:
        """What all of a candidate's trials are worth."""
        return self._cost.get(name, Account())
