"""What comes back: one text with the reasons it is this one."""

from typing import Literal

from msgspec import Struct

from escalade.core.messages import ToolCall

Finish = Literal["stop", "length", "tool_calls", "content_filter", "error"]


class Reply(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The answer of a Model. A leaf fills the first five fields, a strategy the rest."""

    text: str
    tool_calls: tuple[ToolCall, ...] = ()
    finish: Finish = "stop"
    model: str = ""
    """The name of the leaf that wrote the text; "" where a strategy composed it."""
    call: str = ""
    """The id of the Call that holds the text; "" where a strategy composed it."""
    accepted: bool | None = None
    """What the strategy's gate said of it; None where no gate was asked or it gave no verdict."""
    score: float | None = None
    """The gate's score, 0 to 1, where it gave one."""
    reason: str = ""
    """What whoever scored it said of it, for whoever tries again. Holds no score."""
    level: int | None = None
    """The rung, counted from 1, that gave this answer."""
    stopped: str = ""
    """Why the strategy ended: "accepted", "exhausted", "budget", ...; "" for a leaf."""
    candidates: tuple["Reply", ...] = ()
    """The replies that this one was chosen from, in the order of the structure."""
    members: int = 0
    """How many members were asked for `candidates`, failed ones included."""
