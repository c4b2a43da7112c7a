import json

import pytest

pytest.importorskip("pydantic_ai")

from pydantic_ai.exceptions import (
    ModelAPIError,
    ModelConnectionError,
    ModelHTTPError,
    ModelRequestTimeout,
    UnexpectedModelBehavior,
    UserError,
)
from pydantic_ai.messages import ModelRequest, ModelResponse, TextPart, ToolCallPart, ToolReturnPart
from pydantic_ai.models.function import FunctionModel
from pydantic_ai.models.test import TestModel
from pydantic_ai.usage import RequestUsage

from escalade.core.errors import (
    BadResponse,
    CallError,
    ConfigError,
    ConnectionFailed,
    CutOff,
    EmptyAnswer,
    RateLimited,
    Refused,
    TimedOut,
)
from escalade.core.messages import Message, Request, Sampling, Tool, ToolCall
from escalade.core.usage import Usage
from escalade.models.packed import packed
from escalade.models.pydantic_ai import PydanticAI

ASK = Tool("ask", "asks", {"type": "object", "properties": {"x": {"type": "integer"}}})


class Seen:
    """A pydantic-ai model that answers as told and remembers what it was asked."""

    def __init__(self, *answer) -> None:
        self.model = FunctionModel(self.answer)
        self.parts = answer
        self.messages = []
        self.info = None

    def answer(self, messages, info):
        self.messages, self.info = messages, info
        if isinstance(self.parts[0], Exception):
            raise self.parts[0]
        usage = RequestUsage(input_tokens=20, output_tokens=9, cache_read_tokens=4, output_reasoning_tokens=3)
        return ModelResponse(list(self.parts), usage=usage, provider_response_id="r1")


async def asked(backend: PydanticAI, request: Request):
    return await backend.send(backend.encode(request), request)


async def test_text_and_usage_come_back():
    """pydantic-ai's own test model answers through the backend."""
    received = await asked(PydanticAI(TestModel(custom_output_text="42")), Request.of("six times seven"))
    assert received.text == "42"
    assert received.usage is not None
    assert (received.model, received.provider, received.reported_usd) == ("test", "test", None)


async def test_usage_is_brought_to_our_buckets():
    """Cached and reasoning tokens are parts of their wholes."""
    received = await asked(PydanticAI(Seen(TextPart("42")).model), Request.of("q"))
    assert received.usage == Usage(20, 9, cached=4, reasoning=3)
    assert received.request_id == "r1"


async def test_half_a_character_costs_no_answer():
    """What no UTF-8 can hold is replaced, in text, tool calls and names, as in what a server sends."""
    parts = TextPart("fine \ud83d"), ToolCallPart("ask\ud83d", {"x": "\ud83d"}, tool_call_id="c\ud83d")
    received = await asked(PydanticAI(Seen(*parts).model), Request.of("q"))
    assert received.text == "fine \ufffd"
    [call] = received.tool_calls
    assert (call.id, call.name) == ("c\ufffd", "ask\ufffd")
    assert packed(received).received == received


async def test_the_whole_conversation_and_all_sampling_go_over():
    """Roles, tool calls, tool results and every setting arrive."""
    seen = Seen(TextPart("42"))
    seen.model = FunctionModel(seen.answer, profile={"supports_thinking": True})
    sampling = Sampling(temperature=0.5, max_tokens=50, stop=("END",), seed=3, reasoning_effort="low", extra={"k": 1})
    request = Request(
        (
            Message("system", "Be."),
            Message("user", "q"),
            Message("assistant", "let me see", tool_calls=(ToolCall("c1", "ask", '{"x":1}'),)),
            Message("tool", "found", tool_call_id="c1"),
            Message("user", "and?"),
        ),
        sampling=sampling,
        tools=(ASK,),
        sample=2,
    )
    await asked(PydanticAI(seen.model), request)
    first, second, third = seen.messages
    assert [part.content for part in first.parts] == ["Be.", "q"]
    assert isinstance(second, ModelResponse)
    assert second.text == "let me see"
    assert second.tool_calls[0].args_as_dict() == {"x": 1}
    assert isinstance(third, ModelRequest)
    result = third.parts[0]
    assert isinstance(result, ToolReturnPart)
    assert (result.tool_name, result.content, result.tool_call_id) == ("ask", "found", "c1")
    assert seen.info.function_tools[0].parameters_json_schema == ASK.parameters
    settings = seen.info.model_settings
    assert (settings["temperature"], settings["max_tokens"], settings["seed"]) == (0.5, 50, 5)
    assert (settings["stop_sequences"], settings["extra_body"]) == (["END"], {"k": 1})
    assert seen.info.model_request_parameters.thinking == "low"


