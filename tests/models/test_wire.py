import json
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from imitation import completion

from escalade.core.errors import (
    BadResponse,
    BudgetExceeded,
    CallError,
    ConfigError,
    EmptyAnswer,
    OutOfCredit,
    RateLimited,
    Refused,
    ServerFailed,
    TimedOut,
    TooLong,
    Unauthorised,
    UnknownModel,
)
from escalade.core.messages import Message, Request, Sampling, Tool, ToolCall
from escalade.core.usage import Usage
from escalade.models.backend import Received
from escalade.models.providers import PROVIDERS, Quirks
from escalade.models.wire import (
    completed,
    decode_reply,
    decode_request,
    encode_error,
    encode_reply,
    encode_request,
    error_of,
    status_of,
)
from escalade.models.wire.usage import credible

FULL = Sampling(
    temperature=0.5,
    top_p=0.9,
    max_tokens=77,
    stop=("END",),
    seed=10,
    frequency_penalty=0.25,
    presence_penalty=-0.5,
    reasoning_effort="low",
    extra={"top_k": 40},
)
SCHEMA = {"type": "object", "properties": {"z": {"type": "string"}, "a": {"type": "integer"}}, "required": ["z", "a"]}


def sent(request: Request, quirks: Quirks = PROVIDERS["vllm"], **more) -> dict:
    return json.loads(encode_request(request, "some/model", quirks, **more))


def replied(**more) -> Received:
    return decode_reply(json.dumps(completion(**more)).encode())


def used(**usage) -> Usage | None:
    return replied(usage=usage).usage


def test_every_sampling_field_reaches_the_body():
    """What the user sets is what is sent, `extra` included."""
    body = sent(Request((Message("user", "q"),), sampling=FULL))
    assert body == {
        "model": "some/model",
        "messages": [{"role": "user", "content": "q"}],
        "temperature": 0.5,
        "top_p": 0.9,
        "frequency_penalty": 0.25,
        "presence_penalty": -0.5,
        "reasoning_effort": "low",
        "max_tokens": 77,
        "stop": ["END"],
        "seed": 10,
        "top_k": 40,
    }


def test_zero_is_said_and_none_is_not():
    """A temperature of 0 is sent; a field that was not said is absent, not null."""
    body = sent(Request((Message("user", "q"),), sampling=Sampling(temperature=0.0)))
    assert body == {"model": "some/model", "messages": [{"role": "user", "content": "q"}], "temperature": 0.0}


def test_samples_differ_by_seed_only_where_a_seed_is_set():
    """Sample n is sent seed + n; without a seed there is none to vary."""
    question = Request.of("q")
    assert sent(Request(question.messages, sampling=Sampling(seed=7), sample=3))["seed"] == 10
    assert "seed" not in sent(Request(question.messages, sample=3))


def test_max_tokens_takes_the_name_that_the_server_knows():
    """OpenAI is sent `max_completion_tokens`, and not both."""
    body = sent(Request((Message("user", "q"),), sampling=FULL), PROVIDERS["openai"])
    assert body["max_completion_tokens"] == 77
    assert "max_tokens" not in body


@pytest.mark.parametrize("field", ["n", "model", "max_tokens", "stream", "messages"])
def test_extra_cannot_falsify_the_account(field):
    """`extra` may not override what bounds or names the call."""
    request = Request.of("q")
    with pytest.raises(ConfigError, match=field):
        encode_request(Request(request.messages, sampling=Sampling(extra={field: 2})), "m")


def test_equal_requests_have_equal_bytes():
    """The order in which `extra` was written does not change the journal's key."""
    one, two = ({"a": 1, "b": 2}, {"b": 2, "a": 1})
    bodies = {encode_request(Request((), sampling=Sampling(extra=extra)), "m") for extra in (one, two)}
    assert len(bodies) == 1


