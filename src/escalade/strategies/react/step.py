"""Step: what a head did in one turn, however it was said. Values only; what comes of it is decided in the loop."""

from typing import Self

import msgspec
from msgspec import Struct

from escalade.core.messages import Message


class Use(Struct, frozen=True):
    """A wish to ask a tool; `query` is "" where none could be read."""

    tool: str
    query: str
    id: str = ""
    """Of a native call: what its answer must name."""


class Step(Struct, frozen=True, kw_only=True):
    """One turn: tools to ask, or a final answer, or the trouble that kept it from being either."""

    said: Message
    """The turn as the head is reminded of it later: without reasoning and without what it invented."""
    uses: tuple[Use, ...] = ()
    final: str = ""
    trouble: str = ""
    """Why the turn cannot be followed, to be told to the head; "" if it can."""

    def at_most(self, uses: int) -> Self:
        """This step with its first `uses` uses: what a turn asks for, and hears, is bounded."""
        if len(self.uses) <= uses:
            return self
        said = msgspec.structs.replace(self.said, tool_calls=self.said.tool_calls[:uses])
        return msgspec.structs.replace(self, uses=self.uses[:uses], said=said)
