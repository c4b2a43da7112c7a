"""From an address to a database that is ready: opened, and with tables of this version. It leaves nothing half open."""

from sqlalchemy import Engine
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from escalade.core.errors import StoreError
from escalade.store import schema
from escalade.store.engine import new_engine, trouble


def prepared_engine(address: URL, shown: str, wait_s: float) -> Engine:
    """An engine for the store at `address`, called `shown` in errors. Raises StoreError."""
    try:
        engine = new_engine(address, wait_s)
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
