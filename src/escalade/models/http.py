"""Http: the connections that endpoints share. It sends nothing of its own.

Connections belong to an event loop, and end with it: where a loop is ended as `asyncio.run` does it, nothing is left
open, also without `close`.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from aiohttp import ClientSession

_KEEP_ALIVE_S = 4.0
"""Shorter than the 5 s after which uvicorn (vLLM, LiteLLM) closes an idle connection, so that no request is sent into
a connection that is being closed: nobody could tell whether it was billed."""

_HEADERS = {"Content-Type": "application/json"}
"""Of every request: whatever is sent is JSON."""


class Http:
    """The HTTP connections of a process, opened when first used, one session for each event loop.

    Sends no cookies and takes no proxy or credentials from the environment. Close it in the loop that used it; what is
    open when `asyncio.run` ends is closed by that.
    """

    def __init__(self, *, connections: int = 1024) -> None:
        self._connections = connections
        self._sessions: dict[asyncio.AbstractEventLoop, ClientSession] = {}
        self._endings: dict[asyncio.AbstractEventLoop, AsyncGenerator[None]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def session(self) -> "ClientSession":
        """The session of the running loop."""
        loop = asyncio.get_running_loop()
        session = self._sessions.get(loop)
        if session is None:
            session = self._begin(loop)
        return session

    async def close(self) -> None:
        """Close the connections of the running loop; using them again opens new ones."""
        if ending := self._endings.get(asyncio.get_running_loop()):
            await ending.aclose()

    def _begin(self, loop: asyncio.AbstractEventLoop) -> "ClientSession":
        for other in [known for known in self._sessions if known.is_closed()]:
            del self._sessions[other], self._endings[other]
        self._sessions[loop] = session = self._open()
        self._endings[loop] = ending = self._open_until_the_end(loop, session)
        with suppress(StopIteration):  # it goes to its `yield` without waiting
            ending.asend(None).send(None)
        return session

    async def _open_until_the_end(
        self, loop: asyncio.AbstractEventLoop, session: "ClientSession"
    ) -> AsyncGenerator[None]:
        """Closes the session when it is closed itself, as loops do with generators before they end."""
        try:
            yield
        finally:
            del self._sessions[loop], self._endings[loop]
            await session.close()

    def _open(self) -> "ClientSession":
        import aiohttp  # noqa: PLC0415  (heavy: only where HTTP is spoken)

        connector = aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=_KEEP_ALIVE_S)
        return aiohttp.ClientSession(
            connector=connector, headers=_HEADERS, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False
        )
