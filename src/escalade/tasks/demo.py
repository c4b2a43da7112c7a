"""The demo task: questions that we generate, for trying things without data. They measure nothing."""

from collections.abc import Sequence

from escalade.answers import read, same
from escalade.core.grade import Grade
from escalade.core.ids import fingerprint
from escalade.core.reply import Reply
from escalade.ledger.span import Span
from escalade.simulate import demo_questions
from escalade.tasks.protocol import Item


class Demo:
    """`count` bundled questions, drawn by `seed`."""

    name = "demo"
    metric = "accuracy"
    grades_steps = True
    redacted = False

    def __init__(self, count: int = 200, seed: int = 0) -> None:
        self._items = [
            Item(id=q.id, turns=(q.text,), gold=q.gold, expects=q.expects, labels=q.labels)
            for q in demo_questions(count, seed)
        ]
        self.fingerprint = fingerprint(["demo", self._items])

    async def items(self) -> Sequence[Item]:
        return self._items

    async def grade(self, item: Item, reply: Reply, span: Span) -> Grade:  # noqa: ARG002  (costs nothing)
        answer = read(reply.text, item.expects)
        if answer is None:
            return Grade(outcome="no_answer")
        right = same(answer.value, item.gold, item.expects)
        return Grade(
            outcome="right" if right else "wrong", score=float(right), answer=answer.value, method=answer.method
        )

    async def close(self) -> None:
        """Nothing is open."""
