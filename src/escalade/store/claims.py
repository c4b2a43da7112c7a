"""Claims: calls and trials that this process has under way and that no other of its run may begin meanwhile.

A process that is alone on its run only remembers them. When others come it writes them down, and from then on asks
before it begins one. A claim ends with its work, or with its worker: nothing is refused for ever because somebody died.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, delete
from sqlalchemy.dialects import postgresql, sqlite

from escalade.core.errors import ConfigError
from escalade.core.ids import digest
from escalade.store import schema

_MOST_AT_ONCE = 500

Key = str | tuple[str | int, ...]
"""A Call's id, or the parts of a trial's name."""


class Claims:
    """For one event loop."""

    def __init__(self, claim: Callable[[list[str]], Awaitable[set[str]]], release: Callable[[str], None]) -> None:
        """`claim` commits claims and gives those that nobody else had; `release` ends one, some time later."""
        self.shared = False
        """Whether others may be there, so that claims are written down."""
        self._held: set[Key] = set()
        self._claim = claim
        self._release = release
        self._runs: dict[str, object] = {}

    @contextmanager
    def working_on(self, run: str) -> Iterator[None]:
        """Raises ConfigError where somebody works on the run with this Store already. To all others the two would be
        one worker, and neither would see what the other has under way.
        """
        mine = object()
        if self._runs.setdefault(run, mine) is not mine:
            raise ConfigError(
                f"the run {run} is under way with this Store already",
                hint="let it end first, or share it: give each Runner a Store of its own, opened at the same address",
            )
        try:
            yield
        finally:
            del self._runs[run]

    async def take(self, key: Key) -> bool:
        """Whether the work of that name is ours to do now. `drop` it in any case when it is done."""
        if self.shared:
            return bool(await self.take_some([key]))
        if key in self._held:
            return False
        self._held.add(key)
        return True

    async def take_some(self, keys: Iterable[Key]) -> set[Key]:
        """Those that are ours now."""
        wanted = [key for key in keys if key not in self._held]
        self._held.update(wanted)
        if not self.shared:
            return set(wanted)
        written = {_written(key): key for key in wanted}
        try:
            claimed = await self._claim(list(written))
        except BaseException:
            for key in wanted:
                self.drop(key)
            raise
        ours = {written[name] for name in claimed}
        self._held.difference_update(key for key in wanted if key not in ours)
        return ours

    def drop(self, key: Key) -> None:
        """Its work is done, or is left to others. What is not ours is left alone."""
        if key in self._held:
            self._held.discard(key)
            if self.shared:
                self._release(_written(key))

    async def share(self) -> None:
        """Others are there: return when all that is under way is claimed."""
        self.shared = True
        await self._claim([_written(key) for key in self._held])


def _written(key: Key) -> str:
    """What the column holds."""
    return key if isinstance(key, str) else digest(*map(str, key))


def claim(connection: Connection, worker: str, keys: Sequence[str]) -> set[str]:
    """Those of the keys that nobody had, which are the worker's now. Keys are taken in one order by everybody, so that
    no two wait for each other.
    """
    t = schema.claims
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    ordered = sorted(set(keys))
    ours: set[str] = set()
    for start in range(0, len(ordered), _MOST_AT_ONCE):
        rows = [{"key": key, "worker": worker} for key in ordered[start : start + _MOST_AT_ONCE]]
        inserted = dialect.insert(t).values(rows).on_conflict_do_nothing().returning(t.c.key)
        ours.update(key for (key,) in connection.execute(inserted))
    return ours


def release(connection: Connection, worker: str, keys: Sequence[str]) -> None:
    """End claims of the worker; others' stay."""
    t = schema.claims
    for start in range(0, len(keys), _MOST_AT_ONCE):
        mine = t.c.key.in_(keys[start : start + _MOST_AT_ONCE]) & (t.c.worker == worker)
        connection.execute(delete(t).where(mine))