async def test_tool_calls_come_back():
    """A model's wish to use a tool is ours, arguments as JSON text."""
    seen = Seen(ToolCallPart("ask", {"x": 1}, tool_call_id="c9"))
    received = await asked(PydanticAI(seen.model), Request(Request.of("q").messages, tools=(ASK,)))
    (call,) = received.tool_calls
    assert (call.id, call.name, json.loads(call.arguments)) == ("c9", "ask", {"x": 1})
    assert received.finish == "tool_calls"


@pytest.mark.parametrize("supported", [True, False])
async def test_a_schema_is_handed_over_only_where_the_model_takes_one(supported):
    """As with HTTP endpoints, JSON by a schema is asked for where it is offered."""
    seen = Seen(TextPart("{}"))
    seen.model = FunctionModel(seen.answer, profile={"supports_json_schema_output": supported})
    request = Request(Request.of("q").messages, response_schema={"type": "object", "properties": {}})
    await asked(PydanticAI(seen.model), request)
    assert (seen.info.model_request_parameters.output_object is not None) is supported


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (ModelHTTPError(429, "m", {"message": "slow"}, headers={"Retry-After": "7"}), RateLimited),
        (ModelHTTPError(400, "m", None), Refused),
        (ModelRequestTimeout("m", 1.0), TimedOut),
        (ModelConnectionError("m", "refused", phase="connect"), ConnectionFailed),
        (ModelConnectionError("m", "reset", phase="read"), CutOff),
        (ModelAPIError("m", "broken"), CutOff),
        (UnexpectedModelBehavior("odd"), BadResponse),
        (UserError("no such setting"), Refused),
    ],
)
async def test_errors_are_mapped_to_the_tree(theirs, ours):
    """Every failure of pydantic-ai is a CallError."""
    with pytest.raises(CallError) as caught:
        await asked(PydanticAI(Seen(theirs).model), Request.of("q"))
    assert type(caught.value) is ours
    assert caught.value.retry_after_s == (7.0 if ours is RateLimited else None)


async def test_an_empty_answer_says_what_it_used():
    """Nothing to read is an error that can be booked."""
    with pytest.raises(EmptyAnswer) as caught:
        await asked(PydanticAI(Seen(TextPart("")).model), Request.of("q"))
    assert caught.value.usage == Usage(20, 9, cached=4, reasoning=3)


def test_identity_and_body_name_the_call():
    """Equal requests to a model encode alike; the double says that it is one."""
    one, two = PydanticAI(TestModel(), simulated=True), PydanticAI(TestModel(model_name="other"))
    assert one.identity == "pydantic-ai:test"
    assert (one.model_id, one.by_item, one.simulated) == ("test", False, True)
    assert one.encode(Request.of("q")) == one.encode(Request.of("q")) != two.encode(Request.of("q"))
    assert "test" in repr(one)


def test_misleading_settings_are_refused_before_they_are_sent():
    """`extra` that falsifies the account is an error."""
    request = Request(Request.of("q").messages, sampling=Sampling(extra={"n": 3}))
    with pytest.raises(ConfigError):
        PydanticAI(TestModel()).encode(request)
