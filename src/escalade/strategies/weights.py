"""How much a member's vote weighs: the log-odds of being right, as they were measured or as the member states them.

Log-odds are the weights at which independent voters are right most often; a vote that is right in half the cases
weighs nothing. A weight below 0 counts as 0: nobody is asked in order to do the opposite.
"""

import math
import re
from collections.abc import Sequence
from typing import Any, Literal, Protocol

import msgspec
from msgspec import Struct
from msgspec.structs import force_setattr

from escalade.answers import modal, without_reasoning
from escalade.core.checked import number
from escalade.core.errors import ConfigError
from escalade.core.messages import Expects
from escalade.core.reply import Reply

FITTED: Literal["fitted"] = "fitted"
"""Stands where accuracies do that a run measures before it uses them."""
NOT_MEASURED = "an experiment measures them where its `fit` says on what share of the items; or write them down"
_SUREST = 0.99
"""No probability counts as more: one sure member must not outvote any number of others."""
_STATED = r"\bconfidence\b[ \t*_`\"')]{0,6}[:=][ \t*_`\"'(]{0,6}(\d{1,3}(?:\.\d{0,12})?|\.\d{1,12})[ \t]{0,2}(%?)"
_CONFIDENCE = re.compile(_STATED, re.IGNORECASE)
_LINE = re.compile(
    rf"^[ \t>#*_`\"'(-]{{0,12}}{_STATED}[ \t\r*_`\"').]{{0,12}}(?:\n(?:[ \t\r]*\n)*|\Z)", re.IGNORECASE | re.MULTILINE
)
"""A line with nothing else in it, and the empty lines below."""


class Weights(Protocol):
    def check(self, members: int) -> None:
        """Raises ConfigError where there are no weights for so many members."""
        ...

    def of(self, member: int, reply: Reply) -> float | None:
        """The weight of the member at that position for this reply, 0 or more; None: not known."""
        ...

    @property
    def stated(self) -> bool:
        """Whether members must be asked to state their confidence."""
        ...

    def settings(self) -> dict[str, Any]: ...


class Measured(Struct, frozen=True):
    """By the accuracy of each member, in their order, measured on other questions than those that are voted on."""

    accuracies: tuple[float, ...]
    stated = False

    def __post_init__(self) -> None:
        shares = tuple(number(share, "an accuracy", 0, 1) for share in self.accuracies)
        force_setattr(self, "accuracies", shares)

    def check(self, members: int) -> None:
        if len(self.accuracies) != members:
            raise ConfigError(f"{len(self.accuracies)} accuracies do not fit {members} members")

    def of(self, member: int, reply: Reply) -> float | None:  # noqa: ARG002  (the accuracy says it all)
        return log_odds(self.accuracies[member])

    def settings(self) -> dict[str, Any]:
        return {"accuracies": list(self.accuracies)}


class Unmeasured(Struct, frozen=True):
    """Weights by accuracies that are still to be measured: a vote with them can be planned, and answers nobody."""

    stated = False

    def check(self, members: int) -> None:
        """Any number of members can be measured."""

    def of(self, member: int, reply: Reply) -> float | None:  # noqa: ARG002  (weighs nobody)
        raise ConfigError("the accuracies of this vote's members were not measured", hint=NOT_MEASURED)

    def settings(self) -> dict[str, Any]:
        return {"accuracies": FITTED}


class Stated(Struct, frozen=True):
    """By the confidence that the reply itself states."""

    stated = True

    def check(self, members: int) -> None:
        """Any number of members can state a confidence."""

    def of(self, member: int, reply: Reply) -> float | None:  # noqa: ARG002  (the reply says it all)
        confidence = stated_confidence(reply.text)
        return None if confidence is None else log_odds(confidence)

    def settings(self) -> dict[str, Any]:
        return {"confidence": "stated"}


def log_odds(probability: float) -> float:
    """ln(p / (1 - p)), 0 or more, for p of at most 0.99."""
    p = min(probability, _SUREST)
    return max(0.0, math.log(p / (1 - p))) if p > 0 else 0.0


def stated_confidence(text: str) -> float | None:
    """The last confidence that `text` states, 0 to 1, as "Confidence: 0.8" or "Confidence: 80 %"; None without one."""
    found = list(_CONFIDENCE.finditer(without_reasoning(text)))
    if not found:
        return None
    number, percent = found[-1].groups()
    value = float(number) / (100 if percent else 1)
    return value if 0 <= value <= 1 else None


def unstated(reply: Reply, *, asked: bool) -> Reply:
    """`reply` without the confidence, where its model was `asked` to state one on a line of its own: it is no part of
    the answer. The reply's Call, which holds the text as it was written, is then not named.
    """
    text = _LINE.sub("", reply.text) if asked else reply.text
    return reply if text == reply.text else msgspec.structs.replace(reply, text=text.rstrip(), call="")


def heaviest(replies: Sequence[Reply], weights: Sequence[float | None], expects: Expects) -> tuple[int, list[float]]:
    """The position of the earliest reply with the final answer of the greatest weight, and the weights by answer.

    A reply of unknown weight weighs as much as the others on average. Where no weight is above 0 all weigh 1. Among
    equally heavy answers the one that more replies give wins, then the one that came first. Position 0, and no
    weights, where nothing can be read.
    """
    known = [weight for weight in weights if weight is not None]
    average = sum(known) / len(known) if known else 0.0
    weighed = [average if weight is None else weight for weight in weights]
    if not any(weighed):
        weighed = [1.0] * len(replies)
    groups = modal([reply.text for reply in replies], expects)
    totals = [math.fsum(weighed[position] for position in group) for group in groups]
    if not groups:
        return 0, []
    return groups[totals.index(max(totals))][0], totals


def plurality(replies: Sequence[Reply], expects: Expects) -> int:
    """The position of the earliest reply with the final answer that most replies give; 0 where none can be read."""
    return heaviest(replies, [None] * len(replies), expects)[0]
