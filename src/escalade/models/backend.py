"""Backend: what turns one request into one answer, once, with no memory of money, retries or the journal.

`Leaf` puts those around it. An HTTP endpoint, a simulated model, a file of recorded answers and a pydantic-ai model
are backends.
"""

from decimal import Decimal
from typing import Protocol

from msgspec import Struct

from escalade.core.messages import Request, ToolCall
from escalade.core.reply import Finish, Reply
from escalade.core.usage import Usage


class Received(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One answer with all that was said about it. The journal stores exactly this."""

    text: str
    tool_calls: tuple[ToolCall, ...] = ()
    finish: Finish = "stop"
    usage: Usage | None = None
    """None where the provider did not say: its price is then unknown unless `reported_usd` is there."""
    reported_usd: Decimal | None = None
    """What the provider says it cost."""
    model: str = ""
    provider: str = ""
    request_id: str = ""

    def reply(self, name: str, call: str) -> Reply:
        return Reply(text=self.text, tool_calls=self.tool_calls, finish=self.finish, model=name, call=call)


class Backend(Protocol):
    @property
    def identity(self) -> str:
        """What the journal's keys start with: equal identities answer equal bodies alike. No secrets."""
        ...

    @property
    def model_id(self) -> str:
        """The provider's name of the model."""
        ...

    @property
    def by_item(self) -> bool:
        """True where the answer depends on the item's id and not on the words alone."""
        ...

    @property
    def simulated(self) -> bool:
        """True where no real model answers: reports say so."""
        ...

    def encode(self, request: Request) -> bytes:
        """The request as it will be sent: canonical, so that equal requests have equal bytes."""
        ...

    async def send(self, body: bytes, request: Request) -> Received:
        """One attempt. Raises a CallError."""
        ...
