"""How long final answers are, in output tokens without reasoning, and whether right ones differ from the rest.

Tokens are those of the Call that wrote the answer, as its provider counted them. An answer that a strategy composed, or
whose Call said no usage, has no length here: it is counted as unmeasured and never guessed.
"""

from collections.abc import Sequence

from msgspec import Struct

from escalade.analysis.statistics.interval import mean, quantile
from escalade.analysis.trial import answered, is_right
from escalade.store.record import Record


class Lengths(Struct, frozen=True, kw_only=True):
    """The distribution of one group of answers, in tokens."""

    n: int
    mean: float
    p5: float
    p25: float
    p50: float
    p75: float
    p95: float


class AnswerLengths(Struct, frozen=True, kw_only=True):
    """None stands for a group without measured answers."""

    every: Lengths | None
    right: Lengths | None
    not_right: Lengths | None
    """Those graded wrong or unreadable."""
    unmeasured: int
    estimated: int
    """Answers whose tokens were guessed from text."""


class LengthTally:
    """The running figures of one system."""

    def __init__(self) -> None:
        self._tokens: dict[bool | None, list[int]] = {True: [], False: [], None: []}
        self._unmeasured = 0
        self._estimated = 0

    def add(self, record: Record) -> None:
        if not answered(record):
            return
        usage = next((call.usage for call in record.calls if call.id == record.answer and call.usage), None)
        if usage is None:
            self._unmeasured += 1
            return
        self._estimated += usage.estimated
        self._tokens[is_right(record.grade)].append(usage.output - usage.reasoning)

    def lengths(self) -> AnswerLengths:
        return AnswerLengths(
            every=_of(sorted(n for group in self._tokens.values() for n in group)),
            right=_of(sorted(self._tokens[True])),
            not_right=_of(sorted(self._tokens[False])),
            unmeasured=self._unmeasured,
            estimated=self._estimated,
        )


def _of(tokens: Sequence[int]) -> Lengths | None:
    if not tokens:
        return None
    p5, p25, p50, p75, p95 = (quantile(tokens, share) for share in (0.05, 0.25, 0.5, 0.75, 0.95))
    return Lengths(n=len(tokens), mean=mean(tokens), p5=p5, p25=p25, p50=p50, p75=p75, p95=p95)
