"""How the parts of a system fared: how often each model in it failed, and each gate gave no verdict.

A strategy goes on without a part that fails, so that a part may fail on every question while the system answers them
all. Only a budget's failures are left out: whatever it ends has a note of its own. A system that is one model has no
parts, and what ends a whole trial is no part's failure but the system's.
"""

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct

from escalade.core.errors import BudgetExceeded
from escalade.ledger.span import SpanFact
from escalade.store.record import Record

VERDICT = "verdict"
"""In place of a role, where what was asked for is a gate's verdict: one that is unjudged has failed."""
_ENOUGH = 5
"""Times; whoever fails on fewer may work yet."""
_CALLED = {"worker": "member", "gate": "judge"}


class PartFacts(Struct, frozen=True, kw_only=True):
    """One part of a system that failed at least once."""

    role: str
    """What its calls are booked under, such as "worker" or "fuser"; "verdict" for what a gate decided."""
    name: str
    """The model's or the gate's."""
    asked: int
    """Times, over all trials that no budget ended."""
    failed: int
    """Of them: without an answer, or for a verdict unjudged."""

    @property
    def called(self) -> str:
        """Such as "member `small`"."""
        return f"{'gate' if self.role == VERDICT else _CALLED.get(self.role, self.role)} `{self.name}`"

    def __str__(self) -> str:
        if self.role == VERDICT:
            return f"{self.failed:,} of {self.asked:,} verdicts of {self.called} are unjudged"
        return f"{self.called} failed {self.failed:,} of the {self.asked:,} times it was asked"


class PartTally:
    """Add records in any order."""

    def __init__(self) -> None:
        self._asked: Counter[tuple[str, str]] = Counter()
        self._failed: Counter[tuple[str, str]] = Counter()

    def add(self, record: Record) -> None:
        if record.status == BudgetExceeded.code:
            return
        strategies = {span.path.rpartition("/")[0] for span in record.spans}
        for span in record.spans:
            if span.notes and self._is_verdict(span):
                continue
            # The system itself is right below the root.
            if span.path not in strategies and span.path.rfind("/") > 0:
                part = span.role, span.name
                self._asked[part] += 1
                if span.error and span.error != BudgetExceeded.code:
                    self._failed[part] += 1

    def facts(self) -> list[PartFacts]:
        """The parts that failed at all, by role and name."""
        return [
            PartFacts(role=role, name=name, asked=self._asked[role, name], failed=failed)
            for (role, name), failed in sorted(self._failed.items())
        ]

    def broken(self) -> str:
        """Which parts never worked, such as "its member `small` never worked"; "" where all did."""
        never = [part for part in worth_telling(self.facts(), 0) if part.failed == part.asked >= _ENOUGH]
        return f"its {' and its '.join(part.called for part in never)} never worked" if never else ""

    def _is_verdict(self, span: SpanFact) -> bool:
        """Whether the span is a gate's. Counts what was judged there, also by a debate's judge of all answers."""
        for note in span.notes:
            match note.get("kind"):
                case "verdict":
                    self._judged(span.name, unjudged=note.get("accept") is None)
                    return True
                case "panel":
                    scores = note.get("scores") or ()
                    self._judged(str(note.get("gate")), unjudged=all(score is None for score in scores))
        return False

    def _judged(self, gate: str, *, unjudged: bool) -> None:
        self._asked[VERDICT, gate] += 1
        if unjudged:
            self._failed[VERDICT, gate] += 1


def worth_telling(parts: Sequence[PartFacts], share: float) -> list[PartFacts]:
    """The parts that failed more often than that `share`; of a gate and its judge of the same name, the gate."""
    found = [part for part in parts if part.failed > share * part.asked]
    gates = {part.name for part in found if part.role == VERDICT}
    return [part for part in found if part.role != "gate" or part.name not in gates]
