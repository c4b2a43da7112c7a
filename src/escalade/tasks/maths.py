"""Grading mathematics twice: by canonical spelling ("normalised"), and by math-verify where it is installed.

The second is the main grade where the `maths` extra is installed, else the first; the method says which. Pairs that
are spelt alike are settled without a proof. A pair that cannot be decided in time is the grader's failure, said as
such: neither right nor wrong.

Source of the second: math-verify 0.9.0, pinned, because its grammar's versions have moved scores by points.
"""

from importlib.metadata import version

from escalade.answers import Answer, read, same
from escalade.core.grade import Grade, Outcome
from escalade.core.messages import Expects
from escalade.core.reply import Reply
from escalade.ledger.span import Span
from escalade.tasks.grader import unread
from escalade.tasks.math_pool import MathPool, installed
from escalade.tasks.protocol import Item

EXPRESSION = Expects("expression")
_OTHER = "normalised"


class MathGrader:
    """`proofs=False` grades by spelling alone, also where math-verify is installed."""

    metric = "accuracy"
    pays = False

    def __init__(self, pool: MathPool | None = None, *, proofs: bool = True) -> None:
        self._proofs = proofs and installed()
        self._pool = pool or MathPool()

    @property
    def fingerprint(self) -> str:
        return f"maths-1 math-verify {version('math-verify')}" if self._proofs else "maths-1 normalised"

    async def grade(self, item: Item, reply: Reply, span: Span) -> Grade:  # noqa: ARG002  (asks nobody)
        answer = read(reply.text, EXPRESSION)
        if answer is None:
            none = unread(reply)
            return Grade(outcome=none.outcome, reason=none.reason, others={_OTHER: none})
        alike = same(answer.value, item.gold, EXPRESSION)
        normalised = _grade("right" if alike else "wrong", answer, "normalised match")
        if not self._proofs:
            return _grade(normalised.outcome, answer, "normalised match", others={_OTHER: normalised})
        outcome, reason = (normalised.outcome, "") if alike else await self._proved(item.gold, answer)
        return _grade(outcome, answer, "math-verify", reason=reason, others={_OTHER: normalised})

    async def close(self) -> None:
        await self._pool.close()

    async def _proved(self, gold: str, answer: Answer) -> tuple[Outcome, str]:
        equality = await self._pool.equal(gold, answer.said)
        if equality.equal is None:
            return "grader_failed", equality.trouble
        return "right" if equality.equal else "wrong", equality.trouble


def _grade(
    outcome: Outcome, answer: Answer, method: str, *, reason: str = "", others: dict[str, Grade] | None = None
) -> Grade:
    return Grade(
        outcome=outcome,
        score=1.0 if outcome == "right" else 0.0,
        answer=answer.said,
        method=f"{answer.method}, {method}",
        reason=reason,
        others=others or {},
    )
