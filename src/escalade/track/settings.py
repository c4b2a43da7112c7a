"""Where to log to, under which name, and in how much detail."""

from typing import Literal

from msgspec import Struct

from escalade.tasks.mlflow_server import Address

Detail = Literal["summary", "questions", "traces"]
"""`summary`: a run for each system. `questions`: and a run for each question. `traces`: and a trace for each."""


class Settings(Struct, frozen=True, kw_only=True):
    where: Address
    detail: Detail = "summary"
    experiment: str = ""
    """The MLflow experiment; the Escalade experiment's name if not said."""
    versioned: bool = True
    """Whether every run gets an MLflow experiment of its own, NAME_v1, NAME_v2, ..., or a group of runs in NAME."""
