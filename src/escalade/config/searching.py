"""Structure search in a config: `search` in an experiment, and `split`, the task that is one part of another."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, Field

from escalade.config.problems import Path, Spec, dotted, unknown
from escalade.config.references import KIND
from escalade.config.stacks import AgentKeys
from escalade.core.errors import ConfigError
from escalade.models.protocol import Model
from escalade.search import Division, ItemPart, Kit, Plan, Shares, first_candidates
from escalade.search.naming import check_names
from escalade.strategies.stack import Known, names_in, parse

if TYPE_CHECKING:
    from escalade.config.build import Builder

_SOURCE = "another task to draw train and selection items from; the task itself if not said"


class SplitKeys(BaseModel):
    """How items are divided."""

    train: Any = Field(None, description=_SOURCE, json_schema_extra={KIND: "Task"})
    train_items: int = Field(100, ge=0, description="items to find structures on, drawn by the seed")
    selection_items: int = Field(100, ge=0, description="further items, on which the winner is chosen")


class SplitTask(Spec, SplitKeys):
    """One part of another task: train, selection, or the rest, on which a search's winner is reported."""

    of: Any = Field(description="the task that is divided", json_schema_extra={KIND: "Task"})
    part: Literal["train", "selection", "test"] = "test"
    seed: int = Field(0, description="decides which item is in which part")

    def build(self, builder: "Builder", path: Path) -> ItemPart:
        source = None if self.train is None else builder.task(self.train, (*path, "train"))
        shares = Shares(train=self.train_items, selection=self.selection_items, seed=self.seed)
        return Division(builder.task(self.of, (*path, "of")), shares, source).part(self.part)


class SearchSpec(Spec, SplitKeys, AgentKeys):
    """Which structure of models is best: models alone, votes, and agents of agents."""

    tools: list[str] = Field([], description="the base models; every model of the config if not said")
    top_n: int = Field(5, ge=2, description="how many of the best structures are combined to the next layer")
    tool_number: int = Field(2, ge=2, description="tools of an agent")
    max_layers: int = Field(3, ge=1, le=8, description="layers at most, of self-stacks and again of combinations")
    heat_items: int = Field(25, ge=2, description="train items of a race's first heat; each further heat doubles them")
    finalists: int = Field(4, ge=1, description="how many of the best are asked the selection items, beside the rivals")
    alpha: float = Field(0.05, gt=0, le=1, description="the level of races and layers; 1 takes any gain for one")
    worth_usd: Decimal | None = Field(
        None, gt=0, description="what a right answer is worth, to weigh quality against cost; else cost breaks ties"
    )
    self_consistency: int = Field(5, ge=0, description="samples of the best model that vote as a rival; 0: none")

    def split(self, task: Any, seed: int) -> dict[str, Any]:
        """The task of the held-out items, as a config says it; its division has the other parts."""
        keys = {"train_items": self.train_items, "selection_items": self.selection_items, "seed": seed}
        return {"split": {"of": task, **({} if self.train is None else {"train": self.train}), **keys}}

    def plan(self, builder: "Builder", seed: int) -> Plan:
        tools = self.tools or list(builder.config.models)
        return Plan(
            tools=tuple(dict.fromkeys(tools)),
            head=self.head or "",
            top_n=self.top_n,
            tool_number=self.tool_number,
            max_layers=self.max_layers,
            heat_items=self.heat_items,
            finalists=self.finalists,
            alpha=self.alpha,
            worth_usd=None if self.worth_usd is None else float(self.worth_usd),
            self_consistency=self.self_consistency,
            seed=seed,
        )

    def kit(self, builder: "Builder", path: Path) -> Kit:
        """What candidates are built from. Raises ConfigError for names that are not there."""
        if self.head is not None and not isinstance(self.head, str):
            raise ConfigError(f"{dotted((*path, 'head'))}: name a model", hint="describe it under `systems`")
        tools = self.tools or list(builder.config.models)
        models: dict[str, Model] = {name: builder.named(name, (*path, "tools")) for name in tools}
        self._check_known(list(models), path)
        if self.head:
            models[self.head] = builder.named(self.head, (*path, "head"))
        known = Known(good_at=self.good_at, reliability=self.reliability)
        return Kit(models=models, rules=self.rules(builder), known=known)

    def first(self, builder: "Builder", path: Path, beside: dict[str, Model]) -> dict[str, Model]:
        """The candidates that are known before anything is measured, for a plan, and the systems `beside` the search.

        The first model leads them. Raises ConfigError for a system that is called like a structure of the search.
        """
        kit, plan = self.kit(builder, path), self.plan(builder, 0)
        check_names(beside, plan)
        return {candidate.name: kit.build(candidate) for candidate in first_candidates(plan)} | beside

    def _check_known(self, tools: list[str], path: Path) -> None:
        measured = [(name, "reliability") for node in self.reliability for name in names_in(parse(node))]
        for name, key in (*((name, "good_at") for name in self.good_at), *measured):
            if name not in tools:
                raise unknown("tool", name, tools, at=dotted((*path, key)))
