"""Debates, weighted votes, mixtures and rankings in a config, and the gate that reads a debate's own verdict."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from pydantic import Field, field_validator

from escalade.config.models import SamplingSpec
from escalade.config.problems import Path, Spec, checked, dotted, unknown
from escalade.config.references import DebatersRef, DeciderRef, GateRef, MembersRef, SystemRef
from escalade.core.errors import ConfigError
from escalade.gates import Decided, Gate, PanelJudge, PanelPrompts
from escalade.models.protocol import Model
from escalade.prompts import Template, from_file, names
from escalade.strategies.debate import (
    ByFuser,
    ByJudge,
    ByVote,
    ByWeight,
    Debate,
    DebatePrompts,
    Debater,
    Decider,
    Stop,
    TemperatureRange,
)
from escalade.strategies.mixture import Mixture
from escalade.strategies.ranking import Criticise, FuseRanked, Generate, Pipeline, RankByPairs, RankByScores, Stage
from escalade.strategies.sample import Sampled
from escalade.strategies.weighted import WeightedVote
from escalade.strategies.weights import Measured, Stated

if TYPE_CHECKING:
    from escalade.config.build import Builder

Share = Annotated[float, Field(ge=0, le=1)]
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


class ByJudgeSpec(Spec):
    """A judge sees all answers at once, scores each and says why."""

    judge: SystemRef = Field(description="who judges")
    strictness: str | None = Field(None, description="medium_strict, strict, very_strict or a file")
    ask_again: bool = Field(default=True, description="ask once more for a verdict that cannot be read")

    def build(self, builder: "Builder", path: Path, members: Sequence[Model]) -> Decider:  # noqa: ARG002  (see DECIDERS)
        return ByJudge(_panel_judge(builder, path, self.judge, self.strictness, ask_again=self.ask_again))


class ByAccuracySpec(Spec):
    """A vote in which members weigh as much as they were right elsewhere."""

    accuracy: dict[str, Share] = Field(description="by member: the measured share of right answers, 0 to 1")

    def build(self, builder: "Builder", path: Path, members: Sequence[Model]) -> Decider:  # noqa: ARG002  (see DECIDERS)
        return ByWeight(_measured(self.accuracy, members, (*path, "accuracy")))


class ByFuserSpec(Spec):
    """Another model writes one answer from all of them."""

    fuse: SystemRef = Field(description="who writes it")

    def build(self, builder: "Builder", path: Path, members: Sequence[Model]) -> Decider:  # noqa: ARG002  (see DECIDERS)
        return ByFuser(builder.system(self.fuse, (*path, "fuse")), builder.prompt("fuse"))


DECIDERS: dict[str, type[Any]] = {"judge": ByJudgeSpec, "accuracy": ByAccuracySpec, "fuse": ByFuserSpec}
"""Ways to decide a debate that have settings, by their first key; each has `build(builder, path, members)`."""


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
            decide=_decider(self.decide, builder, (*path, "decide"), [member.model for member in members]),
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
                members += [self._debater(model, plain, builder, path) for model in builder.members(entry, at)]
        if not members:
            raise ConfigError(f"{dotted(path)}: name at least one model or system")
        return members

    def _debater(self, model: Model, own: DebaterSpec, builder: "Builder", path: Path) -> Debater:
        ranges = own.temperatures or self.temperatures
        return Debater(
            model,
            style=_words("style", own.style or self.style, builder, (*path, "style")),
            sampling=own.sampling.sampling(),
            temperatures={
                label: {value: TemperatureRange(*between) for value, between in values.items()}
                for label, values in ranges.items()
            },
        )


class WeightedVoteSpec(Spec):
    """The final answer whose voters weigh most: by accuracy, or by the confidence that they state."""

    weighted_vote: MembersRef = Field(description="who votes")
    accuracy: dict[str, Share] = Field({}, description="by member; without it, members state their confidence")

    def build(self, builder: "Builder", path: Path, name: str) -> Model:
        members = builder.members(self.weighted_vote, (*path, "weighted_vote"))
        weights = _measured(self.accuracy, members, (*path, "accuracy")) if self.accuracy else Stated()
        return WeightedVote(members, weights, prompt=builder.prompt("confidence"), name=name or "weighted_vote")


class MixtureSpec(Spec):
    """Layers of proposers, each shown the answers of the layer before, and an aggregator."""

    mixture: list[MembersRef] = Field(min_length=1, description="the layers")
    by: SystemRef = Field(description="the aggregator")

    def build(self, builder: "Builder", path: Path, name: str) -> Model:
        layers = [builder.members(layer, (*path, "mixture", place)) for place, layer in enumerate(self.mixture)]
        by = builder.system(self.by, (*path, "by"))
        return Mixture(layers, by, prompt=builder.prompt("fuse"), name=name or "mixture")


class RankThenFuseSpec(Spec):
    """Answers are ranked in both orders of showing them, and the best of them fused."""

    rank_then_fuse: MembersRef = Field(description="whose answers")
    ranker: SystemRef = Field(description="who ranks")
    order: Literal["pairs", "scores"] = Field("pairs", description="every two compared twice, or all scored twice")
    keep: int = Field(3, ge=1, description="how many are fused; 1 is the best as it is")
    critic: SystemRef = Field(None, description="who says of each what is strong and weak in it, for the fuser")
    by: SystemRef = Field(description="the fuser")

    def build(self, builder: "Builder", path: Path, name: str) -> Model:
        stages: list[Stage] = [Generate(builder.members(self.rank_then_fuse, (*path, "rank_then_fuse")))]
        if self.critic is not None:
            critic = builder.system(self.critic, (*path, "critic"))
            stages.append(Criticise(critic, prompt=builder.prompt("appraise")))
        stages.append(self._ranker(builder, path))
        stages.append(FuseRanked(builder.system(self.by, (*path, "by")), prompt=builder.prompt("fuse")))
        return Pipeline(stages, name=name or "rank_then_fuse")

    def _ranker(self, builder: "Builder", path: Path) -> Stage:
        at = (*path, "ranker")
        if self.order == "pairs":
            return RankByPairs(builder.system(self.ranker, at), self.keep, prompt=builder.prompt("rank_pair"))
        return RankByScores(_panel_judge(builder, path, self.ranker, None, key="ranker", role="ranker"), self.keep)


class DecidedSpec(Spec):
    """The score that an answer brings along from the judge of its debate; nobody is asked again."""

    decided: float = Field(ge=0, le=1, description="the lowest score that is accepted")
    otherwise: GateRef = Field(None, description="the gate for answers without a score, such as a single model's")

    def build(self, builder: "Builder", path: Path) -> Gate:
        otherwise = builder.gate(self.otherwise, (*path, "otherwise")) if self.otherwise is not None else None
        return Decided(self.decided, otherwise=otherwise)


def _decider(value: Any, builder: "Builder", path: Path, members: Sequence[Model]) -> Decider:
    if value == "vote":
        return ByVote()
    if value == "confidence":
        return ByWeight(Stated())
    kinds = ["vote", "confidence", *DECIDERS]
    if not isinstance(value, dict):
        raise unknown("way to decide", str(value), kinds, at=dotted(path))
    found = [kind for kind in DECIDERS if kind in value]
    if len(found) != 1:
        raise unknown("way to decide", " and ".join(found) or str(next(iter(value), "")), kinds, at=dotted(path))
    built: Decider = checked(DECIDERS[found[0]], value, path).build(builder, path, members)
    return built


def _panel_judge(
    builder: "Builder",
    path: Path,
    judge: Any,
    strictness: str | None,
    *,
    key: str = "judge",
    role: str = "gate",
    ask_again: bool = True,
) -> PanelJudge:
    prompts = PanelPrompts(
        builder.prompt("panel_judge"),
        builder.prompt("panel_judge_again"),
        _words("judging", strictness, builder, (*path, "strictness")),
    )
    return PanelJudge(builder.system(judge, (*path, key)), prompts=prompts, ask_again=ask_again, role=role)


def _words(what: str, name: str | None, builder: "Builder", path: Path) -> Template | None:
    """The bundled template `what`_`name`, or the user's file of that name."""
    if name is None:
        return None
    bundled = {known.removeprefix(f"{what}_"): known for known in names() if known.startswith(f"{what}_")}
    if name in bundled:
        return builder.prompt(bundled[name])
    if "/" not in name and "." not in name:
        raise unknown(str(path[-1]), name, bundled, at=dotted(path))
    file = builder.file(name)
    return msgspec.structs.replace(from_file(next(iter(bundled.values())), file), name=file.stem)


def _measured(accuracy: Mapping[str, float], members: Sequence[Model], path: Path) -> Measured:
    """The members' accuracies in their order; samples of one model have its accuracy."""
    named = [member.model.name if isinstance(member, Sampled) else member.name for member in members]
    for name in accuracy:
        if name not in named:
            raise unknown("member", name, list(dict.fromkeys(named)), at=dotted(path))
    if lacking := [name for name in named if name not in accuracy]:
        raise ConfigError(f"{dotted(path)}: the accuracy of {lacking[0]} is missing", hint="measure it on other items")
    return Measured(tuple(accuracy[name] for name in named))
