"""An HTTP server on loopback that answers as it is told and remembers what it was asked."""

import json
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

Handler = Callable[[web.Request, dict[str, Any]], Awaitable[web.StreamResponse]]


@dataclass
class Asked:
    """One request as the server saw it."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass
class Imitation:
    url: str = ""
    asked: list[Asked] = field(default_factory=list)


@asynccontextmanager
async def imitation(answer: Handler):
    """A server that answers every POST with `answer(request, body)`."""
    seen = Imitation()

    async def handle(request: web.Request) -> web.StreamResponse:
        body = await request.json()
        seen.asked.append(Asked(request.path_qs, dict(request.headers), body))
        return await answer(request, body)

    app = web.Application(client_max_size=16 << 20)
    app.router.add_post("/{rest:.*}", handle)
    async with TestServer(app) as server:
        seen.url = str(server.make_url("")).rstrip("/")
        yield seen


def completion(text: str | None = "42", usage: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A chat completion as most servers write it."""
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
    usage = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15} if usage is None else usage
    return {"id": "chatcmpl-1", "object": "chat.completion", "model": "m", "choices": [choice], "usage": usage} | more


def always(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Handler:
    """An answer that does not depend on the question; `body` is JSON, or text as it is."""

    async def answer(_request: web.Request, _body: dict[str, Any]) -> web.Response:
        text = body if isinstance(body, str) else json.dumps(body)
        return web.Response(text=text, status=status, headers=headers, content_type="application/json")

    return answer
