"""Debates in a config: their members, what ends them and who sees whom."""

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, field_validator

from escalade.config.deciders import decider, words
from escalade.config.models import SamplingSpec
from escalade.config.problems import Path, Spec, checked, dotted
from escalade.config.references import DebatersRef, DeciderRef, SystemRef
from escalade.core.errors import ConfigError
from escalade.models.protocol import Model
from escalade.strategies.debate import Debate, DebatePrompts, Debater, Stop, TemperatureRange

if TYPE_CHECKING:
    from escalade.config.build import Builder

Temperature = Annotated[float, Field(ge=0)]
Ranges = dict[str, dict[str, tuple[Temperature, Temperature]]]


def _ascending(ranges: Ranges) -> Ranges:
    for label, values in ranges.items():
        for value, (low, high) in values.items():
            if low > high:
                raise ValueError(f"the range of {label} {value} goes down, from {low} to {high}")
    return ranges


class DebaterSpec(Spec):
    """A model in a debate, with a style and a sampling of its own."""

    model: SystemRef = Field(description="who debates")
    style: str | None = Field(None, description="as the debate's `style`, for this member")
    sampling: SamplingSpec = Field(SamplingSpec(), description="instead of the model's; without `max_tokens`")
    temperatures: Ranges = Field({}, description="as the debate's `temperatures`, for this member")

    _ranges = field_validator("temperatures")(_ascending)

    @field_validator("sampling")
    @classmethod
    def _bounded_by_the_model(cls, value: SamplingSpec) -> SamplingSpec:
        if value.max_tokens is not None:
            raise ValueError("set `max_tokens` at the model: the bound of its price rests on it")
        return value


class StopSpec(Spec):
    """What ends a debate before its last round."""

    share: float | None = Field(1.0, gt=0, le=1, description="of the answers that are the same; null: none ends it")
    stable: bool = Field(default=True, description="a round in which no final answer changed ends it")


class DebateSpec(Spec):
    """Members answer, criticise one another and refine their answers; then one answer is decided on."""

    debate: DebatersRef = Field(description="who debates: names, systems, or `{model, style, sampling}`")
    rounds: int = Field(1, ge=0, description="rounds of talk at most")
    critique: bool = Field(default=True, description="criticise before refining: two calls a member and round, not one")
    when: Literal["always", "disagree"] = Field("always", description="or talk only where first answers differ")
    stop: StopSpec = Field(StopSpec(), description="what ends the talk early")
    topology: Literal["full", "ring", "star", "layered", "random"] = Field("full", description="who sees whom")
    decide: DeciderRef = Field("vote", description="vote, confidence, `{judge: ...}`, `{accuracy: ...}`, `{fuse: ...}`")
    style: str | None = Field(None, description="medium_strict, strict, very_strict or a file; for every member")
    temperatures: Ranges = Field({}, description="by label and value, where to draw the temperature: [low, high]")

    _ranges = field_validator("temperatures")(_ascending)

    def build(self, builder: "Builder", path: Path, name: str) -> Model:
        members = self._members(builder, (*path, "debate"))
        prompts = (builder.prompt(f) for f in DebatePrompts.__struct_fields__)
        return Debate(
            members,
            self.rounds,
            decide=decider(self.decide, builder, (*path, "decide"), [member.model for member in members]),
            critique=self.critique,
            when=self.when,
            stop=Stop(self.stop.share, self.stop.stable),
            topology=self.topology,
            prompts=DebatePrompts(*prompts),
            name=name or "debate",
        )

    def _members(self, builder: "Builder", path: Path) -> list[Debater]:
        entries = self.debate if isinstance(self.debate, list) else [self.debate]
        members: list[Debater] = []
        for place, entry in enumerate(entries):
            at = (*path, place) if isinstance(self.debate, list) else path
            if isinstance(entry, dict) and "model" in entry:
                own = checked(DebaterSpec, entry, at)
                members.append(self._debater(builder.system(own.model, (*at, "model")), own, builder, at))
            else:
                plain = DebaterSpec(model=None)
                members += [self._debater(model, plain, builder, path) for model in builder.entry(entry, at)]
        if not members:
            raise ConfigError(f"{dotted(path)}: name at least one model or system")
        return members

    def _debater(self, model: Model, own: DebaterSpec, builder: "Builder", path: Path) -> Debater:
        ranges = own.temperatures or self.temperatures
        return Debater(
            model,
            style=words("style", own.style or self.style, builder, (*path, "style")),
            sampling=own.sampling.sampling(),
            temperatures={
                label: {value: TemperatureRange(*between) for value, between in values.items()}
                for label, values in ranges.items()
            },
        )
