"""Steps: the answers that were given on the way to the final one, each with its grade and what a gate said of it.

They are graded after the trial was over, so that nothing in the system ever sees a grade.
"""

from escalade.experiment.grading import Grades
from escalade.ledger.paths import judged_by
from escalade.ledger.span import Ledger, Span
from escalade.store import Step

_NO_STEP = frozenset({"system", "gate", "grader", "head", "critic", "ranker"})
"""Roles whose replies are not answers to the question."""


async def graded_steps(ledger: Ledger, grades: Grades) -> list[Step]:
    """The answers given on the way, with their grades and what a gate said of them.

    A part that hands the final answer on as its own, as the outermost agent of a stack does, is not on the way to it.
    """
    final = ledger.spans[0].reply
    verdicts = {judged_by(span.path): note for span in ledger.spans for note in span.notes if note["kind"] == "verdict"}
    last = [span.path for span in ledger.spans if span.parent is ledger.spans[0]][-1:]
    steps = []
    for span in ledger.spans:
        if span.reply is None or span.reply is final or not _is_step(span, last):
            continue
        verdict = verdicts.get(span.path, {})
        steps.append(
            Step(
                path=span.path,
                role=span.role,
                name=span.name,
                level=span.level,
                call=span.reply.call,
                grade=await grades.of(span.reply),
                accepted=verdict.get("accept"),
                score=verdict.get("score"),
            )
        )
    return steps


def _is_step(span: Span, last: list[str]) -> bool:
    """Whether this is an answer on the way to the last turn's, and not a gate's way to its verdict."""
    above = span.parent
    while above is not None and above.path not in last:
        if above.role in _NO_STEP:
            return False
        above = above.parent
    return above is not None and span.role not in _NO_STEP
