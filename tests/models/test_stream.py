import json
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_wire import RECEIVED

from escalade.core.errors import BadResponse, CallError, CutOff, EmptyAnswer, RateLimited, ServerFailed, TooLong
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
END = event({}, "stop") + DONE


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
    calls = decode_stream(first + more + second + END).tool_calls
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


OVERFLOW = '{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error"}'


@pytest.mark.parametrize(
    ("told", "kind", "words"),
    [
        (f"error: {OVERFLOW}", TooLong, "available context size"),
        (f'data: {{"error": {OVERFLOW}}}', TooLong, "available context size"),
        ('event: error\ndata: {"message": "upstream died"}', ServerFailed, "upstream died"),
        ('event: error\ndata: {"error": {"message": "wait", "code": "rate_limit_exceeded"}}', RateLimited, "wait"),
        ('data: {"error": {"message": "wait", "type": "rate_limit_error"}}', RateLimited, "wait"),
        ("event: error\ndata: upstream died", ServerFailed, "upstream died"),
        ("event: error", ServerFailed, "nothing more"),
        ('data: {"object": "error", "message": "engine died", "code": 500}', ServerFailed, "engine died"),
        ('data: {"error": "engine died"}', ServerFailed, "engine died"),
        ('data: {"choices": [{"delta": {}, "error": {"message": "engine died"}}]}', ServerFailed, "engine died"),
        ('data: {"choices": [], "x_groq": {"id": "r", "error": "over capacity"}}', ServerFailed, "over capacity"),
        ('data: {"choices": [{"delta": {}, "finish_reason": "error"}]}', ServerFailed, "broke its answer off"),
        ('data: {"choices": [{"delta": {}, "finish_reason": "insufficient_system_resource"}]}', ServerFailed, "broke"),
    ],
)
def test_a_failure_in_mid_stream_is_never_an_end(told, kind, words):
    """However a server tells that it gave up, what came before is no answer, and nobody knows what it cost."""
    with pytest.raises(CallError, match=words) as caught:
        decode_stream(event({"content": "The answer is 4"}) + told.encode() + b"\n\n" + DONE)
    assert type(caught.value) is kind
    assert caught.value.billed is None
    assert caught.value.usage is None


@pytest.mark.parametrize("delta", [{"content": "4"}, {"reasoning_content": "Six times"}, {"tool_calls": [{"id": "a"}]}])
def test_what_a_failure_cost_is_unknown_once_the_model_wrote(delta):
    """A refusal before the first word was certainly not billed; reasoning is writing, too."""
    refused = b'data: {"error": {"code": 429, "message": "wait"}}\n\n'
    for before, billed in ((event({"role": "assistant", "content": ""}), False), (event(delta), None)):
        with pytest.raises(RateLimited) as caught:
            decode_stream(before + refused + DONE)
        assert caught.value.billed is billed


@pytest.mark.parametrize("reason", [None, "", "null", 0, False])
def test_the_end_mark_alone_does_not_end_an_answer(reason):
    """A proxy writes it, too, when the server behind it breaks off; what was counted until then is kept."""
    body = event({"content": "The answer is 4"}, reason)
    with pytest.raises(CutOff, match="may have been cut") as caught:
        decode_stream(body + event(usage=USAGE) + DONE)
    assert "stream: false" in caught.value.hint
    assert caught.value.usage == Usage(3, 2)
    assert caught.value.reported_usd == Decimal("0.125")


def test_a_count_that_more_text_followed_is_not_what_a_cut_answer_cost():
    """Some send usage with the first words: it is the cost of a whole answer only if it is the last that came."""
    early = event({"content": "The"}, usage=USAGE)
    with pytest.raises(CutOff) as caught:
        decode_stream(early + event({"content": " answer"}))
    assert (caught.value.usage, caught.value.billed) == (None, None)
    with pytest.raises(CutOff) as caught:
        decode_stream(event({"content": "The"}) + early)
    assert caught.value.usage == Usage(3, 2)
    assert decode_stream(early + END).usage == Usage(3, 2)


