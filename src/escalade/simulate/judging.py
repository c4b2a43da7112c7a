"""The parts that judge: one answer, several at once, or two against each other.

A judge's score of an answer depends on (world seed, judge, item, text of the answer) alone, so that the same answer
gets the same score wherever it is shown. What is said about it is a real text: mostly JSON, sometimes in a code
fence, sometimes neither.
"""

import math
from typing import Any

from msgspec import Struct

from escalade.simulate import open_ended
from escalade.simulate.draws import Draws
from escalade.simulate.reading import Shown
from escalade.simulate.solving import Said, Scene, Solver
from escalade.simulate.wording import as_json, reason

_REASON_KEYS = ("reason", "reasons", "reasoning", "explanation", "feedback", "rationale", "critique")
_SCORE_KEYS = ("score", "rating", "grade")
_PROSE = "There is much to be said for what is shown here, and some things against it; on balance it stands as it is."
_CLEARLY = 0.5
_SLIGHTLY = 0.05
"""Differences of two scores from which the better answer is called much better, or better at all."""


class Opinion(Struct, frozen=True):
    score: float
    accepted: bool
    reason: str


def opinion(solver: Solver, scene: Scene, text: str) -> Opinion:
    """What the judge thinks of one answer; 0 to 1, to two places."""
    judging = solver.model.judging
    draws = Draws(solver.world.seed, solver.model.name, scene.item.id, "judge", text)
    right = open_ended.is_good(solver, scene.item, text)
    accepted = draws.chance(judging.true_accept if right else judging.false_accept)
    low, high = (judging.accept_from, 1.0) if accepted else (0.0, judging.reject_below)
    score = low + draws.unit() * (high - low) + judging.score_noise * draws.normal()
    return Opinion(round(min(1.0, max(0.0, score)), 2), accepted, reason(draws, accepted=accepted))


def judge(solver: Solver, scene: Scene) -> Said:
    """A score and a reason for one answer, as JSON under the keys that were asked for."""
    draws = solver.draws(scene, "verdict")
    if draws.chance(solver.model.judging.unparseable):
        return Said(_PROSE)
    found = opinion(solver, scene, _only_answer(scene))
    keys = scene.prompt.keys
    verdict: dict[str, Any] = {_asked(_REASON_KEYS, keys): found.reason}
    if "accept" in keys:
        verdict["accept"] = found.accepted
    verdict[_asked(_SCORE_KEYS, keys)] = found.score
    return Said(as_json(verdict, fenced=draws.chance(solver.model.judging.fenced)))


def panel(solver: Solver, scene: Scene) -> Said:
    """A score and a reason for every shown answer, and the id of the best (ties: the first shown)."""
    judging, shown = solver.model.judging, scene.prompt.shown
    draws = solver.draws(scene, "verdict")
    if draws.chance(judging.unparseable):
        return Said(_PROSE)
    opinions = [opinion(solver, scene, one.text) for one in shown]
    scores = [found.score for found in opinions]
    if draws.chance(judging.position_bias):
        scores[0] = max(scores)
    reviews = [
        {"id": one.id, "score": score, "reason": found.reason}
        for one, score, found in zip(shown, scores, opinions, strict=True)
    ]
    best = shown[scores.index(max(scores))].id
    return Said(as_json({"reviews": reviews, "best": best}, fenced=draws.chance(judging.fenced)))


def pairwise(solver: Solver, scene: Scene) -> Said:
    """Which of two answers is better, as a label such as [[A>B]]."""
    judging, shown = solver.model.judging, scene.prompt.shown
    draws = solver.draws(scene, "verdict")
    if draws.chance(judging.unparseable):
        return Said(_PROSE)
    biased = draws.chance(judging.position_bias)
    noise = judging.score_noise * draws.normal() if open_ended.is_open(scene.item) else 0.0
    label = "A>B" if biased else _label(_advantage(solver, scene, shown[0], shown[1]) + noise)
    return Said(f"{reason(draws, accepted=label != 'A=B')}\n\nMy final verdict is: [[{label}]]")


def _advantage(solver: Solver, scene: Scene, first: Shown, second: Shown) -> float:
    longer = math.log2((len(first.text) + 1) / (len(second.text) + 1))
    if open_ended.is_open(scene.item):
        better = open_ended.perceived(solver, scene, first.text) - open_ended.perceived(solver, scene, second.text)
        return better + solver.model.judging.verbosity_bias * longer
    a, b = opinion(solver, scene, first.text), opinion(solver, scene, second.text)
    # Two answers of one opinion are equally good to it: within a band, scores tell nothing about quality.
    difference = a.score - b.score if a.accepted != b.accepted else 0.0
    return difference + solver.model.judging.verbosity_bias * longer


def _label(advantage: float) -> str:
    if abs(advantage) < _SLIGHTLY:
        return "A=B"
    much = abs(advantage) >= _CLEARLY
    if advantage > 0:
        return "A>>B" if much else "A>B"
    return "B>>A" if much else "B>A"


def _only_answer(scene: Scene) -> str:
    """The answer to judge; in a prompt without tags, what stands after the question."""
    if scene.prompt.shown:
        return scene.prompt.shown[0].text
    _, _, rest = scene.prompt.question.partition(scene.item.text)
    return rest or scene.prompt.question


def _asked(names: tuple[str, ...], keys: frozenset[str]) -> str:
    return next((name for name in names if name in keys), names[0])
