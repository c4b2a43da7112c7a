"""The documented object of a run's figures, as `--json` prints it.

Money is USD as exact decimal text, or null where the price of any call in it is unknown, with the count of such calls
beside it: a part of a sum is never shown as the sum. Shares and scores are 0 to 1. What was not measured is null.
Figures that differ when the same run is repeated from the journal stand in `latency_s` and `paid` alone.
"""

from decimal import Context, Decimal
from typing import Any, Literal

import msgspec
from msgspec import Struct

from escalade.analysis.behaviour import Behaviours
from escalade.analysis.part_failures import PartFacts
from escalade.analysis.spending import Cost, Spent, Tokens

Verdict = Literal["better", "worse", "not_distinguishable"]
RivalKind = Literal["best_single", "random_mixing", "majority_vote", "self_consistency", "oracle"]


class Quality(Struct, frozen=True, kw_only=True):
    """A mean score with its 95 % interval; every item counts once, however often it was asked."""

    mean: float | None
    low: float | None
    high: float | None
    n: int
    """Items."""


class Latency(Struct, frozen=True, kw_only=True):
    """Seconds per answered question, waiting for slots and retries apart."""

    mean: float
    p50: float
    p95: float


class Level(Struct, frozen=True, kw_only=True):
    level: int
    """The rung, counted from 1."""
    reached: int
    """Trials that asked it."""
    stopped: int
    """Trials that went no further."""


class GateFacts(Struct, frozen=True, kw_only=True):
    """The gate's decisions on answers along the way, beside their grades. A wrong or unreadable answer is not right."""

    judged: int
    accepted: int
    compared: int
    """Those judged whose answers were graded right or not: what the next two are out of."""
    false_accepts: int
    false_rejects: int


class Flips(Struct, frozen=True, kw_only=True):
    """How trials ended beside how they began, over those whose first and final answers were graded right or not."""

    compared: int
    to_right: int
    to_wrong: int
    lost: int
    """The final answer is not right although some answer along the way was."""
    revised: int
    """Answers that a debate's member revised after hearing others, first and last graded right or not."""
    revised_to_right: int
    revised_to_wrong: int


class Comparison(Struct, frozen=True, kw_only=True):
    """One system less another, paired over the items that both finished."""

    n: int
    """Items."""
    difference: float
    low: float | None
    high: float | None
    p: float | None
    p_holm: float | None
    """`p` adjusted for all comparisons by score in the same report; the verdict rests on it."""
    method: Literal["mcnemar", "paired_bootstrap"]
    cost_ratio: float | None
    cost_ratio_low: float | None
    cost_ratio_high: float | None
    verdict: Verdict
    n_needed: int | None
    """Items that would show a true difference of this size at the 5 % level in 4 of 5 experiments."""


class Rival(Struct, frozen=True, kw_only=True):
    """What could have been asked instead, from the run's own records."""

    kind: RivalKind
    system: str | None
    """The system of this run that it is, where it is one."""
    quality: float | None
    cost_per_item: Decimal | None
    """None for the oracle, which nobody can buy, and where there is no such rival."""
    mixture: dict[str, float]
    """For random mixing: how often each single model is asked."""
    versus: Comparison | None
    """The orchestration less this rival; its `cost_ratio` is the orchestration's cost over the rival's."""
    reason: str
    """Why there is no such rival, "" where there is one."""


class SystemSummary(Struct, frozen=True, kw_only=True):
    name: str
    kind: str
    """What it is at the top: "model", "cascade", "vote", ..."""
    simulated: bool
    graded_by_simulation: bool
    """True where a simulated model had a part in its grades: they say nothing of real answers."""
    estimated: bool
    """True where any figure rests on guessed token counts."""
    trials: int
    statuses: dict[str, int]
    quality: Quality
    others: dict[str, Quality]
    """By further graders."""
    by_label: dict[str, dict[str, Quality]]
    """By label and value, such as `{"level": {"1": ..., "2": ...}}`, for labels with 2 to 40 values in the run."""
    coverage: float | None
    """The share of finished trials that gave an answer."""
    failures: dict[str, int]
    """Trials without an answer, by error code; each counts as a loss in `quality`."""
    endings: dict[str, int]
    """Answers, by how the strategy says that it ended, such as "accepted", "exhausted" or "steps"."""
    part_failures: list[PartFacts]
    """The parts that failed at all: a strategy goes on without them."""
    unparsed: int
    """Answers in which nothing to grade could be read; each counts as a loss."""
    ungraded: int
    """Answers that the grader failed on; left out of `quality`."""
    cost: Cost
    grading: Spent
    """The laboratory's account; no part of `cost`."""
    paid: Spent | None
    """What was really spent, interrupted attempts included."""
    tokens: Tokens
    latency_s: Latency | None
    funnel: list[Level]
    gate: GateFacts
    flips: Flips
    behaviours: Behaviours | None
    """What an agent made of its tools' answers; None where no trial had an agent at the top."""
    versus_reference: Comparison | None
    rivals: list[Rival]
    """Empty for single models."""
    sentence: str


class RunFacts(Struct, frozen=True, kw_only=True):
    id: str
    experiment: str
    seed: int
    samples: int
    version: str
    finished: bool
    """False where trials are missing: every figure is then over those that finished."""


class TaskFacts(Struct, frozen=True, kw_only=True):
    name: str
    fingerprint: str
    metric: str


class Summary(Struct, frozen=True, kw_only=True):
    run: RunFacts
    task: TaskFacts
    items: int
    """Items that the run asks about, finished or not."""
    reference: str | None
    systems: list[SystemSummary]
    grading: Spent
    notes: list[str]
    advice: str
    """Whether to orchestrate at all; "" where the run cannot say."""


def to_json(figures: Struct) -> bytes:
    """The documented JSON object, money spelt without exponents; equal figures give equal bytes."""
    return msgspec.json.encode(_plain(msgspec.to_builtins(figures, builtin_types=(Decimal,))))


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value.normalize(Context(prec=200)):f}"
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, list) else value
