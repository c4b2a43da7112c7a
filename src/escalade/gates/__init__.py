"""Who decides, inside a strategy, whether an answer is good enough."""

from escalade.gates.agree import Agree
from escalade.gates.check import Check, matches, satisfies
from escalade.gates.combine import Combined
from escalade.gates.decided import Decided
from escalade.gates.judge import Judge, judge
from escalade.gates.panel import PanelJudge, PanelPrompts, Reviews
from escalade.gates.protocol import Gate, Verdict, decide

__all__ = [
    "Agree",
    "Check",
    "Combined",
    "Decided",
    "Gate",
    "Judge",
    "PanelJudge",
    "PanelPrompts",
    "Reviews",
    "Verdict",
    "decide",
    "judge",
    "matches",
    "satisfies",
]
