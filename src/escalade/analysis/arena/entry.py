"""Entry: one contestant's showing on one question, reduced to what scores are worked out from.

From Records, or from anything else that has battles. Where one side gave no answer it forfeits the games: the entry has
no battle. Where neither did, there is nothing to decide. One whose games no judge judged is neither won
nor lost: it is counted apart.
"""

from collections.abc import Iterable, Iterator
from typing import Literal

from msgspec import Struct

from escalade.core.battle import Battle
from escalade.store.record import Record


class Entry(Struct, frozen=True, kw_only=True):
    system: str
    item: str
    category: str = ""
    battle: Battle | None = None
    """None where there was nothing to judge."""
    forfeit: Literal[-1, 0, 1] = 0
    """-1 where the contestant gave no answer and so lost, 1 where the baseline gave none."""

    @property
    def is_unanswered(self) -> bool:
        """Whether neither side gave an answer."""
        return self.battle is None and not self.forfeit


def entries(records: Iterable[Record]) -> Iterator[Entry]:
    """One for each record that was graded by games, or had nothing to be graded."""
    for record in records:
        grade = record.grade
        lost = grade is None or grade.outcome == "no_answer"
        battle = grade.battle if grade else None
        if lost or battle:
            category = record.labels.get("category", "")
            yield Entry(
                system=record.system, item=record.item, category=category, battle=battle, forfeit=-1 if lost else 0
            )
