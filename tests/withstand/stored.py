"""What a store holds, read with SQL and JSON alone, so that none of the code under test reads it."""

import json
import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any


def calls(store: Path) -> list[dict[str, Any]]:
    """Every attempt that was booked, by when it was sent."""
    return [json.loads(fact) for (fact,) in _rows(store, "select fact from calls order by at")]


def answered(store: Path) -> dict[str, Decimal]:
    """The cost of every answered call, by the provider's request id."""
    booked = [call for call in calls(store) if status(call) == "ok"]
    costs = {call["request_id"]: _usd(call) for call in booked}
    assert len(costs) == len(booked)
    return costs


def status(call: dict[str, Any]) -> str:
    return str(call.get("status", "ok"))


def _usd(call: dict[str, Any]) -> Decimal:
    return Decimal(call["cost"]["usd"])


def trials(store: Path) -> int:
    return int(_rows(store, "select count(*) from records")[0][0])


def raw(folder: Path) -> bytes:
    """All bytes of all stores in a folder, journals and write-ahead logs included."""
    return b"".join(path.read_bytes() for path in sorted(folder.glob("*.sqlite*")))


def _rows(store: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(store)) as connection:
        return connection.execute(query).fetchall()
