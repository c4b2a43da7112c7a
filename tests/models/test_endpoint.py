import asyncio
import json
import os
import resource
import traceback
import zlib
from decimal import Decimal

import msgspec
import pytest
from aiohttp import web
from imitation import always, completion, imitation

from escalade.core.errors import (
    BadResponse,
    CallError,
    ConfigError,
    ConnectionFailed,
    CutOff,
    OutOfCredit,
    RateLimited,
    Refused,
    ServerFailed,
    TimedOut,
    TooLong,
    TooManyFiles,
    Unauthorised,
    UnknownModel,
)
from escalade.core.messages import Request, Sampling
from escalade.core.usage import Usage
from escalade.models.backend import Received
from escalade.models.endpoint import Endpoint, Http
from escalade.models.providers import PROVIDERS, Secret
from escalade.models.wire import encode_stream

KEY = "q-very-secret-0123456789"
QUESTION = Request.of("What is six times seven?")


@pytest.fixture
async def http():
    async with Http() as opened:
        yield opened


async def asked_of(url: str, http: Http, **settings) -> Received:
    endpoint = Endpoint(url, "m", http=http, key=Secret(KEY), **settings)
    return await endpoint.send(endpoint.encode(QUESTION), QUESTION)


async def failure_of(answer, http: Http, **settings) -> CallError:
    async with imitation(answer) as server:
        with pytest.raises(CallError) as caught:
            await asked_of(server.url, http, **settings)
    return caught.value


async def test_the_body_carries_the_whole_request(http):
    """Sampling, system prompt and token limit of a request reach the server."""
    sampling = Sampling(temperature=0.5, top_p=0.9, max_tokens=100, stop=("END",), extra={"top_k": 5})
    request = msgspec.structs.replace(Request.of("six times seven", system="Be brief."), sampling=sampling)
    async with imitation(always(completion())) as server:
        endpoint = Endpoint(server.url, "m", http=http)
        await endpoint.send(endpoint.encode(request), request)
    body = server.asked[0].body
    assert body["messages"][0] == {"role": "system", "content": "Be brief."}
    assert [body[name] for name in ("temperature", "top_p", "max_tokens", "stop", "top_k")] == [
        0.5,
        0.9,
        100,
        ["END"],
        5,
    ]
    assert server.asked[0].headers["Content-Type"] == "application/json"
    assert "Cookie" not in server.asked[0].headers


async def test_concurrent_calls_keep_their_own_usage_and_cost(http):
    """200 calls that complete together, in the reverse order of their sending, are not mixed up."""
    count = 200
    all_there = asyncio.Barrier(count)

    async def answer(_request, body):
        number = int(body["messages"][-1]["content"])
        await all_there.wait()
        for _ in range(count - number):
            await asyncio.sleep(0)
        usage = {"prompt_tokens": number, "completion_tokens": 2 * number, "cost": number / 1000}
        return web.json_response(completion(str(number), usage))

    async with imitation(answer) as server:
        endpoint = Endpoint(server.url, "m", http=http)
        requests = [Request.of(str(n)) for n in range(count)]
        received = await asyncio.gather(*(endpoint.send(endpoint.encode(r), r) for r in requests))
    for number, one in enumerate(received):
        assert (one.text, one.usage) == (str(number), Usage(number, 2 * number))
        assert one.reported_usd == Decimal(number) / 1000


async def streamed(request, _body) -> web.StreamResponse:
    response = web.StreamResponse(headers={"content-type": "text/event-stream; charset=utf-8"})
    await response.prepare(request)
    for event in encode_stream(Received(text="42 " * 200, usage=Usage(3, 4)), "m"):
        await response.write(event)
    return response


