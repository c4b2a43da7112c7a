"""The tasks that a config can describe: one class a kind, under the task's name.

A plug-in's class comes by the entry point `escalade.tasks`, a plug-in's grader for tables by `escalade.graders`.
"""

from typing import TYPE_CHECKING, Any, Literal

import msgspec
from pydantic import Field

from escalade.config.plugins import installed
from escalade.config.problems import Path, Spec, checked, dotted, unknown
from escalade.config.strategies import SystemRef
from escalade.core.errors import ConfigError
from escalade.tasks import Demo, Fields, Grader, Math500, MmluPro, RubricGrader, Table, Task

if TYPE_CHECKING:
    from escalade.config.build import Builder


class DemoTask(Spec):
    """Bundled questions that measure nothing, for trying things."""

    count: int = Field(200, ge=1, le=2000)
    seed: int = 0

    def build(self, builder: "Builder", path: Path) -> Task:  # noqa: ARG002  (the signature of every kind)
        return Demo(self.count, self.seed)


class MmluProTask(Spec):
    """MMLU-Pro, from a JSONL file."""

    path: str | None = Field(None, description="the file; looked for in ${ESCALADE_DATA} if not said")

    def build(self, builder: "Builder", path: Path) -> Task:  # noqa: ARG002  (the signature of every kind)
        return MmluPro(builder.file(self.path) if self.path else None)


class Math500Task(Spec):
    """MATH-500, from its publisher or a file."""

    path: str | None = Field(None, description="the file; fetched from the publisher if not said")
    verify: bool = Field(default=True, description="refuse a file whose hash is not the publisher's")

    def build(self, builder: "Builder", path: Path) -> Task:  # noqa: ARG002  (the signature of every kind)
        return Math500(builder.file(self.path) if self.path else None, verify=self.verify)


class FieldsSpec(Spec):
    """Which columns of a table mean what."""

    id: str = "id"
    question: str = "question"
    gold: str = "answer"
    labels: list[str] = []
    options: str | list[str] = "options"
    turns: str | list[str] = []
    system: str = ""
    rubric: str = ""

    def fields(self) -> Fields:
        return msgspec.convert(self.model_dump(), Fields)


class TableTask(Spec):
    """The user's own questions, from a CSV or JSONL file."""

    path: str
    grading: Literal["exact", "choice", "number", "regex", "expression", "rubric"] = "exact"
    fields: FieldsSpec = FieldsSpec()
    name: str = Field("", description="what the task is called; the file's name if not said")
    instruct: bool = Field(default=True, description="add a sentence on how to mark the final answer")
    judge: SystemRef = Field(None, description="for `rubric`: who grades; not a model that is measured")
    rubric: str = Field("", description="for `rubric`: what a good answer does")
    grader: Any = Field(None, description="a plug-in's grader, by name or with its settings")

    def build(self, builder: "Builder", path: Path) -> Task:
        return Table(
            builder.file(self.path),
            self.grading,
            self.fields.fields(),
            name=self.name,
            grader=self._grader(builder, path),
            instruct=self.instruct,
        )

    def _grader(self, builder: "Builder", path: Path) -> Grader | None:
        if self.grader is not None:
            return _plugged(self.grader, builder, (*path, "grader"))
        if self.grading != "rubric":
            return None
        if self.judge is None:
            raise ConfigError(f"{dotted(path)}: grading by a rubric needs a `judge`")
        return RubricGrader(builder.system(self.judge, (*path, "judge")), self.rubric, prompt=builder.prompt("rubric"))


def _plugged(value: Any, builder: "Builder", path: Path) -> Grader:
    [(name, settings)] = ({value: {}} if isinstance(value, str) else dict(value)).items()
    graders = installed("graders")
    if name not in graders:
        raise unknown("grader", name, graders, at=dotted(path))
    grader: Grader = checked(graders[name], settings or {}, path).build(builder, path)
    return grader


TASKS: dict[str, type[Any]] = {
    "demo": DemoTask,
    "mmlu_pro": MmluProTask,
    "math500": Math500Task,
    "table": TableTask,
}
