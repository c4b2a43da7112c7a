"""The bytes of a simulated provider's answers, sound and faulty, whole and as event streams. Sends nothing."""

from decimal import Decimal
from typing import Any

import msgspec
from msgspec import Struct

from escalade.models.backend import Received
from escalade.models.wire import encode_reply, encode_stream
from escalade.simulate.faults import Fault

FEE = Decimal("0.05")
"""What the provider takes for calls with the client's own upstream key, as a share of the upstream cost."""
_encoder = msgspec.json.Encoder(decimal_format="number")
_EVENT = b"data: "
_DONE = b"data: [DONE]\n\n"


class Charge(Struct, frozen=True):
    """What one generated answer costs; USD."""

    usd: Decimal
    """All that the client owes."""
    upstream_usd: Decimal | None = None
    """For own-key calls: the part of it that goes to the upstream provider."""
    told: bool = False
    """Whether the answer says so."""

    @classmethod
    def of(cls, worth: Decimal, *, own_key: bool, told: bool) -> "Charge":
        """For an answer worth this much at the model's prices."""
        return cls(worth * (1 + FEE), worth, told or own_key) if own_key else cls(worth, None, told)

    def fields(self) -> dict[str, Any]:
        """As they stand in `usage`."""
        if not self.told:
            return {}
        if self.upstream_usd is None:
            return {"cost": self.usd}
        fee = self.usd - self.upstream_usd
        return {"cost": fee, "is_byok": True, "cost_details": {"upstream_inference_cost": self.upstream_usd}}


def bodies(received: Received, model: str, charge: Charge, fault: Fault | None, *, stream: bool) -> list[bytes]:
    """The body in the pieces in which it is sent; those of a cut answer are to be sent in part."""
    if fault == "empty_choices":
        empty = _encoder.encode({"id": received.request_id, "model": model, "choices": []})
        return [_EVENT + empty + b"\n\n", _DONE] if stream else [empty]
    if fault == "missing_usage":
        received = msgspec.structs.replace(received, usage=None)
    pieces = encode_stream(received, model) if stream else [encode_reply(received, model)]
    if fault == "invalid_json":
        return [*pieces[:1], pieces[1][: len(pieces[1]) // 2] + b"\n\n", _DONE] if stream else [_broken(pieces[0])]
    if fault is None:
        pieces = [_priced(piece, charge) for piece in pieces]
    return pieces


def _broken(body: bytes) -> bytes:
    return body[: 2 * len(body) // 3]


def _priced(piece: bytes, charge: Charge) -> bytes:
    """`piece` with the charge added to its usage, where it has one."""
    fields = charge.fields()
    prefix, suffix = (_EVENT, b"\n\n") if piece.startswith(_EVENT) else (b"", b"")
    text = piece.removeprefix(prefix)
    if not fields or not text.startswith(b"{"):
        return piece
    body = msgspec.json.decode(text)
    if not body.get("usage"):
        return piece
    body["usage"] |= fields
    return prefix + _encoder.encode(body) + suffix
