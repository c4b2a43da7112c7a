"""PydanticAI: any pydantic-ai Model as a Backend, so that its providers can be leaves too (extra `pydantic-ai`).

Only the model is used, never an agent, so that one `send` is one request. pydantic-ai hides the provider's body: a cost
reported there does not come through, and its own estimate of one is not taken for a report. Provider SDKs retry by
themselves; build the model with that switched off (`max_retries=0`), or attempts go unseen.
"""

from typing import TYPE_CHECKING, Any

import msgspec

from escalade.core.errors import BadResponse, CallError, ConnectionFailed, CutOff, Refused, TimedOut
from escalade.core.messages import Message, Request, Sampling, ToolCall
from escalade.core.reply import Finish
from escalade.core.usage import Usage
from escalade.models.backend import Received
from escalade.models.providers import Quirks, plain_address
from escalade.models.wire import decode_request, encode_request, error_of
from escalade.models.wire.reply import empty_answer

if TYPE_CHECKING:
    from pydantic_ai.exceptions import AgentRunError
    from pydantic_ai.messages import ModelMessage, ModelRequestPart, ModelResponse
    from pydantic_ai.models import Model, ModelRequestParameters
    from pydantic_ai.settings import ModelSettings
    from pydantic_ai.usage import RequestUsage

_QUIRKS = Quirks(structured_output=True)
_FINISH: dict[str | None, Finish] = {
    "length": "length",
    "content_filter": "content_filter",
    "tool_call": "tool_calls",
    "error": "error",
}
_SETTINGS = {
    "temperature": "temperature",
    "top_p": "top_p",
    "max_tokens": "max_tokens",
    "seed": "seed",
    "frequency_penalty": "frequency_penalty",
    "presence_penalty": "presence_penalty",
    "reasoning_effort": "thinking",
    "extra": "extra_body",
}
"""pydantic-ai's names of our sampling fields."""


class PydanticAI:
    """A Backend that asks `model`. The body that it encodes is an OpenAI one: it names the request and is not sent."""

    by_item = False

    def __init__(
        self,
        model: "Model",
        *,
        timeout_s: float = 600.0,
        simulated: bool = False,
    ) -> None:
        """`simulated`: true for a model that no provider answers, such as pydantic-ai's test models."""
        self.model = model
        self.model_id: str = model.model_name
        address = plain_address(getattr(model.provider, "base_url", ""))
        self.identity = f"pydantic-ai:{model.system}" + (f"@{address}" if address else "")
        self.simulated = simulated
        self.timeout_s = timeout_s

    def __repr__(self) -> str:
        return f"PydanticAI({self.identity!r}, {self.model_id!r})"

    def encode(self, request: Request) -> bytes:
        return encode_request(request, self.model_id, _QUIRKS)

    async def send(self, body: bytes, request: Request) -> Received:  # noqa: ARG002  (the body says it all)
        """One request to the model. Raises a CallError."""
        from pydantic_ai.direct import model_request  # noqa: PLC0415  (an optional, heavy library)
        from pydantic_ai.exceptions import AgentRunError, UserError  # noqa: PLC0415  (as above)

        _, whole, _ = decode_request(body)
        try:
            response = await model_request(
                self.model,
                _messages(whole.messages),
                model_settings=_settings(whole.sampling, self.timeout_s),
                model_request_parameters=self._parameters(whole),
            )
        except AgentRunError as problem:
            raise _error(problem) from problem
        except UserError as problem:
            raise Refused(f"pydantic-ai refuses the request: {problem}") from problem
        return _received(response, self.model_id)

    def _parameters(self, request: Request) -> "ModelRequestParameters":
        from pydantic_ai.models import ModelRequestParameters  # noqa: PLC0415  (an optional, heavy library)
        from pydantic_ai.output import OutputObjectDefinition  # noqa: PLC0415  (as above)
        from pydantic_ai.tools import ToolDefinition  # noqa: PLC0415  (as above)

        tools = [
            ToolDefinition(name=t.name, parameters_json_schema=t.parameters, description=t.description)
            for t in request.tools
        ]
        schema = request.response_schema
        if schema is None or not self.model.profile.get("supports_json_schema_output"):
            return ModelRequestParameters(function_tools=tools)
        wanted = OutputObjectDefinition(json_schema=schema, name="answer")
        return ModelRequestParameters(function_tools=tools, output_mode="native", output_object=wanted)


