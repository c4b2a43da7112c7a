"""Writing a run as Arena-Hard-Auto's own files: `model_answer/SYSTEM.jsonl` and `model_judgment/JUDGE/SYSTEM.jsonl`.

With them the official code scores our judgments, and anybody may score them again without a call. Texts come from the
journal by their Calls; the conversation of an answer holds the answer alone, since stores keep no questions. Lines in
which a simulated model had a part say so.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from escalade.core.ids import fingerprint
from escalade.models.journal import said
from escalade.store import CallRow, Record, Store
from escalade.tasks.arena_hard.answers import answer_row, write_answers
from escalade.tasks.arena_hard.judgments import Imported, judgment_row

_AT_ONCE = 200


class Written(Struct, frozen=True):
    file: Path
    lines: int


def export(records: Iterable[Record], store: Store, folder: Path) -> list[Written]:
    """Write what was judged in these records, which come system by system. Raises DataError."""
    written = []
    for system, of_system in groupby(records, key=lambda record: record.system):
        answers: list[dict[str, Any]] = []
        judgments: dict[str, list[dict[str, Any]]] = {}
        for record, rows in _with_texts(of_system, store):
            _gather(record, rows, answers, judgments)
        name = _file_name(system)
        files = {folder / "model_answer" / name: answers}
        files |= {folder / "model_judgment" / _safe(judge) / name: lines for judge, lines in judgments.items()}
        written += [Written(file, write_answers(file, lines)) for file, lines in files.items() if lines]
    return written


def _with_texts(records: Iterable[Record], store: Store) -> Iterator[tuple[Record, dict[str, CallRow]]]:
    remaining = iter(records)
    while chunk := list(islice(remaining, _AT_ONCE)):
        wanted = [record.answer for record in chunk if record.answer]
        wanted += [game.call for record in chunk for game in _games(record) if game.call]
        rows = store.texts(wanted)
        yield from ((record, rows) for record in chunk)


def _gather(
    record: Record, rows: dict[str, CallRow], answers: list[dict[str, Any]], judgments: dict[str, list[dict[str, Any]]]
) -> None:
    battle = record.grade.battle if record.grade else None
    if battle is None or record.sample:
        return
    text = record.text if record.text is not None else _said(rows.get(record.answer))
    answers.append(answer_row(record.item, record.system, text, call=record.answer, at=record.at, style=battle.style))
    simulated = any(call.provider == "simulated" for call in (*record.calls, *record.grading))
    one = Imported(record.system, record.item, record.labels.get("category", ""), battle, simulated=simulated)
    words = {game.call: (_said(rows.get(game.call)), _told(rows.get(game.call))) for game in _games(record)}
    for ruling in battle.rulings:
        judgments.setdefault(ruling.judge, []).append(judgment_row(one, ruling, words))


def _games(record: Record) -> list[Any]:
    battle = record.grade.battle if record.grade else None
    return [game for ruling in battle.rulings for game in ruling.games] if battle else []


def _said(row: CallRow | None) -> str:
    return said(row) or "" if row else ""


def _told(row: CallRow | None) -> Any:
    """The messages that were sent, where the body is one of chat completions; else None."""
    body = msgspec.json.decode(row.request) if row and row.request else None
    return body.get("messages") if isinstance(body, dict) else None


def _file_name(system: str) -> str:
    return f"{_safe(system)}.jsonl"


def _safe(name: str) -> str:
    """A name that is a file's on every system, and no other name's."""
    plain = re.sub(r"[^\w.()+ -]", "_", name).strip(". ")
    return plain if plain == name else f"{plain}-{fingerprint(name)}"
