"""Checked: what a caller gives as a setting is of its kind and in its range, or is refused where it is given.

Raises TypeError for another kind of value and ConfigError for one out of range; nothing is clipped and no text is read
as a number. What is returned has one type, so that equal settings have equal ids and are sent as equal bytes.
"""

import math
from collections.abc import Collection
from numbers import Integral, Real
from typing import Any, TypeVar

from escalade.core.errors import ConfigError
from escalade.core.text import is_unicode

T = TypeVar("T")


def whole(given: Any, name: str, least: int | None = None, most: int | None = None) -> int:
    """`given` as an int, from `least` to `most`."""
    if type(given) is not int and (isinstance(given, bool) or not isinstance(given, Integral)):
        raise TypeError(f"{name} is a whole number, not {given!r}")
    number = int(given)
    if (least is not None and number < least) or (most is not None and number > most):
        upwards = "" if least is None else f" from {least:,}"
        raise ConfigError(f"{name} is a whole number{upwards}{_up_to(most)}, not {number:,}")
    return number


def number(
    given: Any, name: str, least: float | None = None, most: float | None = None, *, above: float | None = None
) -> float:
    """`given` as a finite float: from `least`, or `above` a bound that it is not itself, to `most`."""
    if isinstance(given, bool) or not isinstance(given, Real):
        raise TypeError(f"{name} is a number, not {given!r}")
    found = float(given)
    low = (least is not None and found < least) or (above is not None and found <= above)
    if not math.isfinite(found) or low or (most is not None and found > most):
        start = "" if least is None else f" from {least:,g}"
        start = start if above is None else f" above {above:,g}"
        raise ConfigError(f"{name} is a number{start}{_up_to(most)}, not {given}")
    return found


def choice(given: Any, name: str, choices: Collection[str]) -> Any:
    """`given`, if it is one of `choices`."""
    if not isinstance(given, str):
        raise TypeError(f"{name} is text, not a {type(given).__name__}")
    if given not in choices:
        raise ConfigError(f"there is no {name} {given!r}", hint=f"there are: {', '.join(choices)}")
    return given


def text(given: Any, name: str) -> str:
    """`given`, if it is text that every database can hold."""
    if not isinstance(given, str):
        raise TypeError(f"{name} is text, not a {type(given).__name__}")
    if not given.isprintable() and ("\0" in given or not is_unicode(given)):
        raise ConfigError(f"{name} cannot be stored: {given!a} is no Unicode text or has a NUL in it")
    return given


def able(given: T, what: str, wanted: str) -> T:
    """`given`, if it is a value, and no class, that has the method or field `what`; else `wanted` is told."""
    if hasattr(given, what) and not isinstance(given, type):
        return given
    got = f"the class {given.__name__}" if isinstance(given, type) else f"a {type(given).__name__}"
    raise TypeError(f"{wanted} is wanted, not {got}")


def _up_to(most: float | None) -> str:
    return "" if most is None else f" to {most:,g}"
