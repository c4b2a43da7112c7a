"""What a span noted, in a line: verdicts, votes, reasons to stop. Kinds that are not known here are told as they are.

`redacted` withholds every text that is long enough to quote a question.
"""

from collections.abc import Mapping
from typing import Any

from escalade.report.untrusted import one_line

WITHHELD = "(withheld)"
_QUOTES_NOTHING = 16
_NAMES = frozenset({"kind", "gate", "why", "error", "path"})
"""Keys whose values this program or the user's config wrote."""


def told(note: Mapping[str, Any], *, redacted: bool = False) -> str:
    """One safe line for a note."""
    facts = {key: value for key, value in (censored(note) if redacted else note).items() if key != "kind"}
    match note.get("kind"):
        case "verdict":
            return _verdict(facts)
        case "stopped":
            return _with_rest("stopped: " + _value(facts.pop("why", "")), facts)
        case "vote":
            return _with_rest("vote: " + _value(facts.pop("counts", "")), facts)
        case kind:
            return _with_rest(f"{_value(kind or 'note')}", facts)


def censored(note: Mapping[str, Any]) -> dict[str, Any]:
    """The note without any text that is long enough to quote a question."""
    return {key: value if key in _NAMES else _censored(value) for key, value in note.items()}


def _verdict(facts: dict[str, Any]) -> str:
    gate = _value(facts.pop("gate", "") or "gate")
    said = {True: "accepts", False: "rejects", None: "gives no verdict"}[facts.pop("accept", None)]
    score, reason = facts.pop("score", None), facts.pop("reason", "")
    marked = f" ({_value(score)})" if score is not None else ""
    return _with_rest(f"{gate} {said}{marked}" + (f": {_value(reason)}" if reason else ""), facts)


def _with_rest(start: str, facts: Mapping[str, Any]) -> str:
    rest = ", ".join(
        f"{one_line(str(key), 40)} {_value(value)}" for key, value in facts.items() if value not in ("", None)
    )
    return f"{start}; {rest}" if rest else start


def _value(value: Any) -> str:
    match value:
        case bool() | None:
            return {True: "yes", False: "no", None: "none"}[value]
        case float():
            return f"{value:.3g}"
        case Mapping():
            return ", ".join(f"{one_line(str(key), 60)} {_value(part)}" for key, part in value.items())
        case list() | tuple():
            return ", ".join(_value(part) for part in value)
        case _:
            return one_line(str(value), 400)


def _censored(value: Any) -> Any:
    match value:
        case str():
            return value if len(value) <= _QUOTES_NOTHING else WITHHELD
        case Mapping():
            return {_censored(str(key)): _censored(part) for key, part in value.items()}
        case list() | tuple():
            return [_censored(part) for part in value]
        case _:
            return value