@pytest.mark.parametrize("stream", [True, False])
async def test_streams_and_bodies_are_read_whichever_was_asked_for(http, stream):
    """What comes is read by what it is, and a stream asks for its usage."""
    for answer in (streamed, always(completion("42 " * 200, {"prompt_tokens": 3, "completion_tokens": 4}))):
        async with imitation(answer) as server:
            received = await asked_of(server.url, http, stream=stream)
        assert (received.text, received.usage) == ("42 " * 200, Usage(3, 4))
        assert server.asked[0].body.get("stream_options") == ({"include_usage": True} if stream else None)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (302, Refused),
        (400, Refused),
        (401, Unauthorised),
        (402, OutOfCredit),
        (403, Unauthorised),
        (404, UnknownModel),
        (408, TimedOut),
        (413, TooLong),
        (429, RateLimited),
        (500, ServerFailed),
        (503, ServerFailed),
    ],
)
async def test_statuses_are_errors_of_the_tree(http, status, kind):
    """Each status is its error, with the wait that the server asked for; redirects are not followed with the key."""
    headers = {"Retry-After": "7", "Location": "/elsewhere"}
    error = await failure_of(always({"error": {"message": "no"}}, status, headers), http)
    assert type(error) is kind
    assert (error.status, error.retry_after_s) == (status, 7.0)


async def test_nobody_listening_is_no_connection(http):
    """It was certainly not billed."""
    async with imitation(always(completion())) as server:
        url = server.url
    with pytest.raises(ConnectionFailed) as caught:
        await asked_of(url, http)
    assert caught.value.billed is False


async def test_a_server_that_never_answers_times_out(http):
    """The endpoint's own limit ends it; it may have been billed."""
    released = asyncio.Event()

    async def stall(_request, _body):
        await released.wait()
        return web.Response()

    async with imitation(stall) as server:
        with pytest.raises(TimedOut) as caught:
            await asked_of(server.url, http, timeout_s=0.05)
        released.set()
    assert caught.value.billed is None


async def test_a_server_that_drips_times_out(http):
    """The limit is for the whole answer: bytes that come in time do not prolong it."""

    async def drip(request, _body):
        response = web.StreamResponse(headers={"content-length": "1000000"})
        await response.prepare(request)
        while request.transport is not None and not request.transport.is_closing():
            await response.write(b" ")
            await asyncio.sleep(0.005)
        return response

    error = await failure_of(drip, http, timeout_s=0.1)
    assert type(error) is TimedOut
    assert error.billed is None


async def test_a_connection_that_breaks_is_cut_off(http):
    """Before the first byte, or in the middle of a body or a stream: it may have been billed."""

    async def at_once(request, _body):
        request.transport.close()
        return web.Response()

    async def in_the_middle(request, _body):
        response = web.StreamResponse(headers={"content-length": "1000"})
        await response.prepare(request)
        await response.write(b'{"choices": [')
        request.transport.close()
        return response

    async def in_a_stream(request, _body):
        response = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await response.prepare(request)
        await response.write(b'data: {"choices": [{"delta": {"content": "4"}}]}\n\n')
        return response

    for answer in (at_once, in_the_middle, in_a_stream):
        error = await failure_of(answer, http)
        assert type(error) is CutOff
        assert error.billed is None


