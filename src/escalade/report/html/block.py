"""Blocks: data that a page carries with it, compressed, for its script to read when it is wanted.

A block is gzip in base 64, which has no character that means anything to HTML; the browser unpacks it by itself. So a
page of many questions opens at once, and only what is looked at is unpacked.
"""

import base64
import zlib
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Struct

_GZIP = 31
"""zlib's number for a gzip header, which holds no time: equal data gives equal pages."""
_encoder = msgspec.json.Encoder()


class Block(Struct, frozen=True):
    id: str
    """Letters, digits and hyphens."""
    data: str

    def html(self) -> Iterator[str]:
        """An element that no browser runs or shows."""
        yield f'<script type="application/octet-stream" id="{self.id}">'
        yield self.data
        yield "</script>\n"


def block(name: str, value: Any) -> Block:
    """`value` is whatever JSON can say."""
    packed = zlib.compress(_encoder.encode(value), wbits=_GZIP)
    return Block(name, base64.b64encode(packed).decode("ascii"))
