"""Grading the texts of one trial, each once, with an unforeseen exception of the grader as a grade that says so."""

from escalade.core.errors import EscaladeError
from escalade.core.grade import Grade
from escalade.core.reply import Reply
from escalade.ledger.span import Span
from escalade.tasks.protocol import Item, Task


class Grades:
    """The grades of one item's texts; `span` is of the grading account."""

    def __init__(self, task: Task, item: Item, span: Span) -> None:
        self._task = task
        self._item = item
        self._span = span
        self._known: dict[str, Grade] = {}

    async def of(self, reply: Reply) -> Grade:
        if reply.text not in self._known:
            self._known[reply.text] = await self._graded(reply)
        return self._known[reply.text]

    async def _graded(self, reply: Reply) -> Grade:
        try:
            return await self._task.grade(self._item, reply, self._span)
        except EscaladeError:
            raise
        except Exception as error:  # noqa: BLE001  (the trial boundary: the answer is paid for and must not be lost)
            return Grade(outcome="grader_failed", reason=f"{type(error).__name__}: {error}")
