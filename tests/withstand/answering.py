"""A server of the test's own, in a thread, so that the whole program may be run beside it."""

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from aiohttp import web


@contextmanager
def answering(answer: Callable[[web.Request], Awaitable[web.Response]]) -> Iterator[str]:
    """The address, up to and with /v1, of a server that gives every chat completion request this answer."""
    loop, over = asyncio.new_event_loop(), threading.Event()
    listening = socket.create_server(("127.0.0.1", 0))

    async def work() -> None:
        app = web.Application()
        app.router.add_post("/v1/chat/completions", answer)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        await web.SockSite(runner, listening).start()
        await asyncio.to_thread(over.wait)
        await runner.cleanup()

    thread = threading.Thread(target=lambda: loop.run_until_complete(work()))
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
    finally:
        over.set()
        thread.join()
        loop.close()
