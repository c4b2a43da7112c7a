"""Grading by comparison: the final answer against the gold answer, or the reply against a pattern. Costs nothing.

Equality is of canonical spelling (`escalade.answers.same`): case and spacing in text, value in numbers, letter in
choices, spelling in formulas. Nothing is proved and nobody is asked. A pattern is searched in the whole reply; one that
does not end in time is the grader's failure, said as such: neither right nor wrong.
"""

from escalade.answers import read, same, search, without_reasoning
from escalade.core.grade import Grade
from escalade.core.reply import Reply
from escalade.ledger.span import Span
from escalade.tasks.grader import unread
from escalade.tasks.protocol import Item


def matched(item: Item, reply: Reply) -> Grade:
    """Right where the final answer is the gold answer but for its spelling."""
    answer = read(reply.text, item.expects)
    if answer is None:
        return unread(reply)
    right = same(answer.value, item.gold, item.expects)
    return Grade(
        outcome="right" if right else "wrong",
        score=1.0 if right else 0.0,
        answer=answer.said,
        method=f"{answer.method}, normalised match",
    )


class MatchGrader:
    """The final answer equals the gold answer."""

    fingerprint = "match-1"
    metric = "accuracy"
    pays = False

    async def grade(self, item: Item, reply: Reply, span: Span) -> Grade:  # noqa: ARG002  (asks nobody)
        return matched(item, reply)

    async def close(self) -> None:
        return


class RegexGrader:
    """The gold answer is a regular expression that must be found in the reply, reasoning apart."""

    fingerprint = "regex-2"
    metric = "accuracy"
    pays = False

    async def grade(self, item: Item, reply: Reply, span: Span) -> Grade:  # noqa: ARG002  (asks nobody)
        text = without_reasoning(reply.text)
        if not text.strip():
            return unread(reply)
        found = await search(item.gold, text)
        if found.trouble:
            return Grade(outcome="grader_failed", method="regex", reason=found.trouble)
        if found.span is None:
            return Grade(outcome="wrong", method="regex")
        return Grade(outcome="right", score=1.0, answer=text[slice(*found.span)], method="regex")

    async def close(self) -> None:
        return
