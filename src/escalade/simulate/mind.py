"""A simulated model at work: it reads a prompt, plays the part that is asked for, and its provider counts the tokens.

Nothing but the messages, tools and sampling of a request decides what it does; the id of the item only tells items
with equal texts apart.
"""

from collections.abc import Callable
from decimal import Decimal

from escalade.core.messages import Request
from escalade.core.reply import Finish
from escalade.core.usage import Usage, estimated_tokens
from escalade.models.backend import Received
from escalade.simulate import answering, heading, judging
from escalade.simulate.draws import Draws
from escalade.simulate.reading import PartPlayed, read_prompt
from escalade.simulate.skill import SimulatedModel
from escalade.simulate.solving import Said, Scene, Solver
from escalade.simulate.world import World

_LONGEST = 8192
"""Output tokens where the request sets no limit."""
_MILLION = Decimal(1_000_000)
_PARTS: dict[PartPlayed, Callable[[Solver, Scene], Said]] = {
    "worker": answering.answer,
    "refiner": answering.answer,
    "fuser": answering.answer,
    "critic": answering.critique,
    "judge": judging.judge,
    "panel": judging.panel,
    "pairwise": judging.pairwise,
    "head": heading.text_step,
    "tool_head": heading.native_step,
}


class Mind:
    """One simulated model in one world."""

    def __init__(self, world: World, model: SimulatedModel) -> None:
        """Solves the model's abilities. Raises ConfigError for a target accuracy that cannot be reached."""
        self.world = world
        self.model = model
        self._solver = Solver(world, model)

    def answer(self, request: Request) -> Received:
        """The reply to `request`: equal for equal requests."""
        prompt = read_prompt(request, self.world.knows)
        scene = self._solver.scene(request, prompt)
        said = _PARTS[prompt.part](self._solver, scene)
        return _delivered(said, request, self._hidden_tokens(scene))

    def latency_s(self, request: Request) -> float:
        """Seconds that the answer to `request` takes in real time."""
        pace, prompt = self.model.pace, read_prompt(request, self.world.knows)
        draws = Draws(self.world.seed, self.model.name, "latency", prompt.draw, prompt.wording)
        return draws.lognormal(pace.latency_s, pace.latency_spread)

    def cost(self, usage: Usage) -> Decimal:
        """USD at the model's prices, exact."""
        return (usage.input * self.model.input_price + usage.output * self.model.output_price) / _MILLION

    def chance(self, item_id: str) -> float:
        """The true probability that the model knows the right answer to a known item (format failures apart)."""
        return self._solver.abilities.chance(self.world.latent(self.world.items[item_id]))

    def _hidden_tokens(self, scene: Scene) -> int:
        pace = self.model.pace
        if not pace.reasoning_share:
            return 0
        written = self._solver.draws(scene, "length").lognormal(pace.tokens, pace.token_spread)
        return round(written * pace.reasoning_share)


def _delivered(said: Said, request: Request, hidden: int) -> Received:
    """The text as far as stop sequences and the token limit let it through, with the provider's own count."""
    text = said.text
    for stop in request.sampling.stop:
        text = text.partition(stop)[0]
    arguments = sum(estimated_tokens(len(call.name + call.arguments)) for call in said.tool_calls)
    limit = request.sampling.max_tokens or _LONGEST
    finish: Finish = "tool_calls" if said.tool_calls else "stop"
    hidden = min(hidden, limit)
    room = max(0, limit - hidden - arguments)
    if estimated_tokens(len(text)) > room:
        text, finish = text[: 4 * room], "length"
    output = min(limit, hidden + arguments + estimated_tokens(len(text)))
    usage = Usage(input=_prompt_tokens(request), output=output, reasoning=hidden)
    return Received(
        text=text,
        tool_calls=said.tool_calls,
        finish=finish,
        usage=usage,
        model="simulated",
        provider="simulated",
    )


def _prompt_tokens(request: Request) -> int:
    characters = sum(len(m.content) + sum(len(c.name + c.arguments) for c in m.tool_calls) for m in request.messages)
    characters += sum(len(tool.name) + len(tool.description) + len(str(tool.parameters)) for tool in request.tools)
    return estimated_tokens(characters)