async def test_what_is_not_http_is_a_bad_response(http):
    """A server of another kind is told apart from a broken connection."""

    async def speak(_reader, writer):
        writer.write(b"220 mail.example ESMTP\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(speak, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(BadResponse):
            await asked_of(f"http://127.0.0.1:{port}/v1", http)


async def test_a_request_id_that_is_no_text_becomes_one(http):
    """What a proxy writes into a header is kept with the Call, and a store keeps text: the answer must not be lost."""
    body = b'{"choices": [{"message": {"content": "hi"}, "finish_reason": "stop"}]}'

    async def speak(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-request-id: a\xff\r\nconnection: close\r\n"
        writer.write(head + b"content-length: %d\r\n\r\n" % len(body) + body)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(speak, "127.0.0.1", 0) as server:
        received = await asked_of(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", http)
    assert (received.text, received.request_id) == ("hi", "a?")


@pytest.mark.parametrize("status", [200, 201, 202, 203, 299])
async def test_every_status_of_success_is_one(http, status):
    """A server or a proxy may answer 201; what counts is what is in it."""
    async with imitation(always(completion(), status)) as server:
        assert (await asked_of(server.url, http)).text == "42"


async def test_success_without_an_answer_is_a_bad_response(http):
    """204 and an empty body are no chat completion."""
    for status in (200, 202, 204):
        assert type(await failure_of(always("", status), http)) is BadResponse


@pytest.mark.parametrize("content_type", ["text/event-stream", "text/plain", "application/json"])
async def test_a_header_that_is_wrong_loses_no_answer(http, content_type):
    """A whole body that is called a stream, and a stream that is called anything, are read by what they are."""
    stream = b": hello\n\n" + b"".join(encode_stream(Received(text="42"), "m"))
    for body in (json.dumps(completion()).encode(), stream, b"\xef\xbb\xbf" + stream):

        async def answer(_request, _body, body=body):
            return web.Response(body=body, content_type=content_type)

        async with imitation(answer) as server:
            assert (await asked_of(server.url, http)).text == "42"


async def test_a_stream_that_fails_in_the_middle_is_no_answer(http):
    """Not even with an end mark: nothing of it reaches the journal."""

    async def answer(_request, _body):
        begun = b"".join(encode_stream(Received(text="The answer is 4"), "m")[:-2])
        told = b'error: {"code": 500, "message": "slot died"}\n\ndata: [DONE]\n\n'
        return web.Response(body=begun + told, content_type="text/event-stream")

    error = await failure_of(answer, http, stream=True)
    assert type(error) is ServerFailed
    assert error.billed is None


async def test_a_page_instead_of_an_answer_is_a_bad_response(http):
    """A proxy's page with status 200 is no answer."""
    assert type(await failure_of(always("<html>busy</html>"), http)) is BadResponse


async def test_no_key_is_ever_shown(http):
    """Not by the endpoint, not by errors that quote a server which quotes the key, not by their tracebacks."""
    echo = await failure_of(always({"error": {"message": f"bad key {KEY}"}}, 401), http)
    inside = await failure_of(always({"error": {"message": f"bad key {KEY}", "code": 401}}), http)
    async with imitation(always(completion())) as server:
        url = server.url
    with pytest.raises(ConnectionFailed) as caught:
        await asked_of(url, http)
    for error in (echo, inside, caught.value):
        shown = "".join(traceback.format_exception(error))
        assert KEY not in f"{error!r} {error} {shown}"
    endpoint = Endpoint("http://me:hush@host/v1", "m", http=http, key=Secret(KEY))
    assert not any(secret in f"{endpoint!r} {endpoint.identity}" for secret in (KEY, "hush"))


async def test_a_user_in_the_address_opens_the_server_and_is_not_shown(http):
    """`user:password@` becomes a basic header where there is no key."""
    async with imitation(always({"error": {"message": "who is me:hush?"}}, 403)) as server:
        endpoint = Endpoint(server.url.replace("//", "//me:hush@"), "m", http=http)
        with pytest.raises(Unauthorised) as caught:
            await endpoint.send(endpoint.encode(QUESTION), QUESTION)
    assert server.asked[0].headers["Authorization"] == "Basic bWU6aHVzaA=="
    assert "hush" not in str(caught.value)


async def test_a_password_is_hidden_however_a_server_quotes_it(http):
    """As it was written, as it was sent, and alone."""
    quoted = "no entry for me:hush, Authorization: Basic bWU6aHVzaA==, password hush"
    async with imitation(always({"error": {"message": quoted}}, 403)) as server:
        endpoint = Endpoint(server.url.replace("//", "//me:hush@"), "m", http=http)
        with pytest.raises(Unauthorised) as caught:
            await endpoint.send(endpoint.encode(QUESTION), QUESTION)
    assert "no entry for ***, Authorization: Basic ***, password ***" in str(caught.value)


@pytest.mark.parametrize(
    "url", ["http://h/v1?api_key=k", "http://h/v1#part", "https://x.openai.azure.com?api-version=1"]
)
async def test_an_address_ends_with_its_path(http, url):
    """A query or a fragment would make another address of what is added; the error quotes neither."""
    with pytest.raises(ConfigError, match="a part after its path") as caught:
        Endpoint(url, "m", http=http)
    assert "`api_version`" in caught.value.hint


async def test_no_files_left_is_no_fault_of_the_server(http):
    """A process that may open no more connections is told so, with a remedy; nothing was sent."""
    free = os.open(os.devnull, os.O_RDONLY)
    os.close(free)
    allowed = resource.getrlimit(resource.RLIMIT_NOFILE)
    async with imitation(always(completion())) as server:
        resource.setrlimit(resource.RLIMIT_NOFILE, (free, allowed[1]))
        try:
            with pytest.raises(TooManyFiles) as caught:
                await asked_of(server.url, http)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, allowed)
    assert (caught.value.billed, caught.value.fatal, caught.value.retryable) == (False, True, False)
    assert "ulimit -n" in caught.value.hint
    assert server.asked == []


def _packed(megabytes: int, status: int):
    """Blanks before a completion, a thousandth of their size on the way."""
    packer = zlib.compressobj(9)
    body = b"".join(packer.compress(b" " * (1 << 20)) for _ in range(megabytes))
    body += packer.compress(json.dumps(completion()).encode()) + packer.flush()

    async def answer(_request, _body):
        return web.Response(body=body, status=status, headers={"Content-Encoding": "deflate"})

    return answer


async def test_what_a_small_response_unpacks_to_is_bounded(http):
    """An answer that is longer than any model's is refused before it is whole; what is shorter is read."""
    bomb = await failure_of(_packed(200, 200), http)
    assert isinstance(bomb, BadResponse)
    assert bomb.billed is None
    assert "longer than 64 MB" in str(bomb)
    assert isinstance(await failure_of(_packed(200, 500), http), ServerFailed)
    async with imitation(_packed(2, 200)) as server:
        assert (await asked_of(server.url, http)).text == "42"
        assert (await asked_of(server.url, http)).text == "42"


async def test_identity_names_the_server_and_no_secret(http):
    """Scheme, host, path and Azure's version; no user and no password."""
    assert Endpoint("http://me:pw@h:1/v1", "m", http=http).identity == "http://h:1/v1/chat/completions"
    azure = Endpoint("https://x.openai.azure.com", "gpt", http=http, api_version="2024-10-21")
    assert azure.identity == (
        "https://x.openai.azure.com/openai/deployments/gpt/chat/completions?api-version=2024-10-21"
    )


async def test_equal_requests_encode_alike(http):
    """The same words, sampling and sample give the same bytes; another sample differs where a seed is set."""
    endpoint = Endpoint("http://h/v1", "m", http=http)
    seeded = msgspec.structs.replace(QUESTION, sampling=Sampling(seed=1))
    assert endpoint.encode(QUESTION) == endpoint.encode(Request.of("What is six times seven?"))
    assert endpoint.encode(seeded) != endpoint.encode(seeded.sampled(1, 2))


async def test_misleading_settings_are_refused_before_they_are_sent(http):
    """`extra` that falsifies the account is an error."""
    request = msgspec.structs.replace(QUESTION, sampling=Sampling(extra={"n": 3}))
    with pytest.raises(ConfigError):
        Endpoint("http://h/v1", "m", http=http).encode(request)


async def test_a_large_body_is_sent_whole(http):
    """A prompt of megabytes goes through without a warning."""
    async with imitation(always(completion())) as server:
        endpoint = Endpoint(server.url, "m", http=http, quirks=PROVIDERS["vllm"])
        request = Request.of("x" * (2 << 20))
        await endpoint.send(endpoint.encode(request), request)
    assert len(json.dumps(server.asked[0].body)) > 2 << 20


def test_http_serves_one_event_loop_after_another():
    """A new loop gets a session of its own, and each is closed in its loop."""
    shared = Http()

    async def once() -> str:
        async with imitation(always(completion())) as server, shared:
            return (await asked_of(server.url, shared)).text

    assert [asyncio.run(once()) for _ in range(2)] == ["42", "42"]


async def test_a_cancelled_call_is_cancelled(http):
    """Cancelling is not turned into an error of the tree."""
    arrived = asyncio.Event()
    released = asyncio.Event()

    async def stall(_request, _body):
        arrived.set()
        await released.wait()
        return web.Response()

    async with imitation(stall) as server:
        task = asyncio.create_task(asked_of(server.url, http))
        await arrived.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        released.set()
