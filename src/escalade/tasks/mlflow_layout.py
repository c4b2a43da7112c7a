"""How an Item lies in a record of an MLflow data set, and how one is made of it again.

`inputs`, `expectations` and `tags` have the ancestor's names, so that its users' programs read what we push; MLflow's
scorers look for `expected_response`. The rest of an item is in tags. What a grader keeps private is not pushed.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from escalade.core.errors import DataError
from escalade.core.ids import fingerprint
from escalade.core.messages import Expects
from escalade.tasks.protocol import Item
from escalade.tasks.row_item import Fields
from escalade.tasks.rows import Row

ITEMS = "escalade.items"
"""The tag of a data set that counts its records."""
COMPLETE = "escalade.complete"
"""The tag of a data set that is "false" while it is written."""
_LAYOUT = "escalade.item"
"""The tag that holds the rest of an item of ours."""
_KNOWN: dict[str, tuple[str, ...]] = {
    "id": ("question_id", "uid", "id"),
    "question": ("question", "prompt", "query", "input"),
    "gold": ("reference_answer", "expected_response", "expected_answer", "answer"),
}
_PARTS = ("inputs", "expectations", "tags")


class _Rest(msgspec.Struct, omit_defaults=True):
    """What an item has beside its question, id, gold and category."""

    expects: Expects = Expects()
    labels: dict[str, str] = {}


def record_of(item: Item, position: int, *, task: str, version: str) -> dict[str, Any]:
    """The record that MLflow is given. `version` names the data by its content."""
    category = item.labels.get("category")
    inputs: dict[str, Any] = {"question": item.turns[0], "question_id": item.id}
    inputs |= {"category": category} if category else {}
    inputs |= {"turns": list(item.turns)} if len(item.turns) > 1 else {}
    inputs |= {"system": item.system} if item.system else {}
    tags = {
        "question_id": item.id,
        "source": task,
        "dataset_version": version,
        "multi_turn": str(len(item.turns) > 1).lower(),
        "position": str(position),
        "hash": fingerprint([item.turns, item.system, item.gold]),
        _LAYOUT: msgspec.json.encode(_Rest(expects=item.expects, labels=item.labels)).decode(),
    }
    tags |= {"category": category} if category else {}
    expectations = {"reference_answer": item.gold, "expected_response": item.gold} if item.gold else {}
    return {"inputs": inputs, "expectations": expectations, "tags": tags}


def row_of(name: str, line: int, record: Any) -> Row:
    """A record's values by their names; also as `inputs.NAME` and so on, where two parts share one."""
    values: dict[str, Any] = {}
    for part in _PARTS:
        for key, value in (getattr(record, part) or {}).items():
            values.setdefault(key, value)
            values[f"{part}.{key}"] = value
    return Row(Path(f"the data set {name}"), line, values)


def is_ours(row: Row) -> bool:
    return f"tags.{_LAYOUT}" in row.values


def our_item(row: Row) -> Item:
    """The item that was pushed."""
    try:
        rest = msgspec.json.decode(row.text(f"tags.{_LAYOUT}"), type=_Rest)
    except msgspec.DecodeError as error:
        raise row.error(f"the tag {_LAYOUT} is not what Escalade wrote: {error}", hint="push it again") from error
    is_long = "inputs.turns" in row.values
    return Item(
        id=row.text("inputs.question_id"),
        turns=row.texts("inputs.turns") if is_long else (row.text("inputs.question"),),
        gold=row.text("expectations.reference_answer") if "expectations.reference_answer" in row.values else "",
        expects=rest.expects,
        system=row.text("inputs.system") if "inputs.system" in row.values else "",
        labels=rest.labels,
    )


def evened(rows: Sequence[Row], said: Mapping[str, Any]) -> list[Row]:
    """Foreign rows with what all must have: `category` under that name, and `turns` where any row has several."""
    several = "question" not in said and any("turns" in row.values for row in rows)
    return [_evened(row, said, several=several) for row in rows]


def _evened(row: Row, said: Mapping[str, Any], *, several: bool) -> Row:
    values = dict(row.values)
    if "category" in said:
        values["category"] = row.text(said["category"])
    if several and "turns" not in values:
        values["turns"] = [row.text(_first(row, "question") or "question")]
    return Row(row.path, row.line, values)


def fields_of(row: Row, said: Mapping[str, Any]) -> Fields:
    """Which field means what: as `said`, elsewhere by the names of known layouts. Raises DataError."""
    found: dict[str, Any] = {meaning: name for meaning in _KNOWN if (name := _first(row, meaning))}
    if "turns" in row.values and "question" not in said:
        found["turns"] = "turns"
    found |= {name: value for name, value in said.items() if name != "category"}
    own = ["category"] if "category" in row.values else []
    found["labels"] = [*dict.fromkeys([*own, *said.get("labels", [])])]
    if "question" not in found and "turns" not in found:
        raise DataError(
            f"{row.path}: no field is known to hold the question",
            hint=f"name it with `fields: {{question: ...}}`; there are: {', '.join(row.values)}",
        )
    return msgspec.convert(found, Fields)


def _first(row: Row, meaning: str) -> str | None:
    """The first known name for `meaning` that the row has."""
    return next((name for name in _KNOWN[meaning] if name in row.values), None)
