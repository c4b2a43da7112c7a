"""What is logged, as values: runs, tables, traces. They know nothing of MLflow's client."""

from typing import Any, Literal

from msgspec import Struct

AssessedBy = Literal["LLM_JUDGE", "CODE", "HUMAN"]
"""MLflow's words for who assessed: a model, a program, or whoever wrote the data set."""


class RunLog(Struct, frozen=True, kw_only=True):
    """One MLflow run."""

    name: str
    params: dict[str, str]
    metrics: dict[str, float]
    tags: dict[str, str]
    start_ms: int
    end_ms: int
    failed: bool = False


class Table(Struct, frozen=True, kw_only=True):
    """A table artifact of a run."""

    file: str
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


class SpanLog(Struct, frozen=True, kw_only=True):
    id: str
    """16 hex digits."""
    parent: str | None
    name: str
    kind: str
    """One of MLflow's types of span."""
    start_ns: int
    end_ns: int
    error: str = ""
    attributes: dict[str, Any]


class Assessment(Struct, frozen=True, kw_only=True):
    """What somebody said of an answer."""

    id: str
    name: str
    value: float | bool | str | None
    """None where whoever was asked could not say: `trouble` says why."""
    by: AssessedBy
    source: str
    """The judge's or grader's name."""
    span: str | None
    """The span of the answer; None for the whole trace."""
    rationale: str = ""
    trouble: str = ""
    metadata: dict[str, str] = {}
    expected: bool = False
    """True for a right answer that was known beforehand, and is no judgement of this one."""


class TraceLog(Struct, frozen=True, kw_only=True):
    """One question's way through one system."""

    id: str
    """`tr-` and 32 hex digits, made from experiment, run, system, item and sample: sent again, it is the same trace."""
    name: str
    item: str
    question: str
    answer: str
    start_ms: int
    duration_ms: int
    failed: bool
    tags: dict[str, str]
    spans: list[SpanLog]
    assessments: list[Assessment]
