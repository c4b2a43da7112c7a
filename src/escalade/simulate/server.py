"""A simulated provider over HTTP: chat completions as OpenAI's protocol has them, with faults and a bill.

    POST /v1/chat/completions     whole replies and event streams
    GET  /v1/models
    GET  /bill                    every response with its true cost, and totals
    POST /bill/reset

Deterministic: equal requests get equal texts, and faults depend on a response's number. It checks no keys and limits
nothing by itself. Import this module only to serve: it loads the web framework.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress

import msgspec
from aiohttp import web
from msgspec import Struct

from escalade.core.errors import ConfigError
from escalade.simulate.bill import Bill
from escalade.simulate.provider import Answer, Provider, Service
from escalade.simulate.skill import SimulatedModel
from escalade.simulate.world import World

__all__ = ["Served", "Service", "serve", "serving"]

_LARGEST_BODY = 64 * 2**20
_JSON = "application/json"
_EVENTS = "text/event-stream"


class Served(Struct, frozen=True):
    """A provider that is running."""

    url: str
    """What an endpoint's `url` must be: ends in /v1."""
    bill_url: str
    bill: Bill


@asynccontextmanager
async def serving(
    world: World,
    models: Iterable[SimulatedModel],
    service: Service | None = None,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
) -> AsyncIterator[Served]:
    """Serve while the block runs; port 0 takes a free one. Raises ConfigError if the address cannot be had."""
    service = service or Service()
    with Bill(service.bill) as bill:
        handlers = _Handlers(Provider(world, models, service, bill))
        runner = web.AppRunner(handlers.app(), access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        try:
            listening = _listen(host, port)
            await web.SockSite(runner, listening).start()
            root = f"http://{host}:{listening.getsockname()[1]}"
            yield Served(f"{root}/v1", f"{root}/bill", bill)
        finally:
            handlers.closing.set()
            await runner.cleanup()


async def serve(
    world: World,
    models: Iterable[SimulatedModel],
    service: Service | None = None,
    *,
    host: str = "127.0.0.1",
    port: int = 8080,
    ready: Callable[[Served], None] | None = None,
) -> None:
    """Serve until cancelled; `ready` is called once requests are taken."""
    async with serving(world, models, service, host=host, port=port) as served:
        if ready is not None:
            ready(served)
        await asyncio.Event().wait()


def _listen(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), backlog=1024)
    except OSError as problem:
        raise ConfigError(f"cannot listen on {host}:{port}: {problem}", hint="choose another host or port") from None


class _Handlers:
    """The provider's endpoints."""

    def __init__(self, provider: Provider) -> None:
        self.closing = asyncio.Event()
        self._provider = provider

    def app(self) -> web.Application:
        app = web.Application(client_max_size=_LARGEST_BODY)
        app.router.add_post("/v1/chat/completions", self._chat)
        app.router.add_get("/v1/models", self._models)
        app.router.add_get("/bill", self._bill)
        app.router.add_post("/bill/reset", self._reset_bill)
        return app

    async def _models(self, _: web.Request) -> web.Response:
        listed = [{"id": name, "object": "model", "owned_by": "simulated"} for name in self._provider.models()]
        return web.Response(body=msgspec.json.encode({"object": "list", "data": listed}), content_type=_JSON)

    async def _bill(self, _: web.Request) -> web.Response:
        return web.Response(body=self._provider.bill.as_json(), content_type=_JSON)

    async def _reset_bill(self, http: web.Request) -> web.Response:
        self._provider.bill.reset()
        return await self._bill(http)

    async def _chat(self, http: web.Request) -> web.StreamResponse:
        answer = self._provider.respond(await http.read())
        await self._wait(answer.after_s)
        if answer.fault == "stalled":
            await self._wait(self._provider.service.faults.stall_s)
            _hang_up(http)
            return web.Response()
        headers = {"x-request-id": answer.request_id, **answer.headers}
        if answer.fault != "cut" and not answer.stream:
            body = b"".join(answer.pieces)
            return web.Response(status=answer.status, body=body, content_type=_JSON, headers=headers)
        return await _written(http, answer, headers)

    async def _wait(self, seconds: float) -> None:
        """Sleep, unless the server closes first."""
        if seconds > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.closing.wait(), seconds)


async def _written(http: web.Request, answer: Answer, headers: dict[str, str]) -> web.StreamResponse:
    """The answer written piece by piece, or half of it if it is to be cut."""
    response = web.StreamResponse(headers=headers)
    response.content_type = _EVENTS if answer.stream else _JSON
    if not answer.stream:
        response.content_length = sum(map(len, answer.pieces))
    await response.prepare(http)
    cut = answer.fault == "cut"
    for piece in _first_half(answer.pieces) if cut else answer.pieces:
        await response.write(piece)
    if cut:
        _hang_up(http)
    else:
        await response.write_eof()
    return response


def _first_half(pieces: list[bytes]) -> list[bytes]:
    return pieces[: len(pieces) // 2] if len(pieces) > 1 else [pieces[0][: len(pieces[0]) // 2]]


def _hang_up(http: web.Request) -> None:
    """Close the connection after what was written."""
    if http.transport is not None:
        http.transport.close()
