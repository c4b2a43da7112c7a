"""Record: one finished trial of one system on one item, with everything that happened.

Records hold facts; every figure of a report is derived from them. Texts stay with their Calls, which Records name.
"""

from decimal import Decimal
from typing import Literal, NamedTuple

from msgspec import Struct

from escalade.core.grade import Grade
from escalade.core.structure import Structure
from escalade.ledger.call import Call
from escalade.ledger.span import SpanFact

Status = Literal["answered", "failed", "budget"]
"""`answered`: the system ended by itself. `budget`: a limit ended it, with the best answer so far if there is one.
`failed`: no answer, for the reason in `error`."""


class TrialKey(NamedTuple):
    """Which trial of its run."""

    system: str
    item: str
    sample: int


class Step(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One answer given on the way to the final one (a rung's, a member's), graded after the trial was over."""

    path: str
    role: str
    name: str
    """The name of the Model that gave it."""
    level: int | None = None
    call: str = ""
    grade: Grade | None = None
    accepted: bool | None = None
    """What the gate said of it, where one was asked."""
    score: float | None = None


class Record(Struct, frozen=True, kw_only=True, omit_defaults=True):
    run: str
    system: str
    item: str
    sample: int = 0
    labels: dict[str, str] = {}
    wording: str = ""
    """Names the words that were asked; "" where an older record does not say."""
    gold: str = ""
    """Names what the grader knew of the right answer; "" likewise."""
    status: Status
    error: str = ""
    """The code of the error that ended it."""
    message: str = ""
    answer: str = ""
    """The Call that holds the final text."""
    text: str | None = None
    """The final text, where no Call holds it."""
    accepted: bool | None = None
    score: float | None = None
    level: int | None = None
    """The rung, counted from 1, whose answer is final."""
    stopped: str = ""
    grade: Grade | None = None
    """None where there was no answer to grade."""
    steps: list[Step] = []
    calls: list[Call] = []
    """The system's account: every attempt made for this trial, and every Call it used from the journal."""
    grading: list[Call] = []
    """The laboratory's account."""
    spans: list[SpanFact] = []
    seconds: float | None = None
    """From the trial's start to its end, waiting included; None where nobody measured it."""
    at: float = 0.0
    """When it ended, seconds since 1970."""

    @property
    def key(self) -> TrialKey:
        return TrialKey(self.system, self.item, self.sample)

    @property
    def latency_s(self) -> float | None:
        """The time it would have taken without waiting for slots, budgets and retries: `seconds` less the waits.

        Waits at the same time, of parallel members, count once. None where `seconds` is.
        """
        if self.seconds is None:
            return None
        waits = sorted((call.at - call.waited_s, call.at) for call in self.calls if call.waited_s and not call.hit)
        waited, until = 0.0, 0.0
        for start, end in waits:
            waited += max(0.0, end - max(start, until))
            until = max(until, end)
        return max(0.0, self.seconds - waited)


class SystemFacts(Struct, frozen=True, kw_only=True):
    """What a run remembers of a system."""

    structure: Structure
    fingerprint: str = ""
    """Of the structure as it was when it was run."""
    simulated: bool = False
    rival: bool = False
    """True where it is there for comparison only."""


class Run(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One experiment as it was asked for. Its id is made from what it asks, so that asking again continues it."""

    id: str
    experiment: str
    task: str
    task_fingerprint: str = ""
    metric: str = "accuracy"
    items: int
    samples: int = 1
    seed: int = 0
    reference: str = ""
    systems: dict[str, SystemFacts] = {}
    """By name."""
    limit_usd: Decimal | None = None
    """What the run might spend when it was last started."""
    redacted: bool = False
    """True where question texts must not be shown."""
    notes: list[str] = []
    """Plain sentences to print under every report of this run."""
    at: float = 0.0
    version: str = ""
