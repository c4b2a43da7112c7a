"""PydanticAI: any pydantic-ai Model as a Backend, so that its providers can be leaves too (extra `pydantic-ai`).

Only the model is used, never an agent, so that one `send` is one request. Provider SDKs
retry by themselves; build the model with that switched off (`max_retries=0`), or attempts go unseen.
"""

from typing import TYPE_CHECKING, Any

from escalade.core.errors import Refused
from escalade.core.messages import Message, Request, Sampling
from escalade.models.backend import Received
from escalade.models.providers import Quirks, plain_address
from escalade.models.pydantic_ai_reply import error_from, received_from
from escalade.models.wire import decode_request, encode_request

if TYPE_CHECKING:
    from pydantic_ai.messages import ModelMessage, ModelRequestPart
    from pydantic_ai.models import Model, ModelRequestParameters
    from pydantic_ai.settings import ModelSettings

_QUIRKS = Quirks(structured_output=True)
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
            raise error_from(problem) from problem
        except UserError as problem:
            raise Refused(f"pydantic-ai refuses the request: {problem}") from problem
        return received_from(response, self.model_id)

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
