"""The protocol of native tool calls: the endpoint parses the calls, and each is answered by a message of its own.

What is sent back to the head is always well formed, whatever it wrote: its calls have distinct ids, and their
arguments are JSON. A call that stands in the text is not guessed at: it is no call, and no answer either.
"""

import re
from collections.abc import Sequence

import msgspec

from escalade.answers import without_reasoning
from escalade.core.messages import Message, Request, Tool, ToolCall
from escalade.core.reply import Reply
from escalade.strategies.react.reading import read_object, read_turn
from escalade.strategies.react.step import Step, Use

NO_QUERY = "the arguments of its calls hold no query"
NOTHING = "it neither calls a tool nor answers"
WRITTEN = "it writes a call down as text, where no tool sees it: call the tool itself, or answer without such marks"
_TAG = re.compile(r"<[|\uff5c]?(?:tool|function)[ _\u2581]?calls?\b|<function=|\[TOOL_CALLS\]", re.IGNORECASE)
"""How the templates of models begin a call that their server did not recognise."""


class NativeProtocol:
    """Calls in assistant messages, observations in tool messages."""

    def __init__(self, tools: tuple[Tool, ...]) -> None:
        self._tools = tools

    def opened(self, request: Request, prompt: str) -> Request:
        """The conversation's beginning: `prompt`, under the request's own system messages."""
        system = tuple(message for message in request.messages if message.role == "system")
        messages = (*system, Message("user", prompt))
        return msgspec.structs.replace(request, messages=messages, tools=self._tools, response_schema=None)

    def read(self, reply: Reply, step: int) -> Step:
        text = without_reasoning(reply.text).strip()
        if not reply.tool_calls:
            return self._answer(text)
        uses = tuple(
            Use(call.name, read_object(call.arguments) or "", id_)
            for call, id_ in zip(reply.tool_calls, _ids(reply.tool_calls, step), strict=True)
        )
        calls = tuple(ToolCall(use.id, use.tool, msgspec.json.encode({"query": use.query}).decode()) for use in uses)
        trouble = "" if any(use.query for use in uses) else NO_QUERY
        return Step(said=Message("assistant", text, calls), uses=uses, trouble=trouble)

    def _answer(self, text: str) -> Step:
        """The step of a turn without calls: the final answer, unless it is a call that was only written down."""
        written, names = read_turn(text), [tool.name.lower() for tool in self._tools]
        if _TAG.search(text) or any(use.query or use.tool.lower() in names for use in written.uses):
            return Step(said=written.said, trouble=WRITTEN)
        said = Message("assistant", text or "(nothing)")
        return Step(said=said, final=text, trouble="" if text else NOTHING)

    def told(self, step: Step, observations: Sequence[str], remark: str) -> tuple[Message, ...]:
        """What the head hears next: an answer to each of its calls, and a remark."""
        if not step.uses:
            return (Message("user", remark),)
        heard = list(observations) or ["(not asked)"] * len(step.uses)
        heard[-1] = f"{heard[-1]}\n\n{remark}" if remark else heard[-1]
        return tuple(Message("tool", said, tool_call_id=use.id) for use, said in zip(step.uses, heard, strict=True))


def _ids(calls: Sequence[ToolCall], step: int) -> list[str]:
    """The calls' own ids if they tell the calls apart, else ids of nine letters and digits, which all servers take."""
    own = [call.id for call in calls]
    if all(own) and len(set(own)) == len(own):
        return own
    return [f"call{step:02}{place:03}" for place in range(1, len(calls) + 1)]
