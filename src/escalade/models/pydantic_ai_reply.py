"""What comes back through pydantic-ai, in our terms: an answer as a Received, a failure as a CallError.

pydantic-ai hides the provider's body: a cost reported there does not come through, and its own estimate of one is not
taken for a report. Tokens that it did not measure are unknown, never zero.
"""

from typing import TYPE_CHECKING

import msgspec

from escalade.core.errors import BadResponse, CallError, ConnectionFailed, CutOff, TimedOut
from escalade.core.messages import ToolCall
from escalade.core.reply import Finish
from escalade.core.text import mended
from escalade.core.usage import Usage
from escalade.models.backend import Received
from escalade.models.wire import error_of
from escalade.models.wire.parts import arguments_of
from escalade.models.wire.reply import empty_answer

if TYPE_CHECKING:
    from pydantic_ai.exceptions import AgentRunError
    from pydantic_ai.messages import ModelResponse
    from pydantic_ai.usage import RequestUsage

_FINISH: dict[str | None, Finish] = {
    "length": "length",
    "content_filter": "content_filter",
    "tool_call": "tool_calls",
    "error": "error",
}


def received_from(response: "ModelResponse", model_id: str) -> Received:
    """The answer in `response`, of `model_id` where no model is named. Raises EmptyAnswer if there is nothing in it."""
    calls = tuple(
        ToolCall(mended(c.tool_call_id), mended(c.tool_name), mended(arguments_of(c.args)) or "{}")
        for c in response.tool_calls
    )
    text = mended(response.text or "")
    usage = _usage(response.usage)
    finish = _FINISH.get(response.finish_reason, "tool_calls" if calls else "stop")
    if not text.strip() and not calls:
        raise empty_answer(finish, usage)
    return Received(
        text=text,
        tool_calls=calls,
        finish=finish,
        usage=usage,
        model=mended(response.model_name or model_id),
        provider=mended(response.provider_name or ""),
        request_id=mended(response.provider_response_id or ""),
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


def error_from(problem: "AgentRunError") -> CallError:
    """What `problem` means to us, the server's wish to wait included; BadResponse where nothing closer fits."""
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
