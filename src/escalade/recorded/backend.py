"""RecordedBackend: answers a request with what a real model once said to the same item.

The item's id alone decides. A request whose messages are not the plain question, such as an escalation prompt with
other models' answers in it, gets the item's recorded answer all the same: what the model would have said to that
prompt nobody recorded. Strategies that change prompts are therefore judged as if the changes had no effect. It has
no latency, and there are as many samples of an item as the file holds.
"""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from escalade.core.errors import Refused
from escalade.core.ids import canonical, fingerprint
from escalade.core.messages import Request
from escalade.core.usage import Usage, estimated_tokens
from escalade.models.backend import Received
from escalade.recorded.answers import RecordedAnswers, RecordedFields


class RecordedBackend:
    """One model's recorded answers.

    Where the file has no token counts they are estimated, and said to be, at four characters a token: output from the
    recorded text, input from `input_chars` (item id to characters, such as those of question and options without our
    instructions) or, for items not in it, from the request's messages.
    """

    by_item = True
    simulated = False

    def __init__(
        self,
        path: Path,
        model: str | None = None,
        *,
        fields: Mapping[str, str] | None = None,
        input_chars: Mapping[str, int] | None = None,
    ) -> None:
        self._fields = RecordedFields.of(fields or {})
        self._answers = RecordedAnswers(path, model, self._fields)
        self._input_chars = dict(input_chars or {})

    @cached_property
    def identity(self) -> str:
        """The file's content, how it is read, the model and, where given, the characters behind its input."""
        chars = f":{fingerprint(self._input_chars)}" if self._input_chars else ""
        return f"recorded:{self._answers.sha256[:16]}:{self._answers.model}:{fingerprint(self._fields)}{chars}"

    @property
    def model_id(self) -> str:
        return self._answers.model

    def encode(self, request: Request) -> bytes:
        """The item's id and all messages, although the messages change no answer: their bytes bound its input."""
        return canonical([request.item, request.messages])

    async def send(self, body: bytes, request: Request) -> Received:  # noqa: ARG002  (the item is the question)
        """The recorded answer. Raises Refused where there is none for this item and sample."""
        answers = self._answers.of(request.item)
        if not answers:
            raise Refused(
                f"no recorded answer of {self._answers.model or 'this model'} to item {request.item or '(none)'!r}",
                hint=f"{self._answers.path} must hold a line with this id; outside a benchmark there are no items",
            )
        if request.sample >= len(answers):
            raise Refused(
                f"sample {request.sample} of item {request.item!r} was asked for, but {len(answers)} recorded",
                hint="self-consistency and repeated trials need a file with that many answers to each item",
            )
        answer = answers[request.sample]
        text = answer.text.decode()
        usage = answer.usage or self._estimated(request, answer.chars)
        return Received(text=text, usage=usage, model=self._answers.model, provider="recorded")

    def _estimated(self, request: Request, said: int) -> Usage:
        chars = self._input_chars.get(request.item)
        if chars is None:
            chars = sum(len(message.content) for message in request.messages)
        return Usage(estimated_tokens(chars), estimated_tokens(said), estimated=True)