def test_a_number_is_sent_in_one_spelling():
    """0 and 0.0 are one temperature, asked and paid for once."""
    bodies = {sent_bytes(Sampling(temperature=value, top_p=1)) for value in (0, 0.0)}
    assert bodies == {sent_bytes(Sampling(temperature=0.0, top_p=1.0))}


def sent_bytes(sampling: Sampling) -> bytes:
    return encode_request(Request((), sampling=sampling), "m")


def test_schema_is_sent_only_where_it_is_taken_and_keeps_its_order():
    """A schema goes in `response_format` by quirk, its keys in the user's order, `strict` only where it is closed."""
    request = Request((Message("user", "q"),), response_schema=SCHEMA)
    assert "response_format" not in sent(request, Quirks())
    wanted = sent(request)["response_format"]["json_schema"]
    assert list(wanted["schema"]["properties"]) == ["z", "a"]
    assert wanted["strict"] is False
    closed = Request((), response_schema=SCHEMA | {"additionalProperties": False})
    assert sent(closed)["response_format"]["json_schema"]["strict"] is True


def test_tools_and_their_results_are_sent():
    """Tools, the model's calls and the results take the documented form."""
    messages = (
        Message("user", "q"),
        Message("assistant", tool_calls=(ToolCall("c1", "ask", '{"x":1}'),)),
        Message("tool", "found", tool_call_id="c1"),
    )
    body = sent(Request(messages, tools=(Tool("ask", "asks", {"type": "object"}),)))
    assert body["messages"][1] == {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "ask", "arguments": '{"x":1}'}}],
    }
    assert body["messages"][2] == {"role": "tool", "tool_call_id": "c1", "content": "found"}
    tool = {"name": "ask", "description": "asks", "parameters": {"type": "object"}}
    assert body["tools"] == [{"type": "function", "function": tool}]


def test_system_and_defaults_fill_what_a_request_leaves_open():
    """The endpoint's system prompt and sampling apply where the request is silent, and only there."""
    default = Sampling(temperature=0.7, max_tokens=50, extra={"a": 1})
    whole = completed(Request((Message("user", "q"),), sampling=Sampling(max_tokens=9, extra={"b": 2})), default, "Be.")
    assert whole.messages[0] == Message("system", "Be.")
    assert whole.sampling == Sampling(temperature=0.7, max_tokens=9, extra={"a": 1, "b": 2})
    assert completed(Request.of("q", system="Mine."), default, "Be.").messages[0].content == "Mine."


def test_usage_comes_in_inclusive_buckets():
    """The documented counts are read as parts of their wholes."""
    assert used(
        prompt_tokens=100,
        completion_tokens=50,
        total_tokens=150,
        prompt_tokens_details={"cached_tokens": 60, "cache_write_tokens": 10},
        completion_tokens_details={"reasoning_tokens": 30},
    ) == Usage(100, 50, 60, 10, 30)


def test_counts_that_exclude_their_parts_are_mended():
    """Where parts exceed the whole, or the total its terms, the missing tokens are added where they are billed."""
    exclusive_cache = {"cached_tokens": 60, "cache_write_tokens": None}
    assert used(prompt_tokens=5, completion_tokens=2, prompt_tokens_details=exclusive_cache) == Usage(65, 2, 60)
    both = {"cached_tokens": 60, "cache_write_tokens": 10}
    assert used(prompt_tokens=5, completion_tokens=2, prompt_tokens_details=both) == Usage(75, 2, 60, 10)
    assert used(prompt_tokens=65, completion_tokens=2, prompt_tokens_details=both) == Usage(135, 2, 60, 10)
    assert used(prompt_tokens=70, completion_tokens=2, prompt_tokens_details=both) == Usage(70, 2, 60, 10)
    hidden = {"reasoning_tokens": 30}
    assert used(prompt_tokens=10, completion_tokens=40, total_tokens=80, completion_tokens_details=hidden) == Usage(
        10, 70, reasoning=30
    )
    assert used(prompt_tokens=10, completion_tokens=5, total_tokens=45) == Usage(10, 35)
    assert used(prompt_tokens=10, completion_tokens=5, completion_tokens_details=hidden) == Usage(10, 35, reasoning=30)


