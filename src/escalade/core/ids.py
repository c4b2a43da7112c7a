"""Stable names for values: canonical JSON and its hash. Equal values have equal ids on every machine.

Numbers are spelt by their types: 1, 1.0 and Decimal("1.0") are three values here, as they are to a server that is sent
them. That a setting has one spelling is seen to where it is made: `core.checked` for numbers, `core.money` for amounts.
"""

import hashlib
import random
from typing import Any

import msgspec

_canonical = msgspec.json.Encoder(order="sorted", decimal_format="string")


def canonical(value: Any) -> bytes:
    """The one JSON spelling of a value: keys sorted, no spaces."""
    return _canonical.encode(value)


def digest(*parts: bytes | str) -> str:
    """64 hex digits over the parts; their boundaries count."""
    framed = []
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        framed.append(b"%d:%b" % (len(data), data))
    return hashlib.sha256(b"".join(framed)).hexdigest()


def fingerprint(value: Any) -> str:
    """12 hex digits that name a value by its content."""
    return digest(canonical(value))[:12]


def seeded(*place: str | int) -> random.Random:
    """A random generator that depends on the place in the structure alone, never on time or order of arrival."""
    return random.Random(digest(*(str(part) for part in place)))  # noqa: S311  (reproducible draws, no secrets)


def seed_of(*place: str | int) -> int:
    """64 bits that seed another library's draws as `seeded` seeds ours."""
    return int(digest(*(str(part) for part in place))[:16], 16)
