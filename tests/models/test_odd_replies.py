"""Replies as servers really write them: what is needed of one decides, and what is odd beside it costs no answer."""

import json
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from imitation import completion

from escalade.core.errors import BadResponse, CallError, EmptyAnswer, ServerFailed
from escalade.core.messages import ToolCall
from escalade.core.usage import Usage
from escalade.models.backend import Received
from escalade.models.wire import decode_reply, decode_stream, error_of
from escalade.models.wire.reply import at_once, taken_apart
from escalade.models.wire.usage import usage_of

CALL = {"id": "a", "type": "function", "function": {"name": "ask", "arguments": "{}"}}


def reply(message: dict | None = None, choice: dict | None = None, **body) -> bytes:
    """A good reply of the text 42, with these fields in its message, its choice and around them."""
    whole = completion(**body)
    whole["choices"][0] |= choice or {}
    whole["choices"][0]["message"] |= message or {}
    return json.dumps(whole).encode()


@pytest.mark.parametrize(
    "body",
    [
        reply({"tool_calls": "none"}),
        reply({"tool_calls": None}),
        reply({"tool_calls": []}),
        reply({"tool_calls": {}}),
        reply({"tool_calls": [None]}),
        reply({"tool_calls": [{}]}),
        reply({"tool_calls": [{"function": None}]}),
        reply({"tool_calls": [{"id": "a", "function": {"name": None}}]}),
        reply({"tool_calls": [{"id": "a", "function": {"name": "ask", "arguments": 5}}]}),
        reply({"tool_calls": [7, CALL]}),
        reply({"function_call": None, "audio": None, "annotations": [], "reasoning": None}),
        reply({"reasoning_content": "Six times seven."}),
        reply({"refusal": False}),
        reply({"refusal": []}),
        reply({"role": None}),
        reply({"content": [{"type": "text", "text": None}, {"type": "text", "text": "42"}]}),
        reply({"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "6 x 7"}]}, {"text": "42"}]}),
        reply({"content": [None, "x", {"type": "reference", "reference_ids": [1]}, {"type": "text", "text": "42"}]}),
        reply(choice={"finish_reason": 1}),
        reply(choice={"finish_reason": {"type": "stop"}}),
        reply(choice={"finish_reason": "STOP"}),
        reply(choice={"index": None}),
        reply(choice={"index": 1}),
        reply(choice={"logprobs": float("nan")}),
        reply(choice={"logprobs": {"content": [{"token": "42", "logprob": float("-inf")}]}}),
        reply(choice={"error": None}),
        reply(choice={"content_filter_results": {"error": {"code": "content_filter_error"}}}),
        reply(error={}),
        reply(error=""),
        reply(error=False),
        reply(error=None),
        reply(error=[]),
        reply(error={"message": "", "type": "", "code": None}),
        reply(x_groq={"id": "req_1", "error": None}),
        reply(x_groq="req_1"),
        reply(prompt_filter_results=[{"prompt_index": 0}]),
        reply(object=None),
        b"\xef\xbb\xbf" + reply(),
        b"\n\n \n" + reply(),
        reply().decode().encode("utf-16"),
        reply().replace(b"chatcmpl-1", b"chatcmpl\n1"),
        reply().replace(b"chatcmpl-1", rb"\ud83d"),
        reply(score=5).replace(b'"score": 5', b'"score": 1e999'),
        reply(choice={"score": 5}).replace(b'"score": 5', b'"score": 1e999'),
        reply(choice={"score": 5}).replace(b'"score": 5', b'"score": ' + b"9" * 400),
    ],
)
def test_what_is_odd_beside_a_good_text_costs_no_answer(body):
    """A field that is not needed is passed over; the text and its usage are as they are."""
    received = decode_reply(body)
    assert (received.text, received.tool_calls, received.finish) == ("42", (), "stop")
    assert received.usage == Usage(10, 5)


@pytest.mark.parametrize(
    ("calls", "read"),
    [
        ([CALL | {"id": 7}], ToolCall("7", "ask", "{}")),
        ([CALL | {"id": None}], ToolCall("call_0", "ask", "{}")),
        ([CALL | {"id": ["a"]}], ToolCall("call_0", "ask", "{}")),
        ([CALL | {"index": None, "type": None}], ToolCall("a", "ask", "{}")),
        ([None, CALL], ToolCall("a", "ask", "{}")),
        ([{"function": {"name": "ask", "arguments": {"x": 0.1}}}], ToolCall("call_0", "ask", '{"x":0.1}')),
        ([{"function": {"name": "ask", "arguments": None}}], ToolCall("call_0", "ask", "")),
    ],
)
def test_well_formed_calls_are_read_whatever_is_odd_about_them(calls, read):
    """A name and arguments make a call; an id that is no text is no hindrance."""
    received = decode_reply(reply({"content": None, "tool_calls": calls}))
    assert (received.text, received.tool_calls, received.finish) == ("", (read,), "tool_calls")


def test_whole_calls_are_kept_apart_though_nothing_tells_them_apart():
    """In a reply that is no stream, each entry is a call of its own, without an id or with the same one."""
    nameless = [{"index": 0, "function": {"name": "ask", "arguments": text}} for text in ("1", "2")]
    calls = decode_reply(reply({"content": "", "tool_calls": nameless})).tool_calls
    assert calls == (ToolCall("call_0", "ask", "1"), ToolCall("call_1", "ask", "2"))


@pytest.mark.parametrize(
    "message",
    [
        {"content": None, "tool_calls": "none"},
        {"content": "", "tool_calls": [{"id": "a", "function": None}]},
        {"content": None, "tool_calls": [CALL, {"id": "b", "function": {"arguments": "{}"}}]},
        {"content": None, "tool_calls": [{"function": {"name": ["ask"]}}]},
        {"content": 5},
        {"content": {"text": "42"}},
    ],
)
def test_what_cannot_be_read_and_nothing_else_is_a_bad_response(message):
    """Malformed calls without a text are an error that knows what was used."""
    with pytest.raises(BadResponse) as caught:
        decode_reply(reply(message))
    assert caught.value.usage == Usage(10, 5)


def test_reasoning_alone_is_an_empty_answer():
    """What a model thinks is not what it answers."""
    with pytest.raises(EmptyAnswer):
        decode_reply(reply({"content": None, "reasoning_content": "Six times seven is 42."}))


@pytest.mark.parametrize("reason", ["error", "abort", "insufficient_system_resource"])
def test_an_answer_that_the_provider_broke_off_is_no_answer(reason):
    """Its text may end anywhere; the tokens that were reported are booked."""
    with pytest.raises(ServerFailed, match=reason) as caught:
        decode_reply(reply(choice={"finish_reason": reason}))
    assert caught.value.billed is None
    assert caught.value.usage == Usage(10, 5)


@pytest.mark.parametrize(("said", "read"), [("MAX_TOKENS", "length"), ("SAFETY", "content_filter"), ("STOP", "stop")])
def test_reasons_to_finish_may_come_in_capitals(said, read):
    """Gemini's own names, as some proxies pass them on."""
    assert decode_reply(reply(choice={"finish_reason": said})).finish == read


def test_an_error_at_the_top_of_a_reply_is_an_error():
    """vLLM once sent its errors bare; Gemini's are in a list."""
    bare = {"object": "error", "message": "engine died", "type": "InternalServerError", "code": 500}
    with pytest.raises(ServerFailed, match="engine died"):
        decode_reply(json.dumps(bare).encode())
    listed = [{"error": {"code": 429, "message": "Quota exceeded", "status": "RESOURCE_EXHAUSTED"}}]
    assert str(error_of(429, {}, json.dumps(listed).encode())) == "the provider answered 429: Quota exceeded"


@pytest.mark.parametrize(
    "counts",
    [
        {"prompt_tokens": 10**30, "completion_tokens": 5},
        {"prompt_tokens": 10, "completion_tokens": 10**9 + 1},
        {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 10**12},
        {"prompt_tokens": 10, "completion_tokens": 5, "prompt_tokens_details": {"cached_tokens": 10**10}},
        {"prompt_tokens": 10, "completion_tokens": 5, "completion_tokens_details": {"reasoning_tokens": 10**10}},
        {"prompt_tokens": 1e300, "completion_tokens": 5},
    ],
)
def test_counts_that_cannot_be_are_unknown(counts):
    """No context is a thousand million tokens long: the answer stays, and so does a cost that was reported."""
    received = decode_reply(reply(usage=counts | {"cost": 0.5}))
    assert (received.text, received.usage, received.reported_usd) == ("42", None, Decimal("0.5"))


def test_the_largest_count_that_can_be_is_believed():
    """The bound is far above any context."""
    assert usage_of(b'{"prompt_tokens": 1000000000, "completion_tokens": 1}')[0] == Usage(10**9, 1)


def test_tokens_and_cost_are_read_apart():
    """An odd cost loses no tokens, and odd tokens no cost."""
    assert usage_of(b'{"prompt_tokens": 3, "completion_tokens": 2, "cost": "dear"}') == (Usage(3, 2), None)
    assert usage_of(b'{"prompt_tokens": "many", "completion_tokens": 2, "cost": 0.5}') == (None, Decimal("0.5"))


def test_perplexity_itemises_what_a_call_cost():
    """The total is the cost, the fee for the request included."""
    usage = b'{"prompt_tokens": 7, "completion_tokens": 9, "cost": {"request_cost": 0.005, "total_cost": 0.00515}}'
    assert usage_of(usage) == (Usage(7, 9), Decimal("0.00515"))


def test_moonshot_tells_cached_tokens_in_the_usage_itself():
    """Not in its details, where others do."""
    assert usage_of(b'{"prompt_tokens": 9, "completion_tokens": 2, "cached_tokens": 8}')[0] == Usage(9, 2, 8)


def chunk(delta: dict | None = None, finish: str | None = None, choice: dict | None = None, **body) -> bytes:
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish} | (choice or {})]
    return f"data: {json.dumps({'id': 'c-1', 'model': 'm', 'choices': choices} | body)}\n\n".encode()


