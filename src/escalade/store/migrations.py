"""How the tables of an older store become those of the next version, step by step. Entries are never edited."""

from collections.abc import Iterator

MIGRATIONS: list[list[str]] = [
    [
        """CREATE TABLE revisions (
            run {key} NOT NULL, number INTEGER NOT NULL, at {double} NOT NULL, finished BOOLEAN NOT NULL,
            body {bytes} NOT NULL, PRIMARY KEY (run, number))""",
        """CREATE TABLE regrades (
            run {key} NOT NULL, number INTEGER NOT NULL, system {key} NOT NULL, item {key} NOT NULL,
            sample INTEGER NOT NULL, body {bytes} NOT NULL, PRIMARY KEY (run, number, system, item, sample))""",
    ],
    [
        "ALTER TABLE reservations ADD COLUMN worker VARCHAR(32)",
        """CREATE TABLE budgets (
            run {key} NOT NULL, usd TEXT NOT NULL, calls BIGINT NOT NULL, tokens BIGINT NOT NULL, PRIMARY KEY (run))""",
        """CREATE TABLE workers (
            run {key} NOT NULL, id VARCHAR(32) NOT NULL, expires {double} NOT NULL, sharing BOOLEAN NOT NULL,
            limits TEXT NOT NULL, PRIMARY KEY (run, id))""",
        "CREATE TABLE claims (key VARCHAR(96) NOT NULL, worker VARCHAR(32) NOT NULL, PRIMARY KEY (key))",
        "CREATE INDEX ix_claims_worker ON claims (worker)",
    ],
]
"""SQL that turns version n + 1 into n + 2, one list a step; what databases spell differently is in `_SPELT`."""

_SPELT = {
    "sqlite": {"key": "TEXT", "double": "DOUBLE", "bytes": "BLOB"},
    "postgresql": {"key": 'TEXT COLLATE "C"', "double": "DOUBLE PRECISION", "bytes": "BYTEA"},
}


def statements_since(version: int, dialect: str) -> Iterator[str]:
    """What turns a store of that version into one of today, in the spelling of that kind of database."""
    for step in MIGRATIONS[version - 1 :]:
        for statement in step:
            yield statement.format(**_SPELT[dialect])
