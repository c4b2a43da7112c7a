"""Packing: a Record as the bytes that the store keeps. Small ones are plain JSON, large ones compressed."""

import zlib

import msgspec

from escalade.store.record import Record

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Record).decode
_PLAIN_UP_TO = 4096
"""Bytes of JSON. A smaller Record is less than the texts of its own calls, and quicker written as it is."""


def pack(record: Record) -> bytes:
    body = _encode(record)
    return body if len(body) <= _PLAIN_UP_TO else zlib.compress(body, 1)


def unpack(body: bytes) -> Record:
    return _decode(body if body.startswith(b"{") else zlib.decompress(body))
