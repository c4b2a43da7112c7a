"""The text protocol: labelled steps that any chat model can write, stopped before invented observations."""

from collections.abc import Sequence

import msgspec

from escalade.core.messages import Message, Request
from escalade.core.reply import Reply
from escalade.strategies.react.reading import read_turn
from escalade.strategies.react.step import Step

_STOP = "\nObservation:"


class TextProtocol:
    """Steps as assistant messages, observations as user messages."""

    def opened(self, request: Request, prompt: str) -> Request:
        """The conversation's beginning: `prompt`, under the request's own system messages."""
        system = tuple(message for message in request.messages if message.role == "system")
        stop = (*(s for s in request.sampling.stop if s != _STOP), _STOP)
        return msgspec.structs.replace(
            request,
            messages=(*system, Message("user", prompt)),
            sampling=msgspec.structs.replace(request.sampling, stop=stop),
            tools=(),
            response_schema=None,
        )

    def read(self, reply: Reply, step: int) -> Step:  # noqa: ARG002  (native calls are named by it)
        return read_turn(reply.text)

    def told(self, step: Step, observations: Sequence[str], remark: str) -> tuple[Message, ...]:  # noqa: ARG002
        """What the head hears next: an observation for each use, and a remark."""
        said = [f"Observation: {observation}" for observation in observations]
        return (Message("user", "\n\n".join([*said, remark] if remark else said)),)
