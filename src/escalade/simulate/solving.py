"""Knowing: which item a prompt is about, what the model believes its answer to be, and whether a shown answer is right.

The draws behind a belief belong to (world seed, model, item, draw number, wording of the messages), so that equal
requests get equal answers, in whatever order and in whatever process they are asked.
"""

import math

from msgspec import Struct

from escalade.answers import canonical, last_json, read
from escalade.core.messages import Request, ToolCall
from escalade.simulate.ability import Abilities
from escalade.simulate.draws import Draws
from escalade.simulate.reading import Prompt
from escalade.simulate.skill import SimulatedModel
from escalade.simulate.wording import gist
from escalade.simulate.world import KnownItem, World


class Scene(Struct, frozen=True):
    """One request, understood."""

    request: Request
    prompt: Prompt
    item: KnownItem


class Belief(Struct, frozen=True):
    value: str
    """The final answer, in the item's own spelling."""
    chance: float
    """The model's true probability of being right on this item."""


class Said(Struct, frozen=True):
    """What a part wrote."""

    text: str
    tool_calls: tuple[ToolCall, ...] = ()


class Solver:
    """One model's knowledge of one world."""

    def __init__(self, world: World, model: SimulatedModel) -> None:
        self.world = world
        self.model = model
        self.abilities = Abilities(world, model)

    def scene(self, request: Request, prompt: Prompt) -> Scene:
        item = self.world.find(prompt.question, request.item) or self.world.invent(prompt.question)
        return Scene(request, prompt, item)

    def draws(self, scene: Scene, purpose: str) -> Draws:
        """Luck that is this request's own."""
        prompt = scene.prompt
        return Draws(self.world.seed, self.model.name, scene.item.id, purpose, prompt.draw, prompt.wording)

    def believe(self, scene: Scene) -> Belief:
        """The model's own answer, before it looks at anyone else's."""
        skill, latent = self.model.skill, self.world.latent(scene.item)
        fresh = self.draws(scene, "solve")
        steady = Draws(self.world.seed, self.model.name, scene.item.id, "steady")
        own = math.sqrt(skill.steadiness) * steady.normal() + math.sqrt(1 - skill.steadiness) * fresh.normal()
        luck = math.sqrt(skill.shared) * latent.luck + math.sqrt(1 - skill.shared) * own
        chance = self.abilities.chance(latent)
        if self.abilities.margin(latent) > luck:
            return Belief(scene.item.gold, chance)
        source = steady if fresh.chance(skill.steadiness) else fresh
        return Belief(self.wrong(scene.item, source), chance)

    def wrong(self, item: KnownItem, draws: Draws) -> str:
        """A wrong answer: the common one with probability `lure`."""
        wrong = self.world.latent(item).wrong
        if len(wrong) == 1 or draws.chance(self.model.skill.lure):
            return wrong[0]
        return draws.pick(wrong[1:])

    def read(self, item: KnownItem, text: str) -> str | None:
        """The final answer that stands in `text`, in its canonical spelling; None if none can be read."""
        if item.expects.form == "text":
            return canonical(gist(text), item.expects) or None
        found = read(text, item.expects)
        if found is not None:
            return found.value
        value = last_json(text) if "{" in text else None
        if isinstance(value, dict) and "answer" in value:
            return canonical(str(value["answer"]), item.expects)
        return None

    def examined(self, item: KnownItem, text: str) -> tuple[str | None, bool]:
        """The final answer in `text` and whether it is right; a free text is right if it holds the right words."""
        found, gold = self.read(item, text), self.world.latent(item).gold
        if item.expects.form == "text":
            return found, bool(gold) and gold in canonical(text, item.expects)
        return found, found == gold

    def right(self, item: KnownItem, text: str) -> bool:
        """Whether `text` gives the right final answer."""
        return self.examined(item, text)[1]
