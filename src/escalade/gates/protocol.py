"""Gate and Verdict: who decides, inside a strategy, whether an answer is good enough.

A gate sees the request and the reply, never the gold answer. What it costs belongs to the system. A gate that cannot
decide says so (`accept is None`, "unjudged"): it never turns its own failure into a score.
"""

from typing import Protocol, TypeVar

from msgspec import Struct

from escalade.core.messages import Request
from escalade.core.reply import Reply
from escalade.ledger.span import Span
from escalade.models.structure import Structure, Worst

G = TypeVar("G", bound="Gate")


class Verdict(Struct, frozen=True, kw_only=True, omit_defaults=True):
    accept: bool | None
    """None: unjudged."""
    score: float | None = None
    """0 to 1."""
    reason: str = ""
    """For whoever tries again: what is wrong and how to mend it. Holds no score."""
    gate: str = ""
    """The name of the gate that decided."""
    trouble: str = ""
    """Why it is unjudged."""
    error: str = ""
    """The code of the error that left it unjudged, where there was one: "budget" where a limit did."""

    @property
    def unjudged(self) -> bool:
        return self.accept is None


class Gate(Protocol):
    @property
    def name(self) -> str: ...

    async def judge(self, request: Request, reply: Reply, span: Span) -> Verdict:
        """A verdict on `reply`; never raises for a failing judge, a bad answer or an exhausted budget."""
        ...

    def structure(self) -> Structure: ...

    def worst(self, prompt_tokens: int) -> Worst:
        """The worst case of one verdict, for a question and a reply of `prompt_tokens` together."""
        ...


def checked_gate(given: G, place: str) -> G:
    """`given`, which stands at `place`, if it is a gate. Raises TypeError with what to write instead."""
    if callable(getattr(given, "judge", None)) and hasattr(given, "name") and not isinstance(given, type):
        return given
    if callable(getattr(given, "reply", None)):
        raise TypeError(f"{place}: a Model is no gate; let it judge: judge({given.name}) >= 0.9")
    if isinstance(given, int | float):
        raise TypeError(f"{place}: a number is no gate; say who judges: judge(model) >= {given}")
    raise TypeError(f"{place}: a gate, such as judge(model) >= 0.9, is wanted, not {type(given).__name__}")


def checked_score(at_least: float) -> float:
    """`at_least`, if it is a score. Raises ValueError for what no score is compared with."""
    if isinstance(at_least, bool) or not isinstance(at_least, int | float) or not 0 <= at_least <= 1:
        raise ValueError(f"at_least is a score from 0 to 1, not {at_least!r}")
    return at_least


async def decide(
    gate: Gate, request: Request, reply: Reply, span: Span, *, place: str | int | None = None, level: int | None = None
) -> Verdict:
    """Ask `gate` under a child of `span` and note its verdict there: the one place where gates are asked.

    `place` is the place of the judged answer in the structure, `level` the rung that the gate's cost belongs to.
    """
    child = span.child("gate", gate.name, place, level)
    verdict = await gate.judge(request, reply, child)
    child.note(
        "verdict",
        gate=verdict.gate,
        accept=verdict.accept,
        score=verdict.score,
        reason=verdict.reason,
        trouble=verdict.trouble,
    )
    child.finish()
    return verdict