COUNTS = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
ROLE, TEXT, DONE = {"role": "assistant", "content": ""}, {"content": "42"}, b"data: [DONE]\n\n"
FILTER = {"id": "", "model": "", "prompt_filter_results": [{"prompt_index": 0}]}
STREAMS = {
    "openai": (ROLE, chunk(TEXT, usage=None), chunk({}, "stop", usage=None), chunk(usage=COUNTS)),
    "azure": (
        chunk(**FILTER),
        chunk(ROLE, usage=None),
        chunk(TEXT, choice={"content_filter_results": {"hate": {"filtered": False}}}),
        chunk({}, "stop"),
        chunk({}, choice={"content_filter_offsets": {"check_offset": 44}, "delta": None}),
        chunk(usage=COUNTS),
    ),
    "groq": (ROLE, chunk(TEXT), chunk({}, "stop", x_groq={"id": "req_1", "usage": COUNTS})),
    "moonshot": (ROLE, chunk(TEXT), chunk({}, "stop", choice={"usage": COUNTS})),
    "mistral": (chunk({"content": [{"type": "text", "text": "42"}]}, p="abc"), chunk(ROLE, "stop", usage=COUNTS)),
    "deepseek": (
        b": keep-alive\n\n",
        chunk({"content": None, "reasoning_content": "6 x 7"}, usage=None),
        chunk(TEXT | {"reasoning_content": None}, usage=None),
        chunk({"content": ""}, "stop", usage=COUNTS),
    ),
    "gemini": (
        chunk({"content": "4"}, usage=COUNTS | {"completion_tokens": 1}),
        chunk({"content": "2"}, "stop", usage=COUNTS),
    ),
    "ollama": (chunk(TEXT, ""), chunk({"content": ""}, "stop"), chunk(usage=COUNTS)),
    "litellm": (chunk(TEXT, usage={}), chunk({}, "stop", usage={}), chunk({}, usage=COUNTS), chunk(usage={})),
    "llama.cpp": (chunk({"role": "assistant", "content": None}), chunk(TEXT), chunk({}, "stop"), chunk(usage=COUNTS)),
    "perplexity": (chunk(TEXT, choice={"message": {"content": "42"}}), chunk({"content": ""}, "stop", usage=COUNTS)),
    "lm studio": (chunk(TEXT | {"tool_calls": []}), chunk({}, "stop"), chunk(usage=COUNTS)),
}