@pytest.mark.parametrize("usage", [{}, None, [], "none", {"prompt_tokens": 3}, {"prompt_tokens": -1}, {"cost": "dear"}])
def test_missing_or_odd_usage_is_unknown_and_loses_no_answer(usage):
    """The answer is kept; its usage is None, not 0."""
    received = decode_reply(json.dumps(completion() | {"usage": usage}).encode())
    assert received.text == "42"
    assert received.usage is None


def test_cost_is_exact_and_never_a_float():
    """The digits of the JSON are the digits of the Decimal."""
    body = json.dumps(completion()).encode().replace(b'"total_tokens": 15', b'"cost": 0.1000000000000000055511')
    assert decode_reply(body).reported_usd == Decimal("0.1000000000000000055511")
    assert replied(usage={"cost": 1.2e-05}).reported_usd == Decimal("0.000012")


@pytest.mark.parametrize(
    "cost", ["1e308", '"1e999999"', '"0e-999999"', '"1e-999999"', '"NaN"', '"sNaN"', "1000001", "-1"]
)
def test_a_cost_that_cannot_be_is_unknown(cost):
    """No sum and no report is spoilt by what one reply claims; the answer and its tokens stay."""
    body = json.dumps(completion()).replace('"total_tokens": 15', f'"cost": {cost}')
    received = decode_reply(body.encode())
    assert (received.reported_usd, received.usage) == (None, Usage(10, 5))


def test_own_key_cost_adds_the_upstream_and_only_then():
    """With the user's own key the upstream's cost is added; otherwise it is inside `cost` already."""
    details = {"upstream_inference_cost": 0.02}
    assert replied(usage={"cost": 0.001, "is_byok": True, "cost_details": details}).reported_usd == Decimal("0.021")
    assert replied(usage={"cost": 0.03, "is_byok": False, "cost_details": details}).reported_usd == Decimal("0.03")
    assert replied(usage={"cost": 0.03, "cost_details": details}).reported_usd == Decimal("0.03")


def test_own_key_cost_without_the_upstream_is_unknown():
    """A part of a cost is not given out as the whole."""
    assert replied(usage={"cost": 0.001, "is_byok": True}).reported_usd is None


@pytest.mark.parametrize(
    ("said", "read"),
    [("stop", "stop"), ("length", "length"), ("content_filter", "content_filter"), ("eos", "stop"), (None, "stop")],
)
def test_finish_reasons_are_mapped(said, read):
    """Unknown reasons to finish are an ordinary end."""
    body = completion()
    body["choices"][0]["finish_reason"] = said
    assert decode_reply(json.dumps(body).encode()).finish == read


def test_content_may_come_in_parts():
    """The texts of a list of parts are joined; other parts are left out."""
    parts = [{"type": "text", "text": "4"}, {"type": "reasoning", "text": "hm"}, {"type": "text", "text": "2"}]
    assert replied(text=parts).text == "42"


def test_tool_calls_survive_null_content_missing_ids_and_object_arguments():
    """Tool calls are read as servers really send them."""
    body = completion(None)
    calls = [{"function": {"name": "ask", "arguments": {"x": 1}}}, {"id": "b", "function": {"name": "ask"}}]
    body["choices"][0]["message"]["tool_calls"] = calls
    received = decode_reply(json.dumps(body).encode())
    assert received.tool_calls == (ToolCall("call_0", "ask", '{"x":1}'), ToolCall("b", "ask", ""))
    assert received.finish == "tool_calls"


def test_a_refusal_is_an_answer():
    """What a model says in `refusal` is its text, and the finish says why."""
    body = completion(None)
    body["choices"][0]["message"]["refusal"] = "I will not."
    received = decode_reply(json.dumps(body).encode())
    assert (received.text, received.finish) == ("I will not.", "content_filter")


