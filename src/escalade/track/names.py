"""Names and values as MLflow takes them. Names that differ stay different, whatever had to be changed in them."""

import math
import re
from collections.abc import Mapping
from typing import Any

from escalade.core.ids import digest

_FORBIDDEN = re.compile(r"[^\w.\- ]|^[.\s]+|[.\s]+$")
_LONGEST_PART = 80
_LONGEST_PARAM = 6000
_LONGEST_TAG = 5000
_SHORTENED = " ... ({} characters)"


def metric_name(*parts: str) -> str:
    """The parts joined by "/", by which MLflow groups charts; each made valid by itself."""
    return "/".join(_valid(part) for part in parts)


def metrics(found: Mapping[str, Any]) -> dict[str, float]:
    """The numbers among the values: what was not measured is left out, and is no zero."""
    numbers = {name: float(value) for name, value in found.items() if value is not None}
    return {name: value for name, value in numbers.items() if math.isfinite(value)}


def params(found: Mapping[str, Any]) -> dict[str, str]:
    """Values as text; what is not there is left out."""
    return {name: shortened(str(value), _LONGEST_PARAM) for name, value in found.items() if value not in (None, "")}


def tags(found: Mapping[str, Any]) -> dict[str, str]:
    return {name: shortened(str(value), _LONGEST_TAG) for name, value in found.items() if value not in (None, "")}


def shortened(text: str, most: int) -> str:
    """`text`, or its beginning and how long it was; without the one character that PostgreSQL cannot hold."""
    text = text.replace("\x00", "")
    if len(text) <= most:
        return text
    told = _SHORTENED.format(len(text))
    return text[: most - len(told)] + told


def _valid(part: str) -> str:
    valid = _FORBIDDEN.sub("_", part)
    if valid == part and 0 < len(part) <= _LONGEST_PART:
        return part
    return f"{valid[:_LONGEST_PART]}-{digest(part)[:8]}"
