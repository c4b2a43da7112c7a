"""The task kind `mlflow`: a data set that lies in MLflow, by its name or id."""

from typing import TYPE_CHECKING, Literal

import msgspec
from pydantic import Field, SecretStr

from escalade.config.graders import rubric_grader
from escalade.config.problems import Path, Spec, dotted, naming
from escalade.config.strategies import SystemRef
from escalade.config.tracking import mlflow_address
from escalade.core.errors import DataError
from escalade.tasks import Task
from escalade.tasks.mlflow_server import Address

if TYPE_CHECKING:
    from escalade.config.build import Builder


class MlflowFieldsSpec(Spec):
    """Which fields of a data set of another layout mean what: NAME, or inputs.NAME, expectations.NAME, tags.NAME."""

    id: str | None = None
    question: str | None = None
    gold: str | None = None
    category: str | None = None
    labels: list[str] | None = Field(None, description="further public labels")
    options: str | None = Field(None, description="for `choice`: a list")
    turns: str | None = Field(None, description="in place of `question`: a list of what the user says, turn by turn")
    system: str | None = None


class MlflowTask(Spec):
    """A GenAI data set of MLflow, by its name or its id, in any experiment."""

    name: str = ""
    id: str = Field("", description="in place of `name`")
    uri: str | None = Field(None, repr=False, description="the MLflow; that of `track`, or MLFLOW_TRACKING_URI's")
    user: str = Field("", description="for that `uri`; nobody else's user is sent there")
    password: SecretStr | None = Field(None, description="likewise")
    grading: Literal["exact", "choice", "number", "regex", "expression", "rubric"] | None = None
    fields: MlflowFieldsSpec = MlflowFieldsSpec()
    instruct: bool = Field(default=True, description="add a sentence on how to mark the final answer")
    judge: SystemRef = Field(None, description="for `rubric`: who grades; best a model that is not measured")
    rubric: str = Field("", description="for `rubric`: what a good answer does")

    def build(self, builder: "Builder", path: Path) -> Task:
        from escalade.tasks.mlflow_dataset import MlflowDataSet, Source  # noqa: PLC0415  (an extra)

        with naming(dotted(path)):
            where = self._address(builder)
            if not (where.here or builder.files.fetch):
                raise DataError(
                    f"the data set {self.name or self.id} lies in MLflow at {where.shown}, and --offline forbids"
                    " fetching it",
                    hint="run without --offline, or set `uri` to a copy on this machine, such as sqlite:///mlflow.db",
                )
            return MlflowDataSet(
                Source(where=where, name=self.name, id=self.id),
                self.grading,
                self.fields.model_dump(exclude_none=True),
                grader=rubric_grader(self.judge, self.rubric, builder, path) if self.grading == "rubric" else None,
                instruct=self.instruct,
            )

    def _address(self, builder: "Builder") -> Address:
        where = mlflow_address(self.uri, builder.config.track, builder.folder)
        password = self.password.get_secret_value() if self.password else where.password
        return msgspec.structs.replace(where, user=self.user or where.user, password=password)
