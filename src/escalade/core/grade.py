"""Grade: the measure of one reply, given outside the system that wrote it."""

from typing import Literal

from msgspec import Struct

from escalade.core.battle import Battle

Outcome = Literal["right", "wrong", "partial", "no_answer", "grader_failed"]
"""`no_answer`: nothing to grade could be read in the reply. `grader_failed`: the grader, not the reply, is at fault."""


class Grade(Struct, frozen=True, kw_only=True, omit_defaults=True):
    outcome: Outcome
    score: float = 0.0
    """0 to 1; 1 exactly where right."""
    answer: str = ""
    """The final answer as it was read in the reply."""
    method: str = ""
    """How it was read and compared, such as "last declaration" or "math-verify"."""
    reason: str = ""
    others: dict[str, "Grade"] = {}
    """The grades of further graders on the same reply, by name: reported beside this one."""
    battle: Battle | None = None
    """What judges said of it beside a baseline's answer, where it was graded so: `score` can be worked out anew."""
