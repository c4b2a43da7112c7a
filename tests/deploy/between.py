"""A place between a program and a server, on loopback: it may be slow, or keep everything to itself."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import time

_CHUNK = 65_536


@dataclass
class Between:
    """Passes on what comes in, `delay_s` later; `deaf`, it takes all and says nothing."""

    to_port: int
    delay_s: float = 0.0
    deaf: bool = False
    port: int = 0
    heard: list[float] = field(default_factory=list)
    """When something came in."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

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
            self.heard.append(time())
            await asyncio.sleep(self.delay_s)
            if not deaf:
                writer.write(chunk)
                await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()


@contextmanager
def standing(between: Between) -> Iterator[Between]:
    """On a thread of its own until the block ends."""
    ready, over = threading.Event(), asyncio.Event()
    loops: list[asyncio.AbstractEventLoop] = []

    async def work() -> None:
        server = await asyncio.start_server(between._serve, "127.0.0.1", 0)
        between.port = server.sockets[0].getsockname()[1]
        loops.append(asyncio.get_running_loop())
        ready.set()
        await over.wait()
        server.close()

    thread = threading.Thread(target=lambda: asyncio.run(work()))
    thread.start()
    assert ready.wait(20)
    try:
        yield between
    finally:
        loops[0].call_soon_threadsafe(over.set)
        thread.join()
