"""From an address to a database that is ready: opened, and with tables of this version. It leaves nothing half open."""

from sqlalchemy import Engine
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from escalade.core.errors import StoreError
from escalade.store import schema
from escalade.store.engine import file_of, new_engine, read_only, trouble
from escalade.store.read_only import is_read_only, read_only_engine


def prepared_engine(address: URL, shown: str, wait_s: float, *, reading: bool) -> Engine:
    """An engine for the store at `address`, called `shown` in errors. Raises StoreError.

    A file that cannot be written is opened for `reading` alone.
    """
    try:
        engine = _engine(address, shown, wait_s, reading=reading)
    except ModuleNotFoundError as error:
        raise StoreError(f"cannot open {shown}: {error}", hint="install escalade[postgres]") from error
    except OSError as error:
        raise trouble(shown, error) from error
    try:
        with engine.begin() as connection:
            schema.prepare(connection)
    except BaseException as error:
        engine.dispose()
        if isinstance(error, SQLAlchemyError):
            raise trouble(shown, error) from error
        raise
    return engine


def _engine(address: URL, shown: str, wait_s: float, *, reading: bool) -> Engine:
    path = file_of(address)
    if path is None or not is_read_only(path):
        return new_engine(address, wait_s)
    if not reading:
        raise read_only(shown)
    return read_only_engine(path, wait_s)
