"""OneLoop: the event loop that something with waiters belongs to and, once that one is closed, the next that uses it.

A closed loop never runs again, so that nothing on it can be hurt by another's coming, and no lock is needed for those
who are at home. While a loop may still run, any other is refused: a future must be woken in its own thread, and who
does it from another leaves its waiter asleep for ever. It wakes and forgets nothing itself; its owner does when it
moves.
"""

import asyncio
import threading

from escalade.core.errors import ConfigError


class OneLoop:
    """`is_new` is to be asked at each use, or only where the running loop is not `loop`."""

    __slots__ = ("_moving", "_owner", "loop")

    def __init__(self, owner: str) -> None:
        """`owner` is what a user has to have one of per thread, as errors name it."""
        self.loop: asyncio.AbstractEventLoop | None = None
        self._owner = owner
        self._moving = threading.Lock()

    def is_new(self) -> bool:
        """Whether the running loop is another than at the last use; it is the one from now on.

        Raises ConfigError where the other is not closed.
        """
        running = asyncio.get_running_loop()
        if self.loop is running:
            return False
        with self._moving:
            if self.loop is not None and not self.loop.is_closed():
                raise ConfigError(
                    f"a {self._owner} serves one event loop at a time, and this one is in use by another that is still"
                    f" open: give each thread a {self._owner} of its own",
                    hint=f"event loops one after the other may share a {self._owner} if each is closed at its end, as"
                    " by asyncio.run",
                    fatal=True,  # whatever else is asked here would be refused likewise
                )
            self.loop = running
        return True
