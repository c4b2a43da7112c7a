"""Memo: what the nodes of a stack answered within one question, so that its tree is executed as the DAG that it is.

A node asked twice for the same (the same words, the same sample) works once, whoever asks and whenever. Its work has a
place of its own below the stack, named by node and request, so that nothing depends on who came first.
"""

import asyncio

from escalade.core.errors import Failure
from escalade.core.ids import fingerprint
from escalade.core.messages import Request
from escalade.core.reply import Reply
from escalade.ledger.span import Span
from escalade.models.protocol import Model, ask, reply_or_raise


class Memo:
    """Of one question; the work is done, and accounted for, below `span`."""

    def __init__(self, span: Span) -> None:
        self._span = span
        self._outcomes: dict[str, asyncio.Future[Reply | Failure]] = {}

    async def outcome(self, number: int, model: Model, request: Request) -> Reply | Failure:
        """What node `number`, which is `model`, makes of `request`."""
        place = f"{number}.{fingerprint(request)}"
        known = self._outcomes.get(place)
        if known is not None:
            return await asyncio.shield(known)
        mine = self._outcomes[place] = asyncio.get_running_loop().create_future()
        try:
            outcome = await ask(model, request, self._span, "tool", place=place)
        except asyncio.CancelledError:
            mine.cancel()  # whoever waits for this is cut with it
            raise
        except BaseException as error:
            mine.set_exception(error)
            mine.exception()  # else asyncio would tell of it where nobody waits
            raise
        mine.set_result(outcome)
        return outcome


class Node:
    """One node of a stack within one question: a Model that answers through the memo."""

    def __init__(self, name: str, model: Model, number: int, memo: Memo) -> None:
        self.name = name
        self._model = model
        self._number = number
        self._memo = memo

    async def reply(self, request: Request, span: Span) -> Reply:  # noqa: ARG002  (the memo has a span of its own)
        return reply_or_raise(await self._memo.outcome(self._number, self._model, request))
