"""Rank: a model orders the candidates, in both orders of showing them, and the best of them are kept.

Judges prefer what they are shown first; asking in both orders lets that cancel out. By pairs, every two candidates
are compared twice; by scores, a panel judge sees all of them twice. A comparison that fails or cannot be read gives
both candidates half a win, so that a ranker that fails altogether leaves the order as it was.
"""

import re
from collections.abc import Sequence
from itertools import combinations

import msgspec

from escalade.core.checked import able, whole
from escalade.core.errors import BudgetExceeded, Failure
from escalade.core.messages import Request
from escalade.core.reply import Reply
from escalade.core.structure import Part
from escalade.gates import PanelJudge
from escalade.gates.asked_twice import put_to_judge
from escalade.ledger.span import Span
from escalade.models.given import checked
from escalade.models.protocol import Model, ask
from escalade.models.structure import Worst, structure_of, worst_of
from escalade.models.together import together
from escalade.prompts import Template, template
from escalade.strategies.panel import note_failures, short_of_budget
from escalade.strategies.ranking.pipeline import Bound, Candidate, StageResult

_LABEL = re.compile(r"\[\[[ ]?([AB])[ ]?(>{1,2}|={1,2}|<{1,2})[ ]?([AB])[ ]?\]\]")
_WINS = {">": 1.0, "=": 0.5, "<": 0.0}


class RankByPairs:
    """Asks `model` about every two candidates in both orders; keeps the `keep` that win most often."""

    def __init__(self, model: Model, keep: int, *, prompt: Template | None = None) -> None:
        self.model = checked(model, "a ranker's model")
        self.keep = whole(keep, "keep", 1)
        self._prompt = prompt or template("rank_pair")

    async def run(self, request: Request, candidates: Sequence[Candidate], span: Span, place: int) -> StageResult:
        pairs = [pair for a, b in combinations(range(len(candidates)), 2) for pair in ((a, b), (b, a))]
        outcomes = await together([self._compared(request, candidates, pair, span, place) for pair in pairs])
        note_failures(outcomes, span)
        wins, read = [0.0] * len(candidates), 0
        for (first, second), outcome in zip(pairs, outcomes, strict=True):
            won = first_wins(outcome.text) if isinstance(outcome, Reply) else None
            read += won is not None
            wins[first] += 0.5 if won is None else won
            wins[second] += 0.5 if won is None else 1 - won
        span.note("ranking", wins=wins, read=read, asked=len(pairs))
        stopped = "ranked" if read or not pairs else "ranker failed"
        return StageResult(
            candidates=_best(candidates, wins, self.keep), stopped=stopped, short=short_of_budget(outcomes)
        )

    async def _compared(
        self, request: Request, candidates: Sequence[Candidate], pair: tuple[int, int], span: Span, place: int
    ) -> Reply | Failure:
        first, second = (candidates[number].reply.text for number in pair)
        words = self._prompt.fill(question=request.question, first=first, second=second)
        place_of_pair = f"{place}.{pair[0] + 1}-{pair[1] + 1}"
        return await ask(self.model, put_to_judge(request, words), span, "ranker", place=place_of_pair)

    def parts(self) -> tuple[Part, ...]:
        return (Part("ranker", structure_of(self.model)),)

    def described(self) -> str:
        return f"rank by pairs, keep {self.keep}"

    def prompts(self) -> list[str]:
        return [self._prompt.fingerprint]

    def worst(self, prompt_tokens: int, given: Bound) -> tuple[Worst, Bound]:
        words = len(self._prompt.text.encode()) + 2 * given.output
        once = worst_of(self.model, prompt_tokens + words)
        kept = msgspec.structs.replace(given, candidates=min(self.keep, given.candidates))
        return once.times(given.candidates * (given.candidates - 1)), kept


class RankByScores:
    """Lets a panel judge score all candidates, once in either order; keeps the `keep` with the highest mean score."""

    def __init__(self, judge: PanelJudge, keep: int) -> None:
        self.judge = able(judge, "review", "a judge of all answers, such as PanelJudge(model),")
        self.keep = whole(keep, "keep", 1)

    async def run(self, request: Request, candidates: Sequence[Candidate], span: Span, place: int) -> StageResult:
        texts = [candidate.reply.text for candidate in candidates]
        both = await together(
            [
                self.judge.review(request, texts, span, place=f"{place}.{name}", reverse=reverse)
                for name, reverse in (("forward", False), ("backward", True))
            ]
        )
        scores = [[said.score for one in both if (said := one.reviews[n])] for n in range(len(texts))]
        read = sum(map(bool, scores))
        wins = [sum(said) / len(said) if said else 0.0 for said in scores]
        span.note("ranking", scores=[won if said else None for won, said in zip(wins, scores, strict=True)])
        short = any(one.error == BudgetExceeded.code for one in both)
        stopped = "ranked" if read else "ranker failed"
        return StageResult(candidates=_best(candidates, wins, self.keep), stopped=stopped, short=short)

    def parts(self) -> tuple[Part, ...]:
        return (Part("ranker", self.judge.structure(), times=2),)

    def described(self) -> str:
        return f"rank by scores, keep {self.keep}"

    def prompts(self) -> list[str]:
        return []

    def worst(self, prompt_tokens: int, given: Bound) -> tuple[Worst, Bound]:
        once = self.judge.worst(prompt_tokens, given.candidates, given.output)
        kept = msgspec.structs.replace(given, candidates=min(self.keep, given.candidates))
        return once.times(2), kept


def first_wins(text: str) -> float | None:
    """1, 0.5 or 0 by the last label in `text`, such as [[A>B]]; None without one."""
    found = [match for match in _LABEL.finditer(text) if match[1] != match[3]]
    if not found:
        return None
    wins = _WINS[found[-1][2][0]]
    return wins if found[-1][1] == "A" else 1 - wins


def _best(candidates: Sequence[Candidate], wins: Sequence[float], keep: int) -> tuple[Candidate, ...]:
    """The `keep` candidates with the most wins, best first, earlier ones first among equals."""
    order = sorted(range(len(candidates)), key=lambda number: -wins[number])
    return tuple(candidates[number] for number in order[:keep])
