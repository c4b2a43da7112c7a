"""Gate and Verdict: who decides, inside a strategy, whether an answer is good enough.

A gate sees the request and the reply, never the gold answer. What it costs belongs to the system. A gate that cannot
decide says so (`accept is None`, "unjudged"): it never turns its own failure into a score.
"""

from typing import Protocol, TypeVar

import msgspec
from msgspec import Struct

from escalade.core.checked import number
from escalade.core.errors import EscaladeError
from escalade.core.messages import Request
from escalade.core.reply import Reply
from escalade.core.structure import Structure
from escalade.core.unquoted import unquote
from escalade.ledger.span import Span
from escalade.models.structure import Worst

G = TypeVar("G", bound="Gate")

LONGEST_REASON = 2000
"""Characters that are kept of a reason that goes into prompts and that a judge's own token limit does not bound."""


class Verdict(Struct, frozen=True, kw_only=True, omit_defaults=True):
    accept: bool | None
    """None: unjudged."""
    score: float | None = None
    """0 to 1."""
    reason: str = ""
    """For whoever tries again: what is wrong and how to mend it. Holds no score."""
    gate: str = ""
    """The name of the gate that decided; filled in where the gate itself leaves it empty."""
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
        if lacking := [name for name in ("structure", "worst") if not callable(getattr(given, name, None))]:
            raise TypeError(f"{place}: the gate {given.name!r} lacks {' and '.join(lacking)}, which plans and runs ask")
        return given
    if callable(getattr(given, "reply", None)):
        raise TypeError(f"{place}: a Model is no gate; let it judge: judge({given.name}) >= 0.9")
    if isinstance(given, int | float):
        raise TypeError(f"{place}: a number is no gate; say who judges: judge(model) >= {given}")
    raise TypeError(f"{place}: a gate, such as judge(model) >= 0.9, is wanted, not {type(given).__name__}")


def checked_score(at_least: float) -> float:
    """`at_least`, if it is a score. Raises TypeError for what is no number, ConfigError for one out of range."""
    return number(at_least, "at_least, a score,", 0, 1)


async def verdict_of(gate: Gate, request: Request, reply: Reply, span: Span) -> Verdict:
    """What `gate` says at `span`: the one place where a gate is asked. One that raises leaves the answer unjudged."""
    try:
        verdict = await gate.judge(request, reply, span)
    except EscaladeError as error:
        if span.tags.redacted:
            unquote(error)
        span.fail(error)
        verdict = Verdict(accept=None, trouble=f"the gate failed: {error}", error=error.code)
    return verdict if verdict.gate else msgspec.structs.replace(verdict, gate=gate.name)


async def decide(
    gate: Gate, request: Request, reply: Reply, span: Span, *, place: str | int | None = None, level: int | None = None
) -> Verdict:
    """Ask `gate` for a strategy, under a child of `span`, and note its verdict there.

    `place` is the place of the judged answer in the structure, by which readers find it (`ledger.paths`), and `level`
    the rung that the gate's cost belongs to.
    """
    child = span.child("gate", gate.name, place, level)
    verdict = await verdict_of(gate, request, reply, child)
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