@pytest.mark.parametrize("text", [None, "", " \n"])
def test_an_empty_answer_carries_what_it_cost(text):
    """Nothing to read is an error that knows its usage and price."""
    with pytest.raises(EmptyAnswer) as caught:
        replied(text=text, usage={"prompt_tokens": 3, "completion_tokens": 0, "cost": 0.5})
    assert caught.value.usage == Usage(3, 0)
    assert caught.value.reported_usd == Decimal("0.5")
    assert caught.value.retryable


def test_an_answer_that_reasoning_used_up_is_not_tried_again():
    """The same request would be paid for, and end, likewise."""
    body = completion("")
    body["choices"][0]["finish_reason"] = "length"
    with pytest.raises(EmptyAnswer) as caught:
        decode_reply(json.dumps(body).encode())
    assert not caught.value.retryable
    assert "max_tokens" in caught.value.hint


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b"{}",
        b'{"choices": []}',
        b'{"choices": [{"message": {"content": 5}}]}',
        b"\xff\xfe",
        b"nul",
    ],
)
def test_what_is_no_chat_completion_is_a_bad_response(body):
    """Invalid JSON, wrong shapes and empty choices are told apart from answers."""
    with pytest.raises(BadResponse):
        decode_reply(body)


def test_a_bad_response_with_usage_was_billed():
    """Usage is read even where the rest cannot be."""
    with pytest.raises(BadResponse) as caught:
        decode_reply(b'{"choices": 5, "usage": {"prompt_tokens": 1, "completion_tokens": 2, "cost": 0.25}}')
    assert caught.value.usage == Usage(1, 2)
    assert caught.value.reported_usd == Decimal("0.25")


@pytest.mark.parametrize(
    ("code", "kind", "billed"),
    [(429, RateLimited, False), (402, OutOfCredit, False), (502, ServerFailed, None), ("odd", ServerFailed, None)],
)
def test_an_error_inside_a_200_is_that_error(code, kind, billed):
    """OpenRouter answers 200 and tells the error in the body, at the top or in the choice.

    If a part of the answer came with it, nobody knows whether it was billed.
    """
    error = {"error": {"code": code, "message": "upstream trouble"}}
    unwritten = {"choices": [{"finish_reason": "error", "message": {"role": "assistant", "content": ""}} | error]}
    begun = {"choices": [{"finish_reason": "error", "message": {"content": "par"}} | error]}
    for body, expected in ((error, billed), (unwritten, billed), (begun, None)):
        with pytest.raises(kind, match="upstream trouble") as caught:
            decode_reply(json.dumps(body).encode())
        assert caught.value.billed is expected


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, "bad field", Refused),
        (400, "This model's maximum context length is 8192 tokens", TooLong),
        (400, {"error": {"type": "exceed_context_size_error", "message": "request exceeds"}}, TooLong),
        (400, {"error": {"code": "context_length_exceeded"}}, TooLong),
        (400, "x/y is not a valid model ID", UnknownModel),
        (401, "no", Unauthorised),
        (402, "pay", OutOfCredit),
        (402, {"error": {"message": "wait", "metadata": {"limit_source": "openrouter_in_flight_budget"}}}, RateLimited),
        (403, "no", Unauthorised),
        (403, "Key limit exceeded (total limit)", OutOfCredit),
        (403, "your input was flagged", Refused),
        (404, "no such model", UnknownModel),
        (408, "slow", TimedOut),
        (409, "busy", RateLimited),
        (413, "large", TooLong),
        (422, "unprocessable", Refused),
        (425, "early", RateLimited),
        (429, "slow down", RateLimited),
        (429, {"error": {"code": "insufficient_quota", "message": "You exceeded your quota"}}, OutOfCredit),
        (500, "oops", ServerFailed),
        (503, "full", ServerFailed),
        (529, "overloaded", ServerFailed),
        (302, "", Refused),
        (418, "teapot", Refused),
    ],
)
def test_every_status_has_its_error(status, body, kind):
    """Statuses, and words where the status would mislead, are mapped to the tree."""
    raw = (body if isinstance(body, str) else json.dumps(body)).encode()
    error = error_of(status, {}, raw)
    assert type(error) is kind
    assert error.status == status


