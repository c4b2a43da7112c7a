"""The database's clock, by which all machines agree on what has expired."""

_NOW = {
    "sqlite": "((julianday('now') - 2440587.5) * 86400.0)",
    "postgresql": "extract(epoch from clock_timestamp())",
}


def now(dialect: str) -> str:
    """SQL for the seconds since 1970 on the clock of a database of that kind."""
    return _NOW[dialect]
