"""A search as files: a table of every structure, all figures as JSON, and each structure's answers item by item.

    structures.csv                 one row a structure and part
    search.json                    what `--json` prints
    warm-up/A_0.jsonl              one line a trial, under the stage in which a structure was first evaluated
    layer-1/A_1+B_0.jsonl
    held-out/A_1+B_0.jsonl         of the structures that were asked the held-out items

Answers are those that were read in the replies; the texts stay in the store, and so do a redacted task's.
"""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from escalade.analysis import to_json
from escalade.core.errors import ConfigError
from escalade.core.ids import digest
from escalade.core.money import total
from escalade.search.path import RoundRun
from escalade.search.result import PartScore, Searched
from escalade.store import Record, Store

_COLUMNS = ("structure", "kind", "head", "layers", "stage", "part", "items", "score", "low", "high", "usd_per_question",
            "what_became_of_it")  # fmt: skip
_UNFIT = re.compile(r"[^A-Za-z0-9_.()+-]+")
_READABLE = str.maketrans({"'": "", '"': "", "[": "(", "]": ")", ",": "+"})
_LONGEST = 80


def export_search(searched: Searched, store: Store, folder: Path) -> list[Path]:
    """Write all files; earlier ones of the same names are replaced. Raises ConfigError where that is impossible."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        table, whole = folder / "structures.csv", folder / "search.json"
        with table.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(_COLUMNS)
            writer.writerows(_rows(searched))
        whole.write_bytes(msgspec.json.format(to_json(searched), indent=2) + b"\n")
        return [table, whole, *_answers(searched, store, folder)]
    except OSError as error:
        raise ConfigError(f"cannot write to {folder}: {error}", hint="name another folder with --export") from error


def file_name(structure: str) -> str:
    """A structure as the name of a file: readable, and cut with a fingerprint where it is long."""
    plain = _UNFIT.sub("-", structure.replace(", ", ",").translate(_READABLE).removeprefix("(").removesuffix(")"))
    return plain if len(plain) <= _LONGEST else f"{plain[:_LONGEST]}-{digest(structure)[:8]}"


def _rows(searched: Searched) -> Iterator[tuple[Any, ...]]:
    for row in searched.structures:
        fate = "winner" if row.name == searched.winner else row.dropped
        about = (row.name, row.kind, row.candidate.head, row.layers, row.stage)
        for part, scored in row.parts.items():
            yield (*about, part, *_known(scored), fate)
    for name, scored in searched.compared.items():
        yield (name, "system", "", "", "", "test", *_known(scored), "never to be chosen")


def _known(scored: PartScore) -> Iterator[Any]:
    """The figures of one row; what is not known is empty."""
    quality = scored.quality
    figures = (quality.n, quality.mean, quality.low, quality.high, scored.cost_per_item)
    return ("" if value is None else value for value in figures)


def _answers(searched: Searched, store: Store, folder: Path) -> list[Path]:
    """One file for each structure and stage: on train and selection items together, and on held-out items."""
    stages = {row.name: row.stage.replace(" ", "-") for row in searched.structures}
    written: dict[Path, list[bytes]] = {}
    for asked in searched.rounds:
        for record in store.records(asked.run):
            stage = "held-out" if asked.part == "test" else stages[record.system]
            path = folder / stage / f"{file_name(record.system)}.jsonl"
            written.setdefault(path, []).append(msgspec.json.encode(_line(record, asked)))
    for path, lines in written.items():
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"\n".join([*lines, b""]))
    return list(written)


def _line(record: Record, asked: RoundRun) -> dict[str, Any]:
    usd = total(call.cost for call in record.calls).usd
    usages = [call.usage for call in record.calls if call.usage]
    return {
        "structure": record.system,
        "part": asked.part,
        "round": asked.stage,
        "heat": asked.heat,
        "item": record.item,
        "sample": record.sample,
        "answer": record.grade.answer if record.grade else None,
        "outcome": record.grade.outcome if record.grade else record.status,
        "score": record.grade.score if record.grade else 0.0,
        "calls": len(record.calls),
        "tokens": sum(usage.input + usage.output for usage in usages),
        "usd": None if usd is None else f"{usd:f}",
        "seconds": record.latency_s,
    }
