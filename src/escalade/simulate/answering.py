"""The parts that answer a question: worker, refiner, fuser and critic.

Each begins with the model's own belief. Feedback on an earlier attempt mends or spoils it; shown answers can win the
model over to their majority. What is shown is read out of the texts as a reader would, or not at all.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from escalade.core.messages import Expects
from escalade.simulate import open_ended
from escalade.simulate.draws import Draws
from escalade.simulate.inventing import instance
from escalade.simulate.skill import Pace
from escalade.simulate.solving import Belief, Said, Scene, Solver
from escalade.simulate.wording import as_json, marked, reason, reasoning

_ALWAYS_SAYS = 0.9
"""The confidence of a model that knows nothing of its own chances."""


def answer(solver: Solver, scene: Scene) -> Said:
    """A worker's, refiner's or fuser's whole reply."""
    if open_ended.is_open(scene.item):
        return Said(essay(solver, scene))
    belief = solver.believe(scene)
    if scene.prompt.earlier:
        belief = revised(solver, scene, belief)
    if scene.prompt.shown:
        belief = persuaded(solver, scene, belief, [shown.text for shown in scene.prompt.shown])
    return Said(written(solver, scene, belief))


def essay(solver: Solver, scene: Scene) -> str:
    """An answer to an open-ended question: reasoning, then the points that it makes, unless it is cut before them."""
    draws = solver.draws(scene, "write")
    text = reasoning(visible_tokens(solver.model.pace, solver.draws(scene, "length")), draws)
    if draws.chance(solver.model.skill.format_failure):
        return text
    return f"{text}\n\n{open_ended.listed(open_ended.answered(solver, scene))}"


def revised(solver: Solver, scene: Scene, own: Belief) -> Belief:
    """The belief after reading an earlier attempt, with feedback on it or without."""
    skill, item = solver.model.skill, scene.item
    draws = solver.draws(scene, "revise")
    attempt, right = solver.examined(item, scene.prompt.earlier)
    if scene.prompt.feedback:
        if right:
            return Belief(solver.wrong(item, draws) if draws.chance(skill.spoil) else item.gold, own.chance)
        if draws.chance(skill.mend):
            return Belief(item.gold, own.chance)
    return _unless_won_over(skill.sycophancy, own, attempt, draws)


def persuaded(solver: Solver, scene: Scene, own: Belief, texts: Sequence[str]) -> Belief:
    """The belief after reading others' answers: with probability `sycophancy`, what most say (ties: the earliest)."""
    read = [value for text in texts if (value := solver.read(scene.item, text)) is not None]
    majority = Counter(read).most_common(1)[0][0] if read else None
    return _unless_won_over(solver.model.skill.sycophancy, own, majority, solver.draws(scene, "peers"))


def _unless_won_over(sycophancy: float, own: Belief, other: str | None, draws: Draws) -> Belief:
    return Belief(other, own.chance) if other is not None and draws.chance(sycophancy) else own


def written(solver: Solver, scene: Scene, belief: Belief) -> str:
    """Reasoning and the marked final answer, or JSON where that is asked for."""
    skill, expects, prompt = solver.model.skill, scene.item.expects, scene.prompt
    draws = solver.draws(scene, "write")
    readable = not draws.chance(skill.format_failure)
    text = reasoning(visible_tokens(solver.model.pace, solver.draws(scene, "length")), draws)
    schema = scene.request.response_schema
    if expects.form != "json" and schema is not None:
        text = as_json(instance(schema, belief.value, draws), fenced=False)
        return text if readable else text[: len(text) // 2]
    if not readable:
        return text
    if expects.form != "json" and "answer" in prompt.keys:
        answer_in_json: dict[str, Any] = {"reason": text, "answer": belief.value}
        if "confidence" in prompt.keys:
            answer_in_json["confidence"] = confidence(skill.calibration, belief.chance)
        return as_json(answer_in_json, fenced=draws.chance(solver.model.judging.fenced))
    if "confidence" in prompt.instruction.lower():
        text = f"{text}\n\nConfidence: {confidence(skill.calibration, belief.chance)}"
    return f"{text}\n\n{final_line(belief.value, expects, scene)}"


def final_line(value: str, expects: Expects, scene: Scene) -> str:
    return marked(value, expects, f"{scene.prompt.question}\n{scene.prompt.instruction}")


def confidence(calibration: float, chance: float) -> float:
    """Between its true chance and blind assurance, to two places."""
    return round(calibration * chance + (1 - calibration) * _ALWAYS_SAYS, 2)


def visible_tokens(pace: Pace, draws: Draws) -> float:
    """Tokens to write in the text; the first of these draws also sizes the hidden reasoning."""
    return draws.lognormal(pace.tokens, pace.token_spread) * (1 - pace.reasoning_share)


def critique(solver: Solver, scene: Scene) -> Said:
    """Remarks on each shown answer, kind to those that the model would accept as a judge."""
    judging = solver.model.judging
    remarks = []
    for shown in scene.prompt.shown:
        draws = Draws(solver.world.seed, solver.model.name, scene.item.id, "critique", shown.text)
        right = open_ended.is_good(solver, scene.item, shown.text)
        accepted = draws.chance(judging.true_accept if right else judging.false_accept)
        remarks.append(f"Answer {shown.id}: {reason(draws, accepted=accepted)}")
    return Said("\n".join(remarks))
