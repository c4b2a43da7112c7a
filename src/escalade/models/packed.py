"""Packed: an answer as the journal keeps it, checked before it is booked, since a backend may be anybody's.

As with what servers send, an answer that was paid for is not thrown away for a field that is not needed: text is
mended, what else is odd is passed over, and a usage or cost that cannot be read is unknown.
"""

import msgspec
from msgspec import Struct

from escalade.core.errors import BadResponse, Unstorable
from escalade.core.money import is_amount
from escalade.core.storable import Packer, storable
from escalade.models.backend import Received

_packer = Packer(Received)
unpacked = _packer.unpack


class Packed(Struct, frozen=True):
    body: bytes
    received: Received
    """What `body` says, to the letter."""


def packed(received: Received) -> Packed:
    """Raises BadResponse where what a backend gave holds no text and no tool call that can be kept."""
    if not isinstance(received, Received) or not isinstance(received.text, str):
        given = type(getattr(received, "text", received)).__name__
        raise BadResponse(f"a backend gives a Received with a text, not {given}", hint=Unstorable.hint)
    try:
        body, answer = _packer.pack(received)
    except Unstorable as problem:
        rest, _ = storable(received, Received)
        if rest is None or not (rest.text.strip() or rest.tool_calls):
            said = f"the backend's answer cannot be used: {problem}"
            raise BadResponse(said, hint=problem.hint, usage=rest.usage if rest else None) from problem
        return packed(rest)
    if answer.reported_usd is not None and not is_amount(answer.reported_usd):
        return packed(msgspec.structs.replace(answer, reported_usd=None))
    return Packed(body, answer)
