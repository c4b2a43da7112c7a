"""No grader: for open questions without a right answer, whose answers are compared afterwards and not graded here.

Every answer counts as ungraded, which reports show; it is neither right nor wrong, and no quality is made up.
"""

from escalade.core.grade import Grade
from escalade.core.reply import Reply
from escalade.ledger.span import Span
from escalade.tasks.protocol import Item


class Ungraded:
    fingerprint = "ungraded-1"
    metric = "score"
    pays = False

    async def grade(self, item: Item, reply: Reply, span: Span) -> Grade:  # noqa: ARG002  (says nothing of it)
        return Grade(outcome="grader_failed", reason="the task has no right answers to grade by")

    async def close(self) -> None:
        """Nothing is open."""
