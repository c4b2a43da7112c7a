"""`first & second` and `first | second`: gates asked in order, and no further than the verdict needs.

With `&`, one rejection rejects; with `|`, one acceptance accepts. Where neither settles it, one unjudged part leaves
the whole unjudged, and an unjudged whole has no score. A gate is neither true nor false: `and`, `or`, `not` and `if`
would drop one without a word, and are refused.
"""

from typing import TYPE_CHECKING, NoReturn

from escalade.core.messages import Request
from escalade.core.reply import Reply
from escalade.core.structure import Part, Structure
from escalade.gates.protocol import Verdict, checked_gate, verdict_of
from escalade.ledger.span import Span
from escalade.models.structure import Worst, worst_sum

if TYPE_CHECKING:
    from escalade.gates.protocol import Gate


class Combinable:
    """Gives a gate its `&` and `|`."""

    def __and__(self: "Gate", other: "Gate") -> "Combined":
        return Combined([self, checked_gate(other, "&")], all_must=True)

    def __or__(self: "Gate", other: "Gate") -> "Combined":
        return Combined([self, checked_gate(other, "|")], all_must=False)

    def __bool__(self) -> NoReturn:
        raise TypeError("a gate is neither true nor false: combine gates with & and |, and write `gate is not None`")


class Combined(Combinable):
    def __init__(self, gates: "list[Gate]", *, all_must: bool) -> None:
        self.gates = gates
        self.all_must = all_must
        self.name = (" & " if all_must else " | ").join(gate.name for gate in gates)

    async def judge(self, request: Request, reply: Reply, span: Span) -> Verdict:
        verdicts: list[Verdict] = []
        for gate in self.gates:
            verdict = await verdict_of(gate, request, reply, span)
            verdicts.append(verdict)
            if verdict.accept is not None and verdict.accept is not self.all_must:
                break
        settled = verdicts[-1].accept is (not self.all_must)
        accept = (not self.all_must) if settled else (None if any(v.unjudged for v in verdicts) else self.all_must)
        reasons = "\n".join(v.reason for v in verdicts if v.reason and v.accept is not True)
        if accept is None:
            return self._unjudged([v for v in verdicts if v.unjudged], reasons)
        scores = [v.score for v in verdicts if v.score is not None]
        choose = min if self.all_must else max
        return Verdict(accept=accept, score=choose(scores, default=None), reason=reasons)

    def _unjudged(self, parts: list[Verdict], reasons: str) -> Verdict:
        trouble = "; ".join(part.trouble for part in parts)
        errors = {part.error for part in parts if part.error}
        error = "budget" if "budget" in errors else min(errors, default="")
        return Verdict(accept=None, reason=reasons, trouble=trouble, error=error)

    def structure(self) -> Structure:
        parts = tuple(Part("gate", gate.structure()) for gate in self.gates)
        return Structure("all" if self.all_must else "any", self.name, parts=parts)

    def worst(self, prompt_tokens: int) -> Worst:
        parts = [gate.worst(prompt_tokens) for gate in self.gates]
        return worst_sum(parts).writing(sum(part.output for part in parts))
