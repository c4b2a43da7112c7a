"""Packing: a Record as the bytes that the store keeps. Small ones are plain JSON, large ones compressed. One that would
not read back as it is has no bytes.
"""

import zlib

from escalade.core.storable import Packer
from escalade.store.record import Record

_packer = Packer(Record)
_PLAIN_UP_TO = 4096
"""Bytes of JSON. A smaller Record is less than the texts of its own calls, and quicker written as it is."""


def pack(record: Record) -> bytes:
    """Raises Unstorable."""
    body, _ = _packer.pack(record)
    return body if len(body) <= _PLAIN_UP_TO else zlib.compress(body, 1)


def unpack(body: bytes) -> Record:
    return _packer.unpack(body if body.startswith(b"{") else zlib.decompress(body))
