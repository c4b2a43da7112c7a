"""Grading the texts of one trial, each once, with an unforeseen exception of the grader as a grade that says so."""

import asyncio

from escalade.core.cancelled import is_asked_to_end
from escalade.core.errors import EscaladeError, Unstorable
from escalade.core.grade import Grade
from escalade.core.reply import Reply
from escalade.core.storable import Packer
from escalade.core.text import in_words
from escalade.core.unquoted import unquote
from escalade.ledger.span import Span
from escalade.tasks.protocol import Item, Task

_packer = Packer(Grade)


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
            _, grade = _packer.pack(await self._task.grade(self._item, reply, self._span))
        except Unstorable as odd:
            return Grade(outcome="grader_failed", reason=str(odd))
        except EscaladeError as error:
            if self._task.redacted:
                unquote(error)
            raise
        except (Exception, asyncio.CancelledError) as error:  # the answer is paid for and must not be lost
            if is_asked_to_end():
                raise
            said = type(error).__name__ if self._task.redacted else in_words(error)
            return Grade(outcome="grader_failed", reason=said)
        if not 0 <= grade.score <= 1:
            return Grade(outcome="grader_failed", reason=f"the score {grade.score:g} is not from 0 to 1")
        return grade