def test_a_gateway_time_out_may_have_been_billed():
    """A proxy that stops waiting does not stop the model."""
    assert error_of(504, {}, b"").billed is None
    assert error_of(500, {}, b"").billed is False


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "7"}, 7.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"Retry-After-Ms": "250", "Retry-After": "7"}, 0.25),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:30 GMT", "Date": "Wed, 21 Oct 2015 07:28:00 GMT"}, 30.0),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:30 GMT"}, 0.0),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-3"}, None),
    ],
)
def test_retry_after_is_read_in_all_its_forms(headers, seconds):
    """Seconds, milliseconds and dates; nonsense is ignored."""
    for status in (429, 503):
        assert error_of(status, headers, b"").retry_after_s == seconds


def test_messages_quote_the_provider_shortly_and_without_keys():
    """The provider's own words, in 300 characters at most; what looks like a key is taken out."""
    long = json.dumps({"error": {"message": "x" * 1000}}).encode()
    assert len(str(error_of(400, {}, long))) < 350
    leaky = b'{"error": {"message": "Incorrect API key provided: sk-abc123456789. Bearer sk-or-v1-0123456789"}}'
    assert "123456789" not in str(error_of(401, {}, leaky))
    upstream = {"error": {"message": "Provider returned error", "metadata": {"raw": "model is asleep"}}}
    assert "model is asleep" in str(error_of(502, {}, json.dumps(upstream).encode()))


@pytest.mark.parametrize(
    "body",
    [
        b"no json",
        b'{"messages": []}',
        b'{"model": "m"}',
        b'{"model": "m", "messages": []}',
        b'{"model": "m", "messages": [{"role": "king", "content": ""}]}',
        b'{"model": "m", "messages": [{"role": "user", "content": "q"}], "n": 2}',
        b'{"model": "m", "messages": [{"role": "user", "content": [{"type": "image_url"}]}]}',
        b'{"model": "m", "messages": [{"role": "user", "content": "q"}], "temperature": "hot"}',
        b'{"model": "m", "messages": [{"role": "user", "content": "q"}], "max_tokens": 0}',
    ],
)
def test_a_request_that_cannot_be_served_is_refused_with_400(body):
    """A client of our server is told what is wrong."""
    with pytest.raises(Refused) as caught:
        decode_request(body)
    assert status_of(caught.value) == 400


def test_a_clients_request_is_read_with_all_its_forms():
    """Parts, `developer`, a single stop text, `max_completion_tokens`, JSON mode and unknown fields are understood."""
    model, request, stream = decode_request(
        json.dumps(
            {
                "model": "panel",
                "stream": True,
                "stream_options": {"include_usage": True},
                "user": "someone",
                "messages": [
                    {"role": "developer", "content": "Be."},
                    {"role": "user", "content": [{"type": "text", "text": "q"}]},
                ],
                "stop": "END",
                "max_completion_tokens": 5,
                "max_tokens": None,
                "response_format": {"type": "json_object"},
                "top_k": 3,
            }
        ).encode()
    )
    assert (model, stream) == ("panel", True)
    assert request.messages == (Message("system", "Be."), Message("user", "q"))
    assert request.sampling == Sampling(max_tokens=5, stop=("END",), extra={"top_k": 3})
    assert request.response_schema == {"type": "object"}


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (RateLimited("m"), 429),
        (RateLimited("m", status=409), 409),
        (UnknownModel("m"), 404),
        (TooLong("m"), 400),
        (TimedOut("m"), 504),
        (BadResponse("m"), 502),
        (BudgetExceeded("m", limit="usd", scope="run"), 402),
    ],
)
def test_our_errors_are_told_as_openai_tells_them(error, status):
    """The body names our code and the status, with what to do about it."""
    told = json.loads(encode_error(error))["error"]
    assert (told["code"], told["type"]) == (status, error.code)
    assert str(error) in told["message"]