def _settings(sampling: Sampling, timeout_s: float) -> "ModelSettings":
    settings: dict[str, Any] = {"request_timeout": timeout_s}
    for ours, theirs in _SETTINGS.items():
        if (value := getattr(sampling, ours)) not in (None, {}):
            settings[theirs] = value
    if sampling.stop:
        settings["stop_sequences"] = list(sampling.stop)
    return settings  # type: ignore[return-value]  # a TypedDict whose keys come from a table


def _messages(messages: tuple[Message, ...]) -> "list[ModelMessage]":
    """The conversation in pydantic-ai's form: what lies between two answers is one request."""
    from pydantic_ai.messages import ModelRequest, ModelResponse, TextPart, ToolCallPart  # noqa: PLC0415  (as above)

    names = {call.id: call.name for message in messages for call in message.tool_calls}
    result: list[ModelMessage] = []
    parts: list[ModelRequestPart] = []
    for message in messages:
        if message.role != "assistant":
            parts.append(_request_part(message, names))
            continue
        if parts:
            result.append(ModelRequest(parts))
            parts = []
        said = [TextPart(message.content)] if message.content else []
        result.append(
            ModelResponse([*said, *(ToolCallPart(c.name, c.arguments, tool_call_id=c.id) for c in message.tool_calls)])
        )
    return [*result, ModelRequest(parts)] if parts else result


def _request_part(message: Message, names: dict[str, str]) -> "ModelRequestPart":
    from pydantic_ai.messages import SystemPromptPart, ToolReturnPart, UserPromptPart  # noqa: PLC0415  (as above)

    if message.role == "system":
        return SystemPromptPart(message.content)
    if message.role == "tool":
        call = message.tool_call_id or ""
        return ToolReturnPart(names.get(call, ""), message.content, tool_call_id=call)
    return UserPromptPart(message.content)


def _received(response: "ModelResponse", model_id: str) -> Received:
    calls = tuple(ToolCall(c.tool_call_id, c.tool_name, c.args_as_json_str()) for c in response.tool_calls)
    text = response.text or ""
    usage = _usage(response.usage)
    finish = _FINISH.get(response.finish_reason, "tool_calls" if calls else "stop")
    if not text.strip() and not calls:
        empty = empty_answer(finish)
        empty.usage = usage
        raise empty
    return Received(
        text=text,
        tool_calls=calls,
        finish=finish,
        usage=usage,
        model=response.model_name or model_id,
        provider=response.provider_name or "",
        request_id=response.provider_response_id or "",
    )


def _usage(usage: "RequestUsage") -> Usage | None:
    if usage.unmeasured_requests or not usage.has_values():
        return None
    reasoning = usage.output_reasoning_tokens or usage.details.get("reasoning_tokens", 0)
    return Usage(
        usage.input_tokens,
        usage.output_tokens,
        usage.cache_read_tokens,
        usage.cache_write_tokens,
        min(reasoning, usage.output_tokens),
    )


def _error(problem: "AgentRunError") -> CallError:
    from pydantic_ai import exceptions as theirs  # noqa: PLC0415  (an optional, heavy library)

    if isinstance(problem, theirs.ModelHTTPError):
        error = error_of(problem.status_code, problem.headers or {}, _body(problem.body))
        error.retry_after_s = error.retry_after_s if problem.retry_after is None else problem.retry_after
        return error
    if isinstance(problem, theirs.ModelConnectionError) and problem.phase in ("pool", "connect"):
        return ConnectionFailed(str(problem))
    if isinstance(problem, theirs.ModelRequestTimeout | theirs.ModelTimeoutError):
        return TimedOut(str(problem))
    if isinstance(problem, theirs.ModelAPIError):
        return CutOff(str(problem))
    return BadResponse(str(problem))


def _body(body: object) -> bytes:
    """The provider's own error, as JSON where it can be."""
    try:
        return msgspec.json.encode(body)
    except TypeError:
        return str(body).encode()
