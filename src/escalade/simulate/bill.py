"""The provider's own bill: every response with what it truly cost, kept apart from anything that a client computes.

A witness, not a ledger of ours: it shares no code with the accounts that it is compared with. Generated answers are
billed whether they arrived or not; those whose price a client cannot have seen are summed apart.
"""

from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any, Self

import msgspec
from msgspec import Struct

from escalade.core.errors import DataError
from escalade.core.usage import Usage


class BillEntry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One response. Money is USD; as JSON, exact decimal text."""

    request_id: str
    model: str
    status: str
    """"ok", or what went wrong with it."""
    usage: Usage | None = None
    """None where nothing was generated."""
    usd: Decimal = Decimal(0)
    """What the client owes for it in all, own-key fees included."""
    upstream_usd: Decimal | None = None
    """For own-key calls: the part of `usd` that the upstream provider charges to the client's key."""
    at: float = 0.0
    """When it was generated, seconds since 1970."""


_UNSEEN = frozenset({"stalled", "cut", "invalid_json", "empty_choices", "missing_usage"})
"""Billed, while the client got no price and no usage with it."""


class Bill:
    """All entries since the start or the last reset; in a file too, if a path is given."""

    def __init__(self, path: Path | None = None) -> None:
        """Goes on with the file at `path` (JSON lines) if there is one. Raises DataError if it is no such bill."""
        self.entries: list[BillEntry] = _read(path) if path is not None and path.exists() else []
        self._path = path
        try:
            self._file = path.open("ab") if path is not None else None
        except OSError as error:
            raise DataError(f"cannot write the bill: {error}", hint="name a file in a folder that is there") from error
        self._numbers = len(self.entries)

    def number(self) -> int:
        """The next response's number, counted from 1; resets do not start it anew."""
        self._numbers += 1
        return self._numbers

    def write(self, entry: BillEntry) -> None:
        """Add one entry; it is in the file when this returns."""
        self.entries.append(entry)
        if self._file is not None:
            self._file.write(msgspec.json.encode(entry) + b"\n")
            self._file.flush()

    def reset(self) -> None:
        self.entries.clear()
        if self._file is not None:
            self._file.truncate(0)

    def totals(self) -> dict[str, Any]:
        """Counts and sums: of all that is owed, of the part that was told and the part that was not, and by status."""
        by_status: defaultdict[str, list[Decimal]] = defaultdict(list)
        for entry in self.entries:
            by_status[entry.status].append(entry.usd)
        unseen = [entry.usd for entry in self.entries if entry.status in _UNSEEN]
        told = [entry.usd for entry in self.entries if entry.status not in _UNSEEN]
        return {
            "responses": len(self.entries),
            "generated": sum(entry.usage is not None for entry in self.entries),
            "input_tokens": sum(entry.usage.input for entry in self.entries if entry.usage),
            "output_tokens": sum(entry.usage.output for entry in self.entries if entry.usage),
            "usd": sum(told + unseen, Decimal(0)),
            "told_usd": sum(told, Decimal(0)),
            "unseen_usd": sum(unseen, Decimal(0)),
            "unseen": len(unseen),
            "by_status": {
                status: {"responses": len(amounts), "usd": sum(amounts, Decimal(0))}
                for status, amounts in sorted(by_status.items())
            },
        }

    def as_json(self) -> bytes:
        return msgspec.json.encode({"entries": self.entries, "totals": self.totals()})

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _read(path: Path) -> list[BillEntry]:
    try:
        return msgspec.json.Decoder(BillEntry).decode_lines(path.read_bytes())
    except msgspec.MsgspecError as problem:
        raise DataError(f"{path} is no bill: {problem}", hint="give another file, or remove this one") from problem
