"""The tables, and how an older store becomes a newer one.

A store that a newer Escalade wrote is refused, not guessed at. A change of schema is a new entry in
`migrations.MIGRATIONS`, too.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    func,
    insert,
    inspect,
    select,
    text,
    update,
)

from escalade.core.errors import StoreError
from escalade.store.migrations import MIGRATIONS, statements_since

metadata = MetaData()

_Key = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that sorts by code points in every database, so that readers meet records in one order."""
_LOCK = 0x45534341
"""The number of the advisory lock that guards the schema: any, as long as it stays."""

meta = Table("escalade_meta", metadata, Column("version", Integer, nullable=False))

calls = Table(
    "calls",
    metadata,
    Column("id", String(96), primary_key=True),
    Column("run", Text, nullable=False),
    Column("system", Text, nullable=False),
    Column("item", Text, nullable=False),
    Column("sample", Integer, nullable=False),
    Column("account", String(16), nullable=False),  # "system", or "grading" for the laboratory's own calls
    Column("paid_usd", Text),  # exact decimal; NULL where unknown
    Column("held_usd", Text, nullable=False),  # what counts against budgets: the worst case where unknown
    Column("held_tokens", BigInteger, nullable=False),  # likewise
    Column("estimated", Boolean, nullable=False),
    Column("at", Double, nullable=False),
    Column("fact", LargeBinary, nullable=False),  # a Call, as JSON
    Column("received", LargeBinary),  # the answer, as JSON; NULL where the attempt failed
    Column("request", LargeBinary),  # the body that was sent; NULL where it must not be kept
    Index("calls_by_run", "run", "system"),
)

reservations = Table(
    "reservations",
    metadata,
    Column("id", String(96), primary_key=True),
    Column("run", Text, nullable=False, index=True),
    Column("system", Text, nullable=False),
    Column("usd", Text, nullable=False),
    Column("tokens", BigInteger, nullable=False),
    Column("worker", String(32)),  # whose call it is, where `budgets` holds it too
)
"""Worst cases of calls that a budgeted run has sent and not yet booked: what a killed run may owe."""

budgets = Table(
    "budgets",
    metadata,
    Column("run", _Key, primary_key=True),
    Column("usd", Text, nullable=False),
    Column("calls", BigInteger, nullable=False),
    Column("tokens", BigInteger, nullable=False),
)
"""What counts against a limited run's budget: its booked calls and its reservations. The sum is kept, since it is
compared with the limit before every call, and made anew from them whenever a process joins the run."""

workers = Table(
    "workers",
    metadata,
    Column("run", _Key, primary_key=True),
    Column("id", String(32), primary_key=True),
    Column("expires", Double, nullable=False),  # seconds since 1970 by the database's clock
    Column("sharing", Boolean, nullable=False),  # whether it claims what it does
    Column("limits", Text, nullable=False),  # the run's, as JSON; of what is done `alone`, who does it
)
"""The processes that work on a run now, or do something `alone`, which then stands in place of a run's name. One that
does not renew its lease is taken for dead."""

claims = Table(
    "claims",
    metadata,
    Column("key", String(96), primary_key=True),  # a Call's id, or a digest that names a trial
    Column("worker", String(32), nullable=False, index=True),
)
"""Calls and trials that a worker has under way, where it is not the only one of its run."""

records = Table(
    "records",
    metadata,
    Column("run", _Key, primary_key=True),
    Column("system", _Key, primary_key=True),
    Column("item", _Key, primary_key=True),
    Column("sample", Integer, primary_key=True),
    Column("status", String(16), nullable=False),
    Column("at", Double, nullable=False),
    Column("body", LargeBinary, nullable=False),  # a Record, as JSON, a large one compressed
)

runs = Table(
    "runs",
    metadata,
    Column("id", _Key, primary_key=True),
    Column("at", Double, nullable=False),
    Column("ended", String(16), nullable=False),  # "", "finished", "budget", "interrupted", "stopped"
    Column("body", LargeBinary, nullable=False),  # a Run, as JSON
)

revisions = Table(
    "revisions",
    metadata,
    Column("run", _Key, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", Double, nullable=False),
    Column("finished", Boolean, nullable=False),  # False while it is being written: nobody reads it yet
    Column("body", LargeBinary, nullable=False),  # a Revision, as JSON
)
"""New grades or prices for what a run stored, numbered from 1; what came before stays."""

regrades = Table(
    "regrades",
    metadata,
    Column("run", _Key, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("system", _Key, primary_key=True),
    Column("item", _Key, primary_key=True),
    Column("sample", Integer, primary_key=True),
    Column("body", LargeBinary, nullable=False),  # a Regrade, as compressed JSON
)
"""The grades of a revision, a row a trial."""

VERSION = 1 + len(MIGRATIONS)


def prepare(connection: Connection) -> None:
    """Create the tables, or bring them to this version. Processes that open a new store at once take turns."""
    if _found(connection) == VERSION:
        return
    _take_turns(connection)
    found = _found(connection)
    if found is None:
        _check_free(connection)
        metadata.create_all(connection)
        connection.execute(insert(meta).values(version=VERSION))
        return
    for statement in statements_since(found, connection.dialect.name):
        connection.execute(text(statement))
    if found < VERSION:
        connection.execute(update(meta).values(version=VERSION))


def _check_free(connection: Connection) -> None:
    """A file that holds another program's tables is that program's; on a server they may stand beside ours."""
    there = set(inspect(connection).get_table_names())
    if strange := there if connection.dialect.name == "sqlite" else there.intersection(metadata.tables):
        raise StoreError(
            f"this database holds tables that are not Escalade's: {', '.join(sorted(strange)[:5])}",
            hint="name another store with --store",
        )


def _found(connection: Connection) -> int | None:
    """The version of the tables that are there, None if there are none. Raises StoreError for a newer one."""
    if not inspect(connection).has_table(meta.name):
        return None
    version: int = connection.execute(select(meta.c.version)).scalar_one()
    if version > VERSION:
        raise StoreError(
            f"this store has schema version {version}, and this Escalade knows versions up to {VERSION}",
            hint="upgrade Escalade, or name another store with --store",
        )
    return version


def _take_turns(connection: Connection) -> None:
    """Wait until no other process is here; the end of the transaction lets the next one in."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
