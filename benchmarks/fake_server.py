"""An OpenAI-compatible chat server that does as little as one can, so that what is measured is its client.

Run it as a program: it prints the port that it listens on (loopback only) and serves until its input closes. Posts to
`/v1/...` are answered at once, posts to `/after/50/v1/...` after 50 ms. The model `judge` accepts, `panel` rejects
every answer that it is shown, any other answers. It refuses nothing, checks nothing and streams nothing. `GET /counts`
says how many posts came and how many were under way at most, then counts anew: the witness that every subject did the
same work.
"""

import asyncio
import json
import re
import sys

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_DELAY_MS = re.compile(rb"POST /after/(\d+)/")
_ASKS_JUDGE = re.compile(rb'"model" ?: ?"judge"')
_ASKS_PANEL = re.compile(rb'"model" ?: ?"panel"')
_SHOWN = re.compile(rb'<answer id=\\"(\w+)\\">')

_ANSWER = "The result follows from adding the parts one after another. " * 3 + "The answer is 42."
_VERDICT = '{"reason": "Every step is sound and the result is stated.", "score": 0.95}'


def _response(body: bytes) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def _completion(model: str, text: str) -> bytes:
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop", "logprobs": None}
    usage = {"prompt_tokens": 150, "completion_tokens": 50, "total_tokens": 200}
    whole = {"id": "chatcmpl-1", "object": "chat.completion", "created": 0, "model": model}
    return _response(json.dumps({**whole, "choices": [choice], "usage": usage}).encode())


def _sections(**fields: str) -> str:
    """The layout in which DSPy's chat adapter wants its fields."""
    return "\n\n".join(f"[[ ## {name} ## ]]\n{text}" for name, text in (*fields.items(), ("completed", "")))


_PLAIN = (_completion("worker", _ANSWER), _completion("judge", _VERDICT))
_SECTIONED = (
    _completion("worker", _sections(answer=_ANSWER)),
    _completion("judge", _sections(reason="Every step is sound.", score="0.95")),
)


def _reviews(body: bytes) -> bytes:
    """A verdict on every answer that is shown, none of which is good enough."""
    ids = [one.decode() for one in _SHOWN.findall(body)]
    reviews = [{"id": one, "reason": "A step is missing in the middle.", "score": 0.25} for one in ids]
    return _completion("panel", json.dumps({"reviews": reviews, "best": ids[0]}))


class Counts:
    posts = 0
    under_way = 0
    most_under_way = 0

    def take(self) -> bytes:
        """The counts as a response; what was counted is forgotten."""
        counts = {"posts": self.posts, "most_under_way": self.most_under_way}
        self.posts = self.most_under_way = 0
        return _response(json.dumps(counts).encode())


class Connection(asyncio.Protocol):
    def __init__(self, counts: Counts) -> None:
        self._counts = counts
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (end := self._received.find(b"\r\n\r\n")) >= 0:
            head = self._received[: end + 2]
            length = _LENGTH.search(head)
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(self._received) < whole:
                return
            body, self._received = self._received[end + 4 : whole], self._received[whole:]
            self._serve(head, body)

    def _serve(self, head: bytes, body: bytes) -> None:
        if head.startswith(b"GET /counts "):
            self._transport.write(self._counts.take())
            return
        counts = self._counts
        counts.posts += 1
        counts.under_way += 1
        counts.most_under_way = max(counts.most_under_way, counts.under_way)
        replies = _SECTIONED if b"[[ ## " in body else _PLAIN
        reply = _reviews(body) if _ASKS_PANEL.search(body) else replies[_ASKS_JUDGE.search(body) is not None]
        if delay := _DELAY_MS.match(head):
            asyncio.get_running_loop().call_later(int(delay[1]) / 1000, self._answer, reply)
        else:
            self._answer(reply)

    def _answer(self, reply: bytes) -> None:
        self._counts.under_way -= 1
        if not self._transport.is_closing():
            self._transport.write(reply)


async def _serve_until_input_closes() -> None:
    loop = asyncio.get_running_loop()
    counts = Counts()
    server = await loop.create_server(lambda: Connection(counts), "127.0.0.1", 0, backlog=1024)
    async with server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_serve_until_input_closes())
