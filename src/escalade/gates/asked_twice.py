"""Asking a judge, and once more where its reply cannot be used: the second time it is told what was wrong.

A judge that fails is not asked again (retries are the leaf's affair), and no verdict is made up: what could not be
read twice is None.
"""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from msgspec import Struct

from escalade.core.errors import Failure
from escalade.core.messages import Message, Request
from escalade.core.reply import Reply
from escalade.ledger.span import Span
from escalade.models.protocol import Model, ask
from escalade.models.structure import Worst, worst_of
from escalade.prompts import Template

T = TypeVar("T")
Read = Callable[[Reply], tuple[T | None, str]]
"""What a reply says, None where it cannot be read, and what is wrong with it, "" if nothing is."""


class Heard(Struct, Generic[T], frozen=True):
    said: T | None
    """What was read, from the second reply if possible; None if neither could be read."""
    trouble: str
    """What is still wrong with it."""
    last: Reply | Failure
    """What came last."""


async def asked_twice(
    model: Model,
    request: Request,
    span: Span,
    role: str,
    *,
    read: Read[T],
    again: Template | None,
    place: str | None = None,
) -> Heard[T]:
    """What `model` says to `request`; where that is trouble, `again` is filled with it. None: nobody asks again."""
    first = await ask(model, request, span, role, place=place)
    if isinstance(first, Failure):
        return Heard(None, "", first)
    said, trouble = read(first)
    if not trouble or again is None:
        return Heard(said, trouble, first)
    asked = request.also("assistant", first.text or "(nothing)").also("user", again.fill(problem=trouble))
    second = await ask(model, asked, span, role, place=f"{place}.again" if place else None)
    if isinstance(second, Failure):
        return Heard(said, trouble, second)
    better, left = read(second)
    return Heard(said, trouble, second) if better is None and said is not None else Heard(better, left, second)


def worst_of_two(model: Model, prompt_tokens: int, again: Template, trouble: int) -> Worst:
    """The worst case of both calls, where the second is told of the trouble in at most so many bytes."""
    first = worst_of(model, prompt_tokens)
    words = len(again.text.encode()) + trouble
    return first + worst_of(model, prompt_tokens + first.output + words)


def put_to_judge(
    request: Request, words: str, schema: dict[str, Any] | None = None, strictness: Template | None = None
) -> Request:
    """`words` about `request`, for a judge: nothing of the question's own sampling, tools or form."""
    system = (Message("system", strictness.text),) if strictness else ()
    return Request(
        (*system, Message("user", words)),
        response_schema=schema,
        item=request.item,
        labels=request.labels,
        sample=request.sample,
    )
