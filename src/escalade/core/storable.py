"""Storable: a value is kept only if it reads back as what it is, and whoever made it learns at once where it does not.

Types are promised, not enforced: a plug-in may note any object, score with a word or answer with half a character.
Written as it is, such a value would fail its readers, or those whose values are written beside it.
"""

from typing import Any, Generic, TypeVar, get_args, get_origin

import msgspec
from msgspec import Struct

from escalade.core.errors import Unstorable
from escalade.core.text import mended

T = TypeVar("T", bound=Struct)

_encode = msgspec.json.Encoder().encode
_ODD = (TypeError, ValueError, RecursionError, msgspec.MsgspecError)
"""What writing and reading raise: for what is no JSON, no Unicode or endless, and for what is of another type."""
_SHOWN = 3
_LEFT_OUT = object()


class Packer(Generic[T]):
    """Writes and reads values of one kind."""

    def __init__(self, kind: type[T]) -> None:
        self.unpack = msgspec.json.Decoder(kind).decode
        self._kind = kind

    def pack(self, value: T) -> tuple[bytes, T]:
        """`value` as JSON, and as it reads back. Raises Unstorable, which names what is odd in it."""
        try:
            body = _encode(value)
            return body, self.unpack(body)
        except _ODD as problem:
            _, odd = storable(value, self._kind)
            raise Unstorable(f"a {self._kind.__name__} cannot be stored because of {shown(odd)}") from problem


def shown(odd: list[str]) -> str:
    """The first few of these places."""
    more = f" and {len(odd) - _SHOWN:,} more" if len(odd) > _SHOWN else ""
    return f"its {', '.join(odd[:_SHOWN])}{more}"


def storable(value: T, kind: type[T]) -> tuple[T | None, list[str]]:
    """What of `value` can be stored, None if nothing, and the places of what is odd in it, each with the type found.

    Text is mended; an odd part of a list is left out, and whatever else is odd becomes, as a whole, what its absence
    means: of a usage without its input, nothing is known. The content of no part is named: it may be a question that
    must not be shown.
    """
    odd: list[str] = []
    kept = _whole(value, kind, "", odd)
    return (None if kept is _LEFT_OUT else kept), odd


def _whole(value: Any, kind: Any, place: str, odd: list[str]) -> Any:
    """A value, or a part of a list, without its odd fields."""
    if not isinstance(value, Struct) or _reads_back(value, kind):
        return _part(value, kind, place, odd)
    known, changes = len(odd), {}
    for field in msgspec.structs.fields(value):
        before = getattr(value, field.name)
        after = _part(before, field.type, f"{place}.{field.name}" if place else field.name, odd)
        if after is not before:
            changes[field.name] = _absent(field) if after is _LEFT_OUT else after
    kept = msgspec.structs.replace(value, **changes)
    if len(odd) > known and _reads_back(kept, kind):
        return kept
    return _named(value, place, odd)


def _part(value: Any, kind: Any, place: str, odd: list[str]) -> Any:
    if _reads_back(value, kind):
        return value
    if isinstance(value, list) and get_origin(kind) is list:
        (of,) = get_args(kind)
        parts = [_whole(one, of, f"{place}[{n}]", odd) for n, one in enumerate(value)]
        return [one for one in parts if one is not _LEFT_OUT]
    _named(value, place, odd)
    return mended(value) if isinstance(value, str) and _reads_back(mended(value), kind) else _LEFT_OUT


def _named(value: Any, place: str, odd: list[str]) -> Any:
    odd.append(f"{place or 'value'} ({type(value).__name__})")
    return _LEFT_OUT


def _absent(field: msgspec.structs.FieldInfo) -> Any:
    if field.default_factory is not msgspec.NODEFAULT:
        return field.default_factory()
    return "" if field.default is msgspec.NODEFAULT else field.default


def _reads_back(value: Any, kind: Any) -> bool:
    try:
        msgspec.json.decode(_encode(value), type=kind)
    except _ODD:
        return False
    return True
