"""React: a head that reasons in steps and asks tools that are Models (Yao et al., 2023), with bounded patience.

That every tool is asked is enforced here, not hoped for. A conversation that ends without a final answer yields the
answer that most tools gave last, and says why: "steps", "corrections", "budget" or "head failed". A transcript is
never an answer, and an answer that the head made up an observation for never counts.
"""

from collections.abc import Sequence
from typing import Literal

import msgspec

from escalade.answers import modal
from escalade.core.errors import AnswerError, BudgetExceeded, ConfigError, EscaladeError, Failure
from escalade.core.ids import digest
from escalade.core.messages import Request
from escalade.core.reply import Reply
from escalade.core.structure import Part, Structure
from escalade.ledger.span import Span
from escalade.models.given import checked
from escalade.models.protocol import Model, ask
from escalade.models.structure import Worst, structure_of, worst_of
from escalade.strategies.panel import note_failures
from escalade.strategies.react.inquiry import Inquiry
from escalade.strategies.react.native import NativeProtocol
from escalade.strategies.react.rules import Rules
from escalade.strategies.react.step import Step
from escalade.strategies.react.text import TextProtocol
from escalade.strategies.react.toolbox import ModelTool, Toolbox
from escalade.strategies.sample import Sampled

Ending = Literal["steps", "corrections", "budget", "head failed"]
CUT = "it was cut off for its length; be shorter"
_ONE_LEFT = "You have one step left: give your final answer in it."


class React:
    """One answer that `head` works out with `tools`. Without a head, the tools' first base model is it."""

    def __init__(
        self,
        tools: Sequence[Model | ModelTool],
        head: Model | None = None,
        *,
        rules: Rules | None = None,
        name: str = "react",
    ) -> None:
        self.name = name
        self.toolbox = Toolbox(tools)
        self.head = first_base(self.toolbox.slots[0].model) if head is None else checked(head, "head")
        self.rules = rules or Rules()

    async def reply(self, request: Request, span: Span) -> Reply:
        return await _Conversation(self, request, span).held()

    def structure(self) -> Structure:
        rules = self.rules
        words = [rules.prompt.fingerprint, rules.prompts.correction.fingerprint, digest(self.toolbox.listed())[:12]]
        settings = {
            "protocol": rules.protocol,
            "use_all": rules.use_all,
            "steps": rules.steps,
            "corrections": rules.corrections,
            "prompts": words,
        }
        head = Part("head", structure_of(self.head), times=rules.steps)
        return Structure("react", self.name, settings, (head, *self.toolbox.parts(rules.steps - 1)))

    def worst(self, prompt_tokens: int) -> Worst:
        """A turn of the head in each step, every tool in each but the last, and all that was said in every prompt."""
        rules = self.rules
        said = worst_of(self.head, prompt_tokens).output
        # What a tool is asked stands under the request's own system messages, which `prompt_tokens` includes.
        tools, quoted = self.toolbox.worst(prompt_tokens + said)
        correction = len(rules.prompts.correction.text.encode()) + self.toolbox.length()
        growth = said + max(quoted, correction) + len(_ONE_LEFT)
        opening = prompt_tokens + len((rules.prompt.text + rules.duty).encode()) + self.toolbox.length()
        total = tools.times(rules.steps - 1)
        for step in range(rules.steps):
            total += worst_of(self.head, opening + step * growth)
        return total


def first_base(model: Model) -> Model:
    """The model that answers by itself and is reached first from `model`. Raises ConfigError where nothing tells."""
    if isinstance(model, React):
        return first_base(model.toolbox.slots[0].model)
    if isinstance(model, Sampled):
        return first_base(model.model)
    if structure_of(model).parts:
        raise ConfigError(f"{model.name}, the first tool of an agent, is no model by itself", hint="name the `head`")
    return model


