"""Open-ended questions: no answer is right, and an answer is as good as the share of an item's points that it makes.

A known question of free text without a right answer has ten points, phrases that its id decides. A model makes each of
them as it would know a right answer: by ability, difficulty and luck, the luck of each point being its own. So a
target accuracy is here a target share of points. What an answer is worth stands in its text, so that a judge can read
it there and needs no back channel: it sees a point that was made with its chance of a true accept, and one that was
not with its chance of a false one. A text that a real model wrote makes no points; to a simulated judge such texts
differ by chance, and by length if it likes length.
"""

import math
from collections.abc import Sequence

from escalade.core.messages import Expects
from escalade.simulate.draws import Draws
from escalade.simulate.inventing import phrases
from escalade.simulate.solving import Scene, Solver
from escalade.simulate.world import KnownItem

POINTS = 10
ENOUGH = 0.5
"""The share of points from which an answer counts as right where somebody must accept or reject it."""


def is_open(item: KnownItem) -> bool:
    return not item.gold and item.expects == Expects()


def points(solver: Solver, item: KnownItem) -> list[str]:
    """The item's points, the same for every model."""
    draws = Draws(solver.world.seed, "points", item.id)
    return draws.shuffled(phrases())[:POINTS]


def made(solver: Solver, item: KnownItem, text: str) -> list[bool]:
    """Which of the item's points stand in `text`."""
    return [point in text for point in points(solver, item)]


def covered(solver: Solver, item: KnownItem, text: str) -> float:
    """The share of the item's points that `text` makes."""
    return sum(made(solver, item, text)) / POINTS


def is_good(solver: Solver, item: KnownItem, text: str) -> bool:
    """Whether an answer is right, or makes enough points where none is right."""
    return covered(solver, item, text) >= ENOUGH if is_open(item) else solver.right(item, text)


def answered(solver: Solver, scene: Scene) -> list[str]:
    """The points that the model makes: its own, and those that it keeps or takes from texts that it is shown."""
    skill, prompt = solver.model.skill, scene.prompt
    draws = solver.draws(scene, "points")
    own = _own(solver, scene)
    before = made(solver, scene.item, prompt.earlier)
    shown = [any(column) for column in zip(*(made(solver, scene.item, s.text) for s in prompt.shown), strict=True)]
    kept = 1 - skill.spoil if prompt.feedback else skill.sycophancy
    found = []
    for number, point in enumerate(points(solver, scene.item)):
        keeps, mends, takes = draws.chance(kept), draws.chance(skill.mend), draws.chance(skill.sycophancy)
        has = own[number] or (before[number] and keeps)
        has = has or (bool(prompt.feedback) and mends) or (bool(shown) and shown[number] and takes)
        if has:
            found.append(point)
    return found


def perceived(solver: Solver, scene: Scene, text: str) -> float:
    """The share of points that the model, as a judge, sees in `text`; equal wherever that text is shown."""
    judging = solver.model.judging
    draws = Draws(solver.world.seed, solver.model.name, scene.item.id, "points seen", text)
    there = made(solver, scene.item, text)
    return sum(draws.chance(judging.true_accept if point else judging.false_accept) for point in there) / POINTS


def listed(found: Sequence[str]) -> str:
    """The sentence in which an answer makes its points."""
    return f"It comes down to {', '.join(found)}." if found else "It comes down to nothing in particular."


def _own(solver: Solver, scene: Scene) -> list[bool]:
    skill, latent = solver.model.skill, solver.world.latent(scene.item)
    fresh = solver.draws(scene, "own points")
    steady = Draws(solver.world.seed, solver.model.name, scene.item.id, "steady points")
    margin = solver.abilities.margin(latent)
    found = []
    for _ in range(POINTS):
        own = math.sqrt(skill.steadiness) * steady.normal() + math.sqrt(1 - skill.steadiness) * fresh.normal()
        found.append(margin > math.sqrt(skill.shared) * latent.luck + math.sqrt(1 - skill.shared) * own)
    return found
