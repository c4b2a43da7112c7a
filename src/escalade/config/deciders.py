"""How debates are decided in a config: judge, weights or fuser, and the gate that reads the judge's verdict."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from pydantic import Field

from escalade.config.problems import Path, Spec, checked, dotted, unknown
from escalade.config.references import GateRef, SystemRef
from escalade.core.errors import ConfigError
from escalade.gates import Decided, Gate, PanelJudge, PanelPrompts
from escalade.models.protocol import Model
from escalade.prompts import Template, from_file, names
from escalade.strategies.debate import ByFuser, ByJudge, ByVote, ByWeight, Decider
from escalade.strategies.sample import Sampled
from escalade.strategies.weights import NOT_MEASURED, Measured, Stated, Weights

if TYPE_CHECKING:
    from escalade.config.build import Builder

Share = Annotated[float, Field(ge=0, le=1)]
Accuracies = dict[str, Share] | Literal["fitted"]
"""By member; `fitted` where the experiment measures them before it uses them."""


class ByJudgeSpec(Spec):
    """A judge sees all answers at once, scores each and says why."""

    judge: SystemRef = Field(description="who judges")
    strictness: str | None = Field(None, description="medium_strict, strict, very_strict or a file")
    ask_again: bool = Field(default=True, description="ask once more for a verdict that cannot be read")

    def build(self, builder: "Builder", path: Path, members: Sequence[Model]) -> Decider:  # noqa: ARG002  (see DECIDERS)
        return ByJudge(panel_judge(builder, path, self.judge, self.strictness, ask_again=self.ask_again))


class ByAccuracySpec(Spec):
    """A vote in which members weigh as much as they were right elsewhere."""

    accuracy: Accuracies = Field(description="by member: the share of right answers, 0 to 1; or `fitted`")

    def build(self, builder: "Builder", path: Path, members: Sequence[Model]) -> Decider:
        return ByWeight(measured(self.accuracy, builder, (*path, "accuracy"), members))


class ByFuserSpec(Spec):
    """Another model writes one answer from all of them."""

    fuse: SystemRef = Field(description="who writes it")

    def build(self, builder: "Builder", path: Path, members: Sequence[Model]) -> Decider:  # noqa: ARG002  (see DECIDERS)
        return ByFuser(builder.system(self.fuse, (*path, "fuse")), builder.prompt("fuse"))


DECIDERS: dict[str, type[Any]] = {"judge": ByJudgeSpec, "accuracy": ByAccuracySpec, "fuse": ByFuserSpec}
"""Ways to decide a debate that have settings, by their first key; each has `build(builder, path, members)`."""


class DecidedSpec(Spec):
    """The score that an answer brings along from the judge of its debate; nobody is asked again."""

    decided: float = Field(ge=0, le=1, description="the lowest score that is accepted")
    otherwise: GateRef = Field(None, description="the gate for answers without a score, such as a single model's")

    def build(self, builder: "Builder", path: Path) -> Gate:
        otherwise = builder.gate(self.otherwise, (*path, "otherwise")) if self.otherwise is not None else None
        return Decided(self.decided, otherwise=otherwise)


def decider(value: Any, builder: "Builder", path: Path, members: Sequence[Model]) -> Decider:
    """The way to decide that `value` names."""
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


def panel_judge(
    builder: "Builder",
    path: Path,
    judge: Any,
    strictness: str | None,
    *,
    key: str = "judge",
    role: str = "gate",
    ask_again: bool = True,
) -> PanelJudge:
    """The panel judge that stands at `key`, in the role `role`."""
    prompts = PanelPrompts(
        builder.prompt("panel_judge"),
        builder.prompt("panel_judge_again"),
        words("judging", strictness, builder, (*path, "strictness")),
    )
    return PanelJudge(builder.system(judge, (*path, key)), prompts=prompts, ask_again=ask_again, role=role)


def words(what: str, name: str | None, builder: "Builder", path: Path) -> Template | None:
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


def measured(accuracy: Accuracies, builder: "Builder", path: Path, members: Sequence[Model]) -> Weights:
    """The members' accuracies in their order; samples of one model have its accuracy."""
    models = [member.model if isinstance(member, Sampled) else member for member in members]
    if isinstance(accuracy, str):
        return builder.fitting.weights(models, path)
    named = [model.name for model in models]
    for name in accuracy:
        if name not in named:
            raise unknown("member", name, list(dict.fromkeys(named)), at=dotted(path))
    if lacking := [name for name in named if name not in accuracy]:
        raise ConfigError(f"{dotted(path)}: the accuracy of {lacking[0]} is missing", hint=NOT_MEASURED)
    return Measured(tuple(accuracy[name] for name in named))