class _Conversation:
    """One question to one agent."""

    def __init__(self, agent: React, request: Request, span: Span) -> None:
        self._agent = agent
        self._rules = agent.rules
        self._request = request
        self._span = span
        self._inquiry = Inquiry(agent.toolbox, request, span)
        native = agent.rules.protocol == "native"
        self._protocol = NativeProtocol(agent.toolbox.offered()) if native else TextProtocol()
        self._corrections = 0
        self._early: Reply | None = None
        """The last final answer that came before every tool was asked."""

    async def held(self) -> Reply:
        asking = self._opened()
        for number in range(1, self._rules.steps + 1):
            turn = await ask(self._agent.head, asking, self._span, "head", place=number)
            if isinstance(turn, Failure):
                return self._head_failed(turn, number)
            step = self._checked(self._protocol.read(turn, number), turn)
            if step.final and not step.trouble:
                return self._answered(_final(step, turn), number)
            if number == self._rules.steps:
                break
            if step.trouble and self._corrections == self._rules.corrections:
                return self._best("corrections", number)
            asking = await self._continued(asking, step, number)
            if self._inquiry.budget:
                return self._best("budget", number, self._inquiry.budget)
        return self._best("steps", self._rules.steps)

    def _opened(self) -> Request:
        values = {"question": self._request.question, "steps": str(self._rules.steps), "duty": self._rules.duty}
        if self._rules.protocol == "text":
            values["tools"] = self._agent.toolbox.listed()
        return self._protocol.opened(self._request, self._rules.prompt.fill(**values))

    def _checked(self, step: Step, turn: Reply) -> Step:
        """The step, with the trouble where it was cut off or ends the conversation too early."""
        step = step.at_most(self._agent.toolbox.most_uses)
        if turn.finish == "length" and not step.final:
            return msgspec.structs.replace(step, trouble=CUT)
        unused = self._inquiry.unused
        if not step.final or not self._rules.use_all or not unused:
            return step
        self._early = _final(step, turn)
        missing = f"it answers before every tool was asked; ask these too: {', '.join(unused)}"
        return msgspec.structs.replace(step, trouble=missing)

    async def _continued(self, asking: Request, step: Step, number: int) -> Request:
        """The conversation with this step and what the head hears of it."""
        remark = _ONE_LEFT if number == self._rules.steps - 1 else ""
        observations: list[str] = []
        if step.trouble:
            self._corrections += 1
            self._span.note("corrected", step=number, why=step.trouble)
            correction = self._rules.prompts.correction.fill(problem=step.trouble)
            remark = f"{correction} {remark}".strip()
        else:
            observations = await self._inquiry.use(step.uses, number)
        heard = self._protocol.told(step, observations, remark)
        return msgspec.structs.replace(asking, messages=(*asking.messages, step.said, *heard))

    def _head_failed(self, failure: Failure, number: int) -> Reply:
        error = failure.error
        note_failures([failure], self._span)
        return self._best("budget" if isinstance(error, BudgetExceeded) else "head failed", number, error)

    def _answered(self, final: Reply, number: int) -> Reply:
        self._note("answered", number)
        return msgspec.structs.replace(final, stopped="answered", **self._heard())

    def _best(self, why: Ending, number: int, error: EscaladeError | None = None) -> Reply:
        """What stands without a final answer: what most tools said last, else the head's early answer."""
        self._note(why, number)
        answers = self._inquiry.answers
        groups = modal([answer.text for answer in answers], self._request.expects)
        if groups:
            chosen: Reply | None = answers[groups[0][0]]
        else:
            chosen = self._early or next(iter(answers), None)
        if chosen is None:
            raise error or AnswerError(f"the agent {self._agent.name} ended without any answer: {why}")
        own = Reply(text=chosen.text, finish=chosen.finish, model=chosen.model, call=chosen.call)
        return msgspec.structs.replace(own, stopped=why, **self._heard())

    def _note(self, why: str, number: int) -> None:
        unused = self._inquiry.unused or None
        self._span.note("stopped", why=why, steps=number, corrections=self._corrections, unused=unused)

    def _heard(self) -> dict[str, object]:
        answers = self._inquiry.answers
        return {"candidates": tuple(answers), "members": len(self._agent.toolbox.slots)}


def _final(step: Step, turn: Reply) -> Reply:
    """The head's final answer as a reply; its Call holds it only where it is all that the head said."""
    if step.final == turn.text:
        return Reply(text=step.final, finish=turn.finish, model=turn.model, call=turn.call)
    return Reply(text=step.final, finish=turn.finish)
