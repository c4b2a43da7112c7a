"""The tasks that a config can describe: one class a kind, under the task's name.

A plug-in's class comes by the entry point `escalade.tasks`, a plug-in's grader for tables by `escalade.graders`.
"""

from typing import TYPE_CHECKING, Any, Literal

import msgspec
from pydantic import Field

from escalade.config.arena import ArenaHardTask
from escalade.config.graders import plugged_grader, rubric_grader
from escalade.config.mlflow_task import MlflowTask
from escalade.config.problems import Path, Spec
from escalade.config.searching import SplitTask
from escalade.config.strategies import SystemRef
from escalade.tasks import Demo, Fields, Gpqa, Grader, Math500, MmluPro, Table, Task
from escalade.tasks.math500 import Split

if TYPE_CHECKING:
    from escalade.config.build import Builder


class DemoTask(Spec):
    """Bundled questions that measure nothing, for trying things."""

    count: int = Field(200, ge=1, le=2000)
    seed: int = 0

    def build(self, builder: "Builder", path: Path) -> Task:  # noqa: ARG002  (the signature of every kind)
        return Demo(self.count, self.seed)


class MmluProTask(Spec):
    """MMLU-Pro, from its publisher's Parquet or from JSONL."""

    path: str | None = Field(None, description="the file; fetched from the publisher if not said")
    verify: bool = Field(default=True, description="refuse a Parquet file whose hash is not the publisher's")

    def build(self, builder: "Builder", path: Path) -> Task:  # noqa: ARG002  (the signature of every kind)
        return MmluPro(builder.file(self.path) if self.path else None, verify=self.verify, files=builder.files)


class Math500Task(Spec):
    """MATH-500, from its publisher or a file, whole or in two parts that share no item."""

    path: str | None = Field(None, description="the file; fetched from the publisher if not said")
    part: Literal["all", "train", "test"] = Field("all", description="`train` is what a search may look at")
    train_items: int = Field(100, ge=1, description="how many items `train` has, drawn by the seed")
    train: str | None = Field(None, description="a JSONL file of MATH's training problems, to draw `train` from")
    seed: int = Field(0, description="decides which items are `train`")
    verify: bool = Field(default=True, description="refuse a file whose hash is not the publisher's")

    def build(self, builder: "Builder", path: Path) -> Task:  # noqa: ARG002  (the signature of every kind)
        return Math500(
            builder.file(self.path) if self.path else None,
            part=self.part,
            split=Split(self.train_items, self.seed, builder.file(self.train) if self.train else None),
            verify=self.verify,
            files=builder.files,
        )


class GpqaTask(Spec):
    """GPQA, from its authors' archive or a file. Question and option texts stay out of stores and reports."""

    set: Literal["diamond", "main", "extended"] = Field("diamond", description="198, 448 or 546 questions")
    path: str | None = Field(None, description="the archive, or the set's CSV file; fetched if not said")
    seed: int = Field(0, description="decides the order of each question's options")
    verify: bool = Field(default=True, description="refuse a file whose hash is not the authors'")

    def build(self, builder: "Builder", path: Path) -> Task:  # noqa: ARG002  (the signature of every kind)
        return Gpqa(
            self.set,
            builder.file(self.path) if self.path else None,
            seed=self.seed,
            verify=self.verify,
            files=builder.files,
        )


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
    """The user's own questions, from a CSV, JSONL or Parquet file."""

    path: str
    grading: Literal["exact", "choice", "number", "regex", "expression", "rubric"] = "exact"
    fields: FieldsSpec = FieldsSpec()
    name: str = Field("", description="what the task is called; the file's name if not said")
    instruct: bool = Field(default=True, description="add a sentence on how to mark the final answer")
    judge: SystemRef = Field(None, description="for `rubric`: who grades; best a model that is not measured")
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
            return plugged_grader(self.grader, builder, (*path, "grader"))
        if self.grading != "rubric":
            return None
        return rubric_grader(self.judge, self.rubric, builder, path)


TASKS: dict[str, type[Any]] = {
    "demo": DemoTask,
    "mmlu_pro": MmluProTask,
    "math500": Math500Task,
    "gpqa": GpqaTask,
    "arena_hard": ArenaHardTask,
    "table": TableTask,
    "mlflow": MlflowTask,
    "split": SplitTask,
}
