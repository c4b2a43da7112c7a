"""Graders that a task's config names: a judge with a rubric, and those that other packages add."""

from typing import TYPE_CHECKING, Any

from escalade.config.plugins import installed
from escalade.config.problems import Path, checked, dotted, named_one
from escalade.core.errors import ConfigError
from escalade.tasks import Grader, RubricGrader

if TYPE_CHECKING:
    from escalade.config.build import Builder


def rubric_grader(judge: Any, rubric: str, builder: "Builder", path: Path) -> Grader:
    """The grader that asks `judge`, a system's name or description. Raises ConfigError where there is none."""
    if judge is None:
        raise ConfigError(f"{dotted(path)}: grading by a rubric needs a `judge`")
    prompts = {"prompt": builder.prompt("rubric"), "again": builder.prompt("rubric_again")}
    return RubricGrader(builder.system(judge, (*path, "judge")), rubric, **prompts)


def plugged_grader(value: Any, builder: "Builder", path: Path) -> Grader:
    """A plug-in's grader, by its name or with its settings."""
    kind, settings, at = named_one("grader", value, installed("graders"), path)
    grader: Grader = checked(kind, settings, at).build(builder, at)
    return grader
