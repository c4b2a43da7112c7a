"""Revisions: new grades and new prices for what a run stored. Nothing is replaced: Records and older revisions stay.

A revision is read only when it is whole. New grades are kept trial by trial; new prices are a list of rates alone,
since a cost is derived from usage wherever it is wanted.
"""

import time
import zlib
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import delete, func, insert, select, tuple_, update

from escalade.core.grade import Grade
from escalade.ledger.call import Call
from escalade.store import schema
from escalade.store.record import Record, TrialKey
from escalade.store.store import Store

_PAGE = 500


class NewGrades(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="grades"):
    task_fingerprint: str
    metric: str
    trials: int
    """Finished trials that it covers."""


class NewPrices(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="prices"):
    prices: dict[str, dict[str, Any]]
    """By the model's name, its price as JSON. Models that are not named keep theirs."""
    reported: bool = False
    """Whether costs that a provider reported are computed anew, too."""


class Revision(Struct, frozen=True, kw_only=True, omit_defaults=True):
    run: str
    number: int
    """Counted from 1; 0 stands for what the run itself stored."""
    at: float
    change: NewGrades | NewPrices
    notes: list[str] = []
    """What a reader must know of it, in plain sentences."""
    version: str = ""


class Regrade(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The new grades of one trial."""

    system: str
    item: str
    sample: int = 0
    grade: Grade | None = None
    steps: list[Grade | None] = []
    """In the order of the Record's steps."""
    grading: list[Call] = []
    gold: str = ""
    """As in a Record, of what it was graded by."""

    @property
    def key(self) -> TrialKey:
        return TrialKey(self.system, self.item, self.sample)


_revision_decoder = msgspec.json.Decoder(Revision)
_regrade_decoder = msgspec.json.Decoder(Regrade)


class Revisions:
    """The revisions of one run, in transactions of their own: nothing here waits for the writer or holds it up."""

    def __init__(self, store: Store, run_id: str) -> None:
        self._store = store
        self._run = run_id

    def all(self) -> list[Revision]:
        """Those that are whole, by their number."""
        t = schema.revisions
        query = select(t.c.body).where(t.c.run == self._run, t.c.finished).order_by(t.c.number)
        with self._store.connected() as connection:
            return [_revision_decoder.decode(body) for (body,) in connection.execute(query)]

    def begin(self, change: NewGrades | NewPrices, *, notes: Sequence[str] = (), version: str = "") -> Revision:
        """Take the next number. Nobody reads the revision before `finish`; `drop` takes it back."""
        t = schema.revisions
        with self._store.connected() as connection:
            last = connection.execute(select(func.max(t.c.number)).where(t.c.run == self._run)).scalar_one()
            revision = Revision(
                run=self._run,
                number=(last or 0) + 1,
                at=round(time.time(), 3),
                change=change,
                notes=list(notes),
                version=version,
            )
            connection.execute(insert(t).values(finished=False, **_columns(revision)))
        return revision

    def add(self, number: int, regrades: Sequence[Regrade]) -> None:
        """Write the grades of some trials."""
        rows = [
            {
                "run": self._run,
                "number": number,
                "system": regrade.system,
                "item": regrade.item,
                "sample": regrade.sample,
                "body": zlib.compress(msgspec.json.encode(regrade), 1),
            }
            for regrade in regrades
        ]
        if rows:
            with self._store.connected() as connection:
                connection.execute(insert(schema.regrades), rows)

    def finish(self, revision: Revision) -> None:
        """From now on it is the newest."""
        t = schema.revisions
        mine = (t.c.run == revision.run) & (t.c.number == revision.number)
        with self._store.connected() as connection:
            connection.execute(update(t).where(mine).values(finished=True, **_columns(revision)))

    def drop(self, number: int) -> None:
        with self._store.connected() as connection:
            for t in (schema.regrades, schema.revisions):
                connection.execute(delete(t).where(t.c.run == self._run, t.c.number == number))

    def regraded(self, number: int, *, item: str | None = None) -> Iterator[tuple[Record, Regrade | None]]:
        """Every Record in the order of its key, beside its grades of revision `number`, one page in memory at a time.

        A trial that was finished after the revision has none.
        """
        records = self._store.records(self._run, item=item, page=_PAGE)
        while page := list(islice(records, _PAGE)):
            found = self._between(number, page[0].key, page[-1].key)
            yield from ((record, found.get(record.key)) for record in page)

    def _between(self, number: int, first: TrialKey, last: TrialKey) -> dict[TrialKey, Regrade]:
        t = schema.regrades
        key = tuple_(t.c.system, t.c.item, t.c.sample)
        query = select(t.c.body).where(
            t.c.run == self._run, t.c.number == number, key >= tuple_(*first), key <= tuple_(*last)
        )
        with self._store.connected() as connection:
            rows = connection.execute(query).all()
        found = [_regrade_decoder.decode(zlib.decompress(body)) for (body,) in rows]
        return {regrade.key: regrade for regrade in found}


def _columns(revision: Revision) -> dict[str, object]:
    body = msgspec.json.encode(revision)
    return {"run": revision.run, "number": revision.number, "at": revision.at, "body": body}
