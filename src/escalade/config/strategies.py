"""The systems that a config can describe: one class a kind, whose first key is its name.

A new strategy adds its class here, in `STRATEGIES`; a plug-in's class comes by the entry point
`escalade.strategies`.
"""

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, field_validator

from escalade.config.debates import DebateSpec
from escalade.config.mixtures import MixtureSpec, RankThenFuseSpec, WeightedVoteSpec
from escalade.config.problems import Path, Spec, dotted
from escalade.config.references import KIND, GateRef, MembersRef, SystemRef
from escalade.config.stacks import ReactSpec, StackSpec
from escalade.core.errors import ConfigError
from escalade.models.protocol import Model
from escalade.strategies import Cascade, CascadePrompts, Fuse, Vote

if TYPE_CHECKING:
    from escalade.config.build import Builder

__all__ = ["KIND", "STRATEGIES", "GateRef", "MembersRef", "SampleSpec", "SystemRef"]


class SampleSpec(Spec):
    """Independent samples of one model."""

    sample: SystemRef
    n: int = Field(ge=1, le=1000, description="how many, up to 1,000")


class CascadeSpec(Spec):
    """Rungs from cheap to dear; the gate ends the climb at the first good answer."""

    cascade: MembersRef = Field(description="the rungs, cheapest first")
    accept: GateRef = Field(description="the gate that ends the climb")
    attempts: int = Field(1, ge=1, description="how often a rung may answer before the next is asked")
    min_gain: float = Field(0.05, description="an attempt that scores less above the one before ends its rung")
    carry: Literal["best", "last", "all", "nothing"] = Field("best", description="which earlier answers are shown")
    show_scores: bool = Field(default=False, description="show their scores, too")
    max_level: int | None = Field(None, ge=1, description="the highest rung that is climbed to; the last if not said")

    @field_validator("max_level", mode="before")
    @classmethod
    def _nothing_is_not_said(cls, value: Any) -> Any:
        """A variable that is not set, `${MAX_LEVEL:-}`, sets no limit."""
        return None if value == "" else value

    def build(self, builder: "Builder", path: Path, name: str) -> Model:
        prompts = CascadePrompts(builder.prompt("escalate"), builder.prompt("retry"), builder.prompt("attempt"))
        return Cascade(
            self._rungs(builder, path),
            builder.gate(self.accept, (*path, "accept")),
            attempts=self.attempts,
            min_gain=self.min_gain,
            carry=self.carry,
            show_scores=self.show_scores,
            name=name or "cascade",
            prompts=prompts,
        )

    def _rungs(self, builder: "Builder", path: Path) -> list[Model]:
        """The rungs up to `max_level`; what stands above is not built, and so needs no key."""
        known = self.cascade[: self.max_level] if isinstance(self.cascade, list) else self.cascade
        rungs = builder.members(known, (*path, "cascade"))
        if self.max_level is not None and self.max_level > len(rungs):
            raise ConfigError(
                f"{dotted((*path, 'max_level'))}: there is no rung {self.max_level} of {len(rungs)}",
                hint=f"name one from 1 to {len(rungs)}, or leave the key out",
            )
        return rungs[: self.max_level]


class VoteSpec(Spec):
    """The final answer that most members give."""

    vote: MembersRef = Field(description="who votes")
    tie: GateRef = Field(None, description="the gate that settles ties; without one the earliest member does")

    def build(self, builder: "Builder", path: Path, name: str) -> Model:
        tie = builder.gate(self.tie, (*path, "tie")) if self.tie is not None else None
        return Vote(builder.members(self.vote, (*path, "vote")), tie=tie, name=name or "vote")


class FuseSpec(Spec):
    """One answer that another model writes from the members' answers."""

    fuse: MembersRef = Field(description="whose answers are fused")
    by: SystemRef = Field(description="who writes the one answer")

    def build(self, builder: "Builder", path: Path, name: str) -> Model:
        members = builder.members(self.fuse, (*path, "fuse"))
        by = builder.system(self.by, (*path, "by"))
        return Fuse(members, by, prompt=builder.prompt("fuse"), name=name or "fuse")


STRATEGIES: dict[str, type[Any]] = {
    "cascade": CascadeSpec,
    "vote": VoteSpec,
    "fuse": FuseSpec,
    "debate": DebateSpec,
    "weighted_vote": WeightedVoteSpec,
    "mixture": MixtureSpec,
    "rank_then_fuse": RankThenFuseSpec,
    "react": ReactSpec,
    "stack": StackSpec,
}
