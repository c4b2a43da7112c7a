"""Agents and stacks of agents in a config."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, Field

from escalade.config.problems import Path, Spec, dotted, naming, unknown
from escalade.config.references import MembersRef, SystemRef
from escalade.models.protocol import Model
from escalade.strategies.react import MOST_STEPS, ModelTool, React, ReactPrompts, Rules
from escalade.strategies.sample import Sampled
from escalade.strategies.stack import Known, Stack, find, names_in, parse

if TYPE_CHECKING:
    from escalade.config.build import Builder

Share = Annotated[float, Field(ge=0, le=1)]


class AgentKeys(BaseModel):
    """What every agent is told and allowed."""

    head: SystemRef = Field(None, description="who asks the tools and answers; the first base model if not said")
    protocol: Literal["text", "native"] = Field("text", description="labelled text, or native tool calls")
    use_all: bool = Field(default=True, description="a final answer counts only after every tool was asked")
    steps: int = Field(MOST_STEPS, ge=2, le=MOST_STEPS, description="turns of a head at most")
    corrections: int = Field(3, ge=0, description="turns that are sent back at most")
    good_at: dict[str, str] = Field({}, description="by name: what a head is told that the model does well")
    reliability: dict[str, Share] = Field({}, description="by name: the measured share of right answers, 0 to 1")

    def rules(self, builder: "Builder") -> Rules:
        return Rules(
            protocol=self.protocol,
            use_all=self.use_all,
            steps=self.steps,
            corrections=self.corrections,
            prompts=ReactPrompts(*map(builder.prompt, ("react", "react_native", "react_correction"))),
        )

    def own_head(self, builder: "Builder", path: Path) -> Model | None:
        return None if self.head is None else builder.system(self.head, (*path, "head"))


class ReactSpec(Spec, AgentKeys):
    """A model that asks others, as tools, before it answers."""

    react: MembersRef = Field(description="the tools")

    def build(self, builder: "Builder", path: Path, name: str) -> Model:
        models = builder.members(self.react, (*path, "react"))
        names = [model.model.name if isinstance(model, Sampled) else model.name for model in models]
        _check_names(self.good_at, names, (*path, "good_at"))
        _check_names(self.reliability, names, (*path, "reliability"))
        tools = [
            ModelTool(model, good_at=self.good_at.get(known, ""), reliability=self.reliability.get(known))
            for model, known in zip(models, names, strict=True)
        ]
        head, rules = self.own_head(builder, path), self.rules(builder)
        with naming(dotted(path)):
            return React(tools, head, rules=rules, name=name or "react")


class StackSpec(Spec, AgentKeys):
    """Agents whose tools are agents: Name_0 is a model, Name_1 an agent with it as two tools, and so on."""

    stack: str | list[Any] = Field(description="such as ['A_2', 'B_1']")
    models: dict[str, SystemRef] = Field({}, description="what names in the stack stand for; else models are meant")

    def build(self, builder: "Builder", path: Path, name: str) -> Model:
        values = {other: other for other in (*builder.config.models, *builder.config.systems)} | self.models
        with naming(dotted((*path, "stack"))):
            tree = parse(self.stack)
            named = {wanted: find(wanted, values) for wanted in names_in(tree)}
        models = {
            wanted: builder.system(value, (*path, "models", wanted) if wanted in self.models else (*path, "stack"))
            for wanted, value in named.items()
        }
        _check_names(self.good_at, models, (*path, "good_at"))
        with naming(dotted((*path, "reliability"))):
            measured = [name for node in self.reliability for name in names_in(parse(node))]
        _check_names(measured, models, (*path, "reliability"))
        head, rules = self.own_head(builder, path), self.rules(builder)
        known = Known(good_at=self.good_at, reliability=self.reliability)
        with naming(dotted(path)):
            return Stack(tree, models, head=head, rules=rules, known=known, name=name)


def _check_names(said: Iterable[str], known: Iterable[str], path: Path) -> None:
    names = list(known)
    for name in said:
        if name not in names:
            raise unknown("tool", name, names, at=dotted(path))