TEXT = st.text(max_size=40)
WORDS = st.text(min_size=1, max_size=40).filter(str.strip)
COUNT = st.integers(0, 10**6)
CALLS = st.lists(st.builds(ToolCall, WORDS, WORDS, TEXT), max_size=2).map(tuple)
NUMBER = st.none() | st.floats(-2, 2)
SAMPLINGS = st.builds(
    Sampling,
    temperature=st.none() | st.floats(0, 2),
    top_p=st.none() | st.floats(0, 1, exclude_min=True),
    max_tokens=st.none() | st.integers(1, 10**6),
    stop=st.lists(WORDS, max_size=2).map(tuple),
    seed=st.none() | COUNT,
    frequency_penalty=NUMBER,
    presence_penalty=NUMBER,
    reasoning_effort=st.none() | st.just("low"),
    extra=st.dictionaries(st.sampled_from(["top_k", "provider", "min_p"]), COUNT | TEXT, max_size=2),
)
MESSAGES = st.one_of(
    st.builds(Message, st.sampled_from(["system", "user", "assistant"]), TEXT),
    st.builds(Message, st.just("assistant"), TEXT, CALLS),
    st.builds(Message, st.just("tool"), TEXT, st.just(()), WORDS),
)
REQUESTS = st.builds(
    Request,
    st.lists(MESSAGES, min_size=1, max_size=3).map(tuple),
    sampling=SAMPLINGS,
    tools=st.lists(st.builds(Tool, WORDS, TEXT, st.just({"type": "object"})), max_size=2).map(tuple),
    response_schema=st.none() | st.just(SCHEMA),
)
USAGES = st.builds(
    lambda fresh, cached, written, said, reasoning: Usage(
        fresh + cached + written, said + reasoning, cached, written, reasoning
    ),
    *[COUNT] * 5,
)
USD = st.decimals(0, 1000, allow_nan=False, allow_infinity=False).filter(credible)
RECEIVED = st.builds(
    Received,
    text=WORDS,
    tool_calls=CALLS,
    finish=st.sampled_from(["length", "tool_calls", "content_filter"]),
    usage=st.none() | USAGES,
    reported_usd=st.none() | USD,
    model=st.just("m"),
    provider=TEXT,
    request_id=WORDS,
)


@given(REQUESTS, st.booleans(), st.sampled_from(["vllm", "openai"]))
def test_a_request_survives_the_round_trip(request, stream, provider):
    """What the client codec writes, the server codec reads."""
    body = encode_request(request, "some/model", PROVIDERS[provider], stream=stream)
    assert decode_request(body) == ("some/model", request, stream)


@given(RECEIVED)
def test_a_reply_survives_the_round_trip(received):
    """What the server codec writes, the client codec reads, to the last digit of the cost."""
    assert decode_reply(encode_reply(received, "m", created=1)) == received


@given(st.binary(max_size=200))
def test_no_body_breaks_the_decoder(body):
    """Any bytes give an answer or an error of the tree."""
    with suppress(CallError):
        decode_reply(body)
    assert error_of(500, {}, body).status == 500


def test_replies_without_an_id_still_have_one_on_the_wire():
    """OpenAI's clients insist on an id and a time."""
    body = json.loads(encode_reply(Received(text="a"), "m", created=5))
    assert (body["id"], body["created"], "usage" in body) == ("chatcmpl-0", 5, False)


@pytest.mark.parametrize("read", [decode_reply, decode_request], ids=["reply", "request"])
@pytest.mark.parametrize("body", [b'"\x80"', b'{"model":"\x80"}', b'{"choices":[{"message":{"content":"\x80"}}]}'])
def test_bytes_that_are_no_text_are_told(read, body):
    """A body that is no UTF-8 is an error of ours, whoever reads it."""
    with pytest.raises(CallError):
        read(body)
