import json
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_wire import RECEIVED

from escalade.core.errors import BadResponse, CutOff, EmptyAnswer, RateLimited, ServerFailed
from escalade.core.messages import ToolCall
from escalade.core.usage import Usage
from escalade.models.backend import Received
from escalade.models.wire import decode_stream, encode_stream

USAGE = {"prompt_tokens": 3, "completion_tokens": 2, "cost": 0.125}


def event(delta: dict | None = None, finish: str | None = None, **more) -> bytes:
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
    chunk = {"id": "gen-1", "model": "m", "provider": "p", "choices": choices} | more
    return f"data: {json.dumps(chunk)}\n\n".encode()


DONE = b"data: [DONE]\n\n"


def test_contents_are_joined_and_the_usage_is_in_the_last_chunk():
    """Deltas make one text; comments, event names and Windows line ends are no trouble."""
    body = b": PROCESSING\r\n\r\n" + b"event: message\r\n" + event({"role": "assistant", "content": "4"})
    body += event({"content": "2"}) + event({}, "stop") + event(usage=USAGE) + DONE
    assert decode_stream(body) == Received(
        text="42",
        usage=Usage(3, 2),
        reported_usd=Decimal("0.125"),
        model="m",
        provider="p",
        request_id="gen-1",
    )


def test_tool_calls_are_put_together_by_index():
    """Pieces of two calls that come interleaved are kept apart."""

    def piece(index, arguments, name=None):
        return {"tool_calls": [{"index": index, "id": name, "function": {"name": name, "arguments": arguments}}]}

    body = event(piece(0, '{"a"', "x")) + event(piece(1, "{", "y")) + event(piece(0, ":1}")) + event(piece(1, "}"))
    received = decode_stream(body + event({}, "tool_calls") + DONE)
    assert received.tool_calls == (ToolCall("x", "x", '{"a":1}'), ToolCall("y", "y", "{}"))
    assert received.finish == "tool_calls"


def test_tool_calls_without_an_index_begin_with_an_id():
    """Servers that leave the index out send whole calls, or an id first."""
    first = event({"tool_calls": [{"id": "a", "function": {"name": "x", "arguments": "{"}}]})
    more = event({"tool_calls": [{"function": {"arguments": "}"}}]})
    second = event({"tool_calls": [{"id": "b", "function": {"name": "y", "arguments": "{}"}}]})
    calls = decode_stream(first + more + second + DONE).tool_calls
    assert calls == (ToolCall("a", "x", "{}"), ToolCall("b", "y", "{}"))


@pytest.mark.parametrize("end", [b"", b'data: {"choices": [{"delta": {"content": "par"}', b"data: {"])
def test_a_stream_that_ends_early_is_cut_off(end):
    """Without an end mark and without a reason to finish, what came is not an answer."""
    with pytest.raises(CutOff) as caught:
        decode_stream(event({"content": "4"}) + end)
    assert caught.value.billed is None


def test_a_finished_answer_needs_no_end_mark():
    """A reason to finish is enough; without a usage chunk the usage is unknown."""
    received = decode_stream(event({"content": "42"}) + event({}, "stop").rstrip())
    assert (received.text, received.usage) == ("42", None)


def test_an_error_in_mid_stream_is_that_error_with_its_usage():
    """A stream that ends in an error is no answer, whatever came before."""
    error = event(error={"code": 502, "message": "upstream died"}, usage=USAGE)
    with pytest.raises(ServerFailed, match="upstream died") as caught:
        decode_stream(event({"content": "4"}) + error)
    assert caught.value.usage == Usage(3, 2)
    with pytest.raises(RateLimited):
        decode_stream(b'data: {"error": {"code": 429, "message": "wait"}}\n\n')


def test_nonsense_in_a_stream_is_a_bad_response():
    """An event that is closed but is no chunk is not skipped."""
    with pytest.raises(BadResponse):
        decode_stream(event({"content": "4"}) + b"data: {no}\n\n" + DONE)


def test_a_stream_of_nothing_is_an_empty_answer_with_its_usage():
    """A finished stream without text says what it cost."""
    with pytest.raises(EmptyAnswer) as caught:
        decode_stream(event({}, "stop") + event(usage=USAGE) + DONE)
    assert caught.value.reported_usd == Decimal("0.125")


@given(RECEIVED, st.integers(1, 50))
def test_a_stream_survives_the_round_trip_cut_anywhere(received, size):
    """What the server writes in events, the client reads from pieces of any size."""
    body = b"".join(encode_stream(received, "m", created=1))
    pieces = [body[i : i + size] for i in range(0, len(body), size)]
    assert decode_stream(pieces) == received


@given(RECEIVED, st.data())
def test_a_cut_stream_never_gives_a_part_as_the_whole(received, data):
    """However a stream is cut, there is the whole text or an error."""
    body = b"".join(encode_stream(received, "m"))
    cut = body[: data.draw(st.integers(0, len(body)))]
    with suppress(CutOff, EmptyAnswer):
        assert decode_stream(cut).text == received.text


@given(st.binary(max_size=200))
def test_no_bytes_break_the_stream_decoder(body):
    """Any bytes end in an error of the tree."""
    with pytest.raises((CutOff, BadResponse, EmptyAnswer)):
        decode_stream(b"data: " + body)
