"""ScriptedModel: a model that says what it is told to, and complains of calls that it did not expect or never got."""

from collections.abc import Iterable
from types import TracebackType
from typing import Self

from escalade.core.errors import EscaladeError
from escalade.core.messages import Request
from escalade.core.reply import Reply
from escalade.core.structure import Structure
from escalade.ledger.span import Span
from escalade.models.structure import Worst


class UnexpectedCallError(AssertionError):
    """The script was over, and the model was asked once more."""


class ScriptedModel:
    """Gives `answers` in order: a text, a Reply, or an error to raise. As a context it checks that all were used.

    `requests` holds what it was asked, in order.
    """

    def __init__(self, answers: Iterable[str | Reply | EscaladeError], name: str = "scripted") -> None:
        self.name = name
        self.requests: list[Request] = []
        self._left = list(answers)

    async def reply(self, request: Request, span: Span) -> Reply:
        self.requests.append(request)
        if not self._left:
            raise UnexpectedCallError(f"{self.name} got an unexpected call at {span.path}: {request.question[:200]}")
        answer = self._left.pop(0)
        if isinstance(answer, EscaladeError):
            raise answer
        return answer if isinstance(answer, Reply) else Reply(text=answer, model=self.name)

    def assert_complete(self) -> None:
        """Every scripted answer was asked for."""
        if self._left:
            raise AssertionError(f"{self.name} was not asked for {len(self._left)} scripted answers: {self._left!r}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.assert_complete()

    def structure(self) -> Structure:
        return Structure("scripted", self.name)

    def worst(self, prompt_tokens: int) -> Worst:  # noqa: ARG002  (a script costs nothing)
        return Worst(calls=1, output=64)