def test_a_reason_that_is_no_text_ends_an_answer():
    """Some write the number of the reason instead of its name."""
    assert decode_stream(event({"content": "42"}, 1) + DONE).text == "42"


def test_a_byte_order_mark_loses_no_text():
    """Neither the mark nor what comes first behind it."""
    received = decode_stream(b"\xef\xbb\xbf" + event({"content": "he"}) + event({"content": "llo"}) + END)
    assert received.text == "hello"


def test_events_that_only_keep_a_connection_open_are_passed_over():
    """Comments, empty data and chunks without a choice say nothing."""
    quiet = b': keep-alive\n\ndata:\n\ndata: \n\nevent: ping\ndata: {"type": "ping"}\n\n'
    assert decode_stream(quiet + event({"content": "42"}) + quiet + END).text == "42"


def test_calls_at_one_index_are_kept_apart_by_their_ids():
    """Gemini sends parallel calls whole and all with the index 0."""

    def whole(name, arguments, own):
        call = {"index": 0, "id": own, "function": {"name": name, "arguments": arguments}}
        return event({"tool_calls": [call]})

    body = whole("ask", '{"x":1}', "a") + whole("ask", '{"x":2}', "b") + END
    assert decode_stream(body).tool_calls == (ToolCall("a", "ask", '{"x":1}'), ToolCall("b", "ask", '{"x":2}'))


@pytest.mark.parametrize(
    "more", [{"id": "other"}, {"id": None}, {"id": ""}, {"id": "a", "name": "ask"}, {"id": "a", "name": ""}]
)
def test_a_call_goes_on_whatever_its_pieces_repeat(more):
    """A new id, an empty one, or the name again with every piece begin no other call."""

    def piece(arguments, own, name=None):
        return event({"tool_calls": [{"index": 0, "id": own, "function": {"name": name, "arguments": arguments}}]})

    rest = piece("1}", more["id"], more.get("name"))
    received = decode_stream(piece('{"x":', "a", "ask") + rest + END)
    assert received.tool_calls == (ToolCall("a", "ask", '{"x":1}'),)


def test_an_odd_piece_of_a_call_costs_nothing_beside_text():
    """Calls that cannot be read are left out where there is a text, and are an error where there is none."""
    odd = event({"tool_calls": [{"index": 0, "id": "a", "function": {"name": 5}}]})
    assert decode_stream(event({"content": "42"}) + odd + END) == Received(
        text="42", model="m", provider="p", request_id="gen-1"
    )
    with pytest.raises(BadResponse):
        decode_stream(odd + event({}, "tool_calls") + DONE)


@pytest.mark.parametrize("index", [0, None, 1, "0"])
def test_one_choice_is_followed_whatever_its_index(index):
    """The first index that comes is that of the answer; another one is another answer."""

    def chunk(content, index):
        choice = {"index": index, "delta": {"content": content}, "finish_reason": "stop"}
        return f"data: {json.dumps({'choices': [choice]})}\n\n".encode()

    assert decode_stream(chunk("4", index) + chunk("2", index) + DONE).text == "42"
    assert decode_stream(chunk("4", 0) + chunk("no", 1) + chunk("2", 0) + DONE).text == "42"


def test_a_character_that_came_in_two_halves_is_whole():
    """Half a surrogate pair in each of two chunks is one character; a half alone is replaced."""
    halves = [f'data: {{"choices": [{{"delta": {{"content": "{half}"}}}}]}}\n\n' for half in ("\\ud83d", "\\ude00!")]
    assert decode_stream("".join(halves).encode() + END).text == "\N{GRINNING FACE}!"
    assert decode_stream(halves[1].encode() + END).text == "\N{REPLACEMENT CHARACTER}!"


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
