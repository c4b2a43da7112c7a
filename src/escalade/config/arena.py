"""The task `arena_hard` in a config: who judges, against whose answers, and how labels become a score."""

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from escalade.config.problems import Path, Spec, checked, dotted
from escalade.config.references import SystemRef
from escalade.core.errors import ConfigError
from escalade.core.scheme import SCHEMES, Scheme
from escalade.tasks import Task
from escalade.tasks.arena_hard import ArenaHard, Baselines, FromFile, FromModel, GamePrompts, Games
from escalade.tasks.arena_hard.baseline import Baseline

if TYPE_CHECKING:
    from escalade.config.build import Builder

_FILES = (".jsonl", ".jsonl.gz")


class SchemeSpec(Spec):
    """What labels are worth to the better answer; the other gets the rest, and a tie is half to each."""

    better: float = Field(1.0, ge=0.5, le=1, description="what `A>B` is worth to A, 0.5 to 1")
    much_better: float = Field(1.0, ge=0.5, le=1, description="what `A>>B` is worth to A, 0.5 to 1")
    weight: float = Field(1.0, gt=0, le=1000, description="how much `A>>B` counts beside the other labels")


class ArenaHardTask(Spec):
    """Arena-Hard-Auto: open-ended questions whose answers judges set against a baseline's."""

    version: Literal["v2.0", "v0.1"] = Field("v2.0", description="750 questions, or 500")
    judge: SystemRef | list[SystemRef] = Field(
        description="who judges, one or several; no contestant of its own family"
    )
    baseline: str | dict[str, str] | None = Field(
        None, description="a file of answers or a model, for all questions or by category; the official one if not said"
    )
    scheme: Literal["official", "linear"] | SchemeSpec = Field(
        "official", description="how labels become a score: `official`, `linear` or your own"
    )
    categories: list[str] = Field([], description="only these, such as `hard_prompt`")
    path: str | None = Field(None, description="the questions; fetched from the publisher if not said")
    verify: bool = Field(default=True, description="refuse questions whose hash is not the publisher's")

    def build(self, builder: "Builder", path: Path) -> Task:
        return ArenaHard(
            games(builder, self.judge, (*path, "judge")),
            self.version,
            baselines=Baselines(self._baselines(builder, (*path, "baseline")), files=builder.files),
            scheme=scheme_of(self.scheme),
            categories=self.categories,
            path=builder.file(self.path) if self.path else None,
            verify=self.verify,
            files=builder.files,
        )

    def _baselines(self, builder: "Builder", path: Path) -> dict[str, Baseline]:
        chosen = {"": self.baseline} if isinstance(self.baseline, str) else self.baseline or {}
        return {category: _baseline(builder, value, path) for category, value in chosen.items()}


def games(builder: "Builder", judge: Any, path: Path) -> Games:
    """The judge or judges that stand at `path`, with the config's prompts."""
    named = judge if isinstance(judge, list) else [judge]
    if not named:
        raise ConfigError(f"{dotted(path)}: name at least one judge")
    judges = [builder.system(one, path) for one in named]
    if twice := [one.name for number, one in enumerate(judges) if one.name in {j.name for j in judges[:number]}]:
        raise ConfigError(f"{dotted(path)}: two judges are called {twice[0]!r}", hint="give them names of their own")
    prompts = GamePrompts(*(builder.prompt(name) for name in ("arena_own_answer", "arena_read", "arena_again")))
    return Games(judges, prompts)


def scheme_of(value: "str | SchemeSpec") -> Scheme:
    if isinstance(value, str):
        return SCHEMES[value]
    return Scheme(name="own", **value.model_dump())


def scheme_from_text(text: str) -> Scheme:
    """A scheme by its name, or as "better=0.8,much_better=1,weight=2". Raises ConfigError."""
    if text in SCHEMES:
        return SCHEMES[text]
    pairs = dict(part.strip().partition("=")[::2] for part in text.split(","))
    if not all(pairs.values()):
        known = ", ".join(SCHEMES)
        raise ConfigError(
            f"there is no scheme {text!r}", hint=f"there are: {known}; or better=0.8,much_better=1,weight=2"
        )
    return scheme_of(checked(SchemeSpec, pairs, ("scheme",)))


def _baseline(builder: "Builder", value: str, path: Path) -> Baseline:
    """A file by its ending, else a model or system by its name."""
    return FromFile(builder.file(value)) if value.endswith(_FILES) else FromModel(builder.named(value, path))
