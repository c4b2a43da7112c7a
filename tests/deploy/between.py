"""A place between a program and a server, on loopback: it may take its time, or keep everything to itself."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

_CHUNK = 65_536


@dataclass
class Between:
    """Passes on what comes in; `held`, once it is let go. `deaf`, it takes all and says nothing."""

    to_port: int
    held: bool = False
    deaf: bool = False
    port: int = 0
    _may: asyncio.Event = field(default_factory=asyncio.Event)
    _loop: asyncio.AbstractEventLoop | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def let_go(self) -> None:
        """From any thread."""
        assert self._loop
        self._loop.call_soon_threadsafe(self._may.set)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        to_reader, to_writer = await asyncio.open_connection("127.0.0.1", self.to_port)
        try:
            await asyncio.gather(self._pass(reader, to_writer, deaf=self.deaf), self._pass(to_reader, writer))
        except (ConnectionError, asyncio.CancelledError):  # either end is gone, or the test is over
            return
        finally:
            for each in (writer, to_writer):
                each.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, deaf: bool = False) -> None:
        while chunk := await reader.read(_CHUNK):
            if self.held:
                await self._may.wait()
            if not deaf:
                writer.write(chunk)
                await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()


@contextmanager
def standing(between: Between) -> Iterator[Between]:
    """On a thread of its own until the block ends."""
    ready, over = threading.Event(), asyncio.Event()

    async def work() -> None:
        between._loop = asyncio.get_running_loop()
        server = await asyncio.start_server(between._serve, "127.0.0.1", 0)
        between.port = server.sockets[0].getsockname()[1]
        ready.set()
        await over.wait()
        server.close()

    thread = threading.Thread(target=lambda: asyncio.run(work()))
    thread.start()
    ready.wait()
    try:
        yield between
    finally:
        assert between._loop
        between._loop.call_soon_threadsafe(over.set)
        thread.join()