@pytest.mark.parametrize("server", STREAMS)
def test_streams_of_known_servers_are_read_whole(server):
    """Text and usage are found where each of them writes them."""
    body = b"".join(chunk(part) if isinstance(part, dict) else part for part in STREAMS[server])
    assert decode_stream(body + DONE) == Received(text="42", usage=Usage(3, 2), model="m", request_id="c-1")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just("\ud83d"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
FIELDS = ["content", "tool_calls", "refusal", "id", "index", "function", "name", "arguments", "type", "text"]
FIELDS += ["choices", "message", "delta", "finish_reason", "error", "usage", "x_groq", "object", "model", "provider"]
ODD = st.recursive(
    JSON, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=4)
)


@given(ODD, ODD, st.dictionaries(st.sampled_from(FIELDS), ODD, max_size=3))
def test_no_json_breaks_the_decoders(message, calls, around):
    """Whatever stands where, there is an answer that can be stored or an error of the tree."""
    choice = {"message": message, "delta": {"content": "a", "tool_calls": calls}, "finish_reason": "stop"}
    body = json.dumps({"choices": [choice]} | around).encode()
    for read in (decode_reply, lambda body: decode_stream(b"data: " + body + b"\n\n" + DONE)):
        with suppress(CallError):
            received = read(body)
            texts = (received.text, received.model, received.request_id, *map(str, received.tool_calls))
            assert "".join(texts).encode()


