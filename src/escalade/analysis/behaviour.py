"""What an agent makes of its tools' answers: corrected, modified, judged or reserved, counted over trials.

The four words are those of the stacking papers (ChemHTS, 2025), which name them and do not define them. Here each trial
with a graded final answer has exactly one. An answer is compared as it was read: two right answers are the same, two
others where they are spelt alike, and one that could not be read is the same as none.

    reserve   the tools' answers are all the same, and the final one is it
    judge     they differ, and the final one is among them
    correct   the final answer is none of them, and right
    modify    the final answer is none of them, and not right
"""

import re
from collections import Counter
from typing import Literal

from msgspec import Struct

from escalade.analysis.trial import is_right
from escalade.core.grade import Grade
from escalade.store.record import Record

Behaviour = Literal["correct", "modify", "judge", "reserve"]
_RIGHT = "right"
_ALONE = re.compile(r"/worker(\.\d+)?(/worker)*")
"""The system, in one of its turns, and what it is wrapped around: a member of several would have a place."""


class Behaviours(Struct, frozen=True, kw_only=True):
    """Counts of trials. `correct + modify + judge + reserve` is all that are counted."""

    correct: int = 0
    modify: int = 0
    judge: int = 0
    judge_right: int = 0
    """Of `judge`: the answer that was picked is right."""
    reserve: int = 0
    reserve_right: int = 0
    """Of `reserve`: the answer that was kept is right."""
    uncounted: int = 0
    """Trials without an agent at the top, without an answer, or with a final answer graded neither right nor wrong."""

    @property
    def counted(self) -> int:
        return self.correct + self.modify + self.judge + self.reserve


class BehaviourTally:
    """Add records in any order."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def add(self, record: Record) -> None:
        what = behaviour(record)
        if what is None:
            self._counts["uncounted"] += 1
            return
        self._counts[what] += 1
        if what in ("judge", "reserve"):
            self._counts[f"{what}_right"] += is_right(record.grade) is True

    def include(self, other: "BehaviourTally") -> None:
        """Add what another tally counted."""
        self._counts += other._counts

    def behaviours(self) -> Behaviours:
        return Behaviours(**self._counts)


def behaviour(record: Record) -> Behaviour | None:
    """What the system's own agent did in this trial; None where nothing tells."""
    right = is_right(record.grade)
    agent = _agent(record)
    if right is None or agent is None:
        return None
    heard = _tools(record, agent)
    final = _answer_name(record.grade)
    if final is not None and final in heard:
        return "reserve" if len(heard) == 1 else "judge"
    return "correct" if right else "modify"


def _agent(record: Record) -> str | None:
    """The path of the agent whose answer is the system's, in the last turn: nobody beside it on the way down."""
    agents = [span.path.rpartition("/")[0] for span in record.spans if span.role == "head"]
    own = [path for path in agents if _ALONE.fullmatch(path)]
    if not own:
        return None
    least = min(path.count("/") for path in own)
    return [path for path in own if path.count("/") == least][-1]


def _tools(record: Record, agent: str) -> set[str]:
    """The last readable answer of each tool that the agent asked."""
    last: dict[str, tuple[int, Grade | None]] = {}
    for step in record.steps:
        above, _, own = step.path.rpartition("/")
        role, *places = own.split(".")
        if above != agent or role != "tool" or len(places) != 2:
            continue
        number, tool = int(places[0]), places[1]
        if tool not in last or last[tool][0] < number:
            last[tool] = (number, step.grade)
    return {answer for _, grade in last.values() if (answer := _answer_name(grade)) is not None}


def _answer_name(grade: Grade | None) -> str | None:
    """One name for an answer and all that are the same; None where there was none to read."""
    if grade is None or grade.outcome == "no_answer":
        return None
    return _RIGHT if grade.outcome == "right" else f"not right: {grade.answer}"
