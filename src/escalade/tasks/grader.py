"""Grader: measures one reply to one item. Tasks have one; a reply that is bad in any way is a Grade, not an error."""

from typing import Protocol

from escalade.core.grade import Grade
from escalade.core.reply import Reply
from escalade.ledger.span import Span
from escalade.tasks.protocol import Item


class Grader(Protocol):
    @property
    def fingerprint(self) -> str:
        """Names the method and everything that it depends on: equal fingerprints give equal grades."""
        ...

    @property
    def metric(self) -> str:
        """What the mean score is called."""
        ...

    @property
    def pays(self) -> bool:
        """True where grading calls a model."""
        ...

    async def grade(self, item: Item, reply: Reply, span: Span) -> Grade:
        """Never raises for a bad reply; `span` is of the grading account."""
        ...

    async def close(self) -> None: ...


def unread(reply: Reply) -> Grade:
    """The grade of a reply in which no final answer was found, with the usual cause where it is known."""
    cut = reply.finish == "length"
    return Grade(outcome="no_answer", reason="the reply was cut off at its token limit" if cut else "")