@pytest.mark.parametrize("depth", [400, 900, 990, 1100, 100_000])
@pytest.mark.parametrize("field", ["choices", "error", "usage", "other"])
def test_no_depth_breaks_the_decoders(field, depth):
    """What is nested too deeply is an error of the tree, or passed over where it is not needed."""
    body = f'{{"{field}": {"[" * depth}{"]" * depth}}}'.encode()
    with pytest.raises(CallError):
        decode_reply(body)
    with pytest.raises(CallError):
        decode_stream(b"data: " + body + b"\n\n")


_FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "id": st.text() | st.none() | st.integers(),
        "model": st.text() | st.none(),
        "provider": st.text() | st.none(),
        "object": st.sampled_from(["chat.completion", "error", None]),
        "error": st.sampled_from([None, {}, "", {"message": "no"}]),
        "x_groq": st.sampled_from([None, {"usage": {"prompt_tokens": 1, "completion_tokens": 2}}, {"error": "no"}]),
        "usage": st.sampled_from([None, {}, "none", {"prompt_tokens": 5, "completion_tokens": 7, "cost": 0.25}]),
    },
)
_MESSAGES = st.fixed_dictionaries(
    {},
    optional={
        "content": st.text() | st.none() | st.just([{"type": "text", "text": "hi"}]),
        "refusal": st.none() | st.text(),
        "tool_calls": st.sampled_from([None, [], [CALL], "none"]),
        "reasoning_content": st.text(),
    },
)
_CHOICES = st.fixed_dictionaries(
    {},
    optional={
        "finish_reason": st.sampled_from(["stop", "length", "STOP", "error", None, 1]),
        "error": st.sampled_from([None, {"message": "no"}]),
        "usage": st.just({"prompt_tokens": 3, "completion_tokens": 3}),
    },
)


@given(_MESSAGES, _CHOICES, _FIELDS)
def test_an_ordinary_reply_is_read_as_any_other(message, choice, fields):
    """What is read at once is what taking the reply apart would give; whatever is odd is left to that."""
    body = reply(message, choice, **fields)
    read = at_once(body)
    assert read is None or read == taken_apart(body)
    assert at_once(reply({"content": "42"}, {"finish_reason": "stop"})) is not None
