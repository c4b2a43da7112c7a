"""The journal: one mechanism for cache, resume, replay and sharing.

Every finished Call is kept under the hash of what was asked of whom. Whoever asks the same again is answered from
there and pays nothing; two who ask it at the same time share one call, be it in two processes of one run. Failures are
kept as facts, never as answers. What an event loop had under way when it was closed is nobody's; several loops at the
same time are refused, and take a journal each, over one store if they like.
"""

import asyncio

from msgspec import Struct

from escalade.core.errors import NotInJournal
from escalade.core.ids import digest
from escalade.core.messages import Request
from escalade.core.one_loop import OneLoop
from escalade.ledger.budget import Budget
from escalade.ledger.call import Call
from escalade.ledger.limits import Counted, Limits, Spending
from escalade.ledger.span import Span
from escalade.models.backend import Backend, Received
from escalade.models.packed import Packed, unpacked
from escalade.store import CallRow, ReservationRow, Store

_LOOK_AGAIN_S = (0.02, 1.0)
"""How long the call of another process is waited for, at first and at most, between two looks."""


def key_of(backend: Backend, body: bytes, request: Request) -> str:
    """The name of a Call before it is made: who is asked, what is sent, which sample, and the item where it matters."""
    item = request.item if backend.by_item else ""
    return digest(backend.identity, body, str(request.sample), item)


class Kept(Struct, frozen=True):
    """An answer found in the journal."""

    call: Call
    received: Received


class Journal:
    """Keeps Calls in a store. With `offline`, a call that is not there is refused."""

    def __init__(self, store: Store, *, offline: bool = False) -> None:
        self._store = store
        self._offline = offline
        self._home = OneLoop("Journal")
        self._under_way: UnderWay = {}
        self._claimed: set[str] = set()
        """Those of the calls under way that are ours to make: who only waits for one has none of its claim."""

    async def begin(self, key: str, budget: Budget) -> "UnderWay":
        """Wait until nobody else is making this call. From now to `end`, which is given what is returned here, it is
        ours to look up and to make. Raises ConfigError where another event loop that is still open uses the journal.
        """
        if self._home.is_new():
            self._under_way = {}
            while self._claimed:
                self._store.claims.drop(self._claimed.pop())
        under_way = self._under_way
        while key in under_way:
            await budget.in_time(asyncio.wait([_end_of(key, under_way)]))
        under_way[key] = None
        return under_way

    def end(self, key: str, under_way: "UnderWay") -> None:
        """Let others have the call."""
        ended = under_way.pop(key)
        if ended is not None and not ended.get_loop().is_closed():
            ended.set_result(None)
        if under_way is self._under_way and key in self._claimed:  # else the claim is another's, or its loop was closed
            self._claimed.remove(key)
            self._store.claims.drop(key)

    async def find(self, key: str, model: str, budget: Budget) -> Kept | None:
        """The answer, if it is there. None: the call is ours to make, and no other process of the run makes it.

        Raises NotInJournal where it would have to be made and may not.
        """
        pause, longest = _LOOK_AGAIN_S
        while (kept := _kept(await self._store.call(key))) is None:
            if self._offline:
                raise NotInJournal(f"this call of {model} is not in the journal, and --offline allows no other")
            if await self._store.claims.take(key):
                self._claimed.add(key)
                # It may have been answered between the look and the claim, by one whose claim ended then.
                return _kept(await self._store.call(key)) if self._store.claims.shared else None
            await budget.in_time(asyncio.sleep(pause))
            pause = min(2 * pause, longest)
        return kept

    async def announce(self, call_id: str, worst: Spending, span: Span) -> Counted | None:
        """Before a call under a budget is sent: if we are killed now, the next attempt knows what it may owe.

        Where the run has no room for it, nothing is written; what is gone of that room for good is returned.
        """
        run, system, limits = span.tags.run, span.tags.system, span.budget.shared
        worker = self._store.worker if limits else ""
        return await self._store.add_reservation(
            ReservationRow(id=call_id, run=run, system=system, worst=worst, worker=worker, limits=limits or Limits())
        )

    def withdraw(self, announced: str) -> None:
        """The announced call was never sent."""
        self._store.drop_reservation_later(announced)

    async def keep(
        self, call: Call, spent: Spending, span: Span, announced: str, *, answer: Packed, request: bytes
    ) -> Received:
        """Commit an answered Call; return, when it is safe, the answer that the journal has.

        That is `answer`, unless another process made the same call meanwhile and was first.
        """
        row = _row(call, spent, span, received=answer.body, request=request)
        first = await self._store.add_call(row, announced)
        return answer.received if first is None or first.received is None else unpacked(first.received)

    def keep_failure(self, call: Call, spent: Spending, span: Span, announced: str) -> None:
        """Remember a failed attempt. Does not wait, so that it can be called while being cancelled."""
        self._store.add_call_later(_row(call, spent, span), announced)


UnderWay = dict[str, asyncio.Future[None] | None]
"""Calls that are made in one event loop, each with its end where somebody waits for it."""


def _end_of(key: str, under_way: UnderWay) -> asyncio.Future[None]:
    ended = under_way[key]
    if ended is None:
        ended = under_way[key] = asyncio.get_running_loop().create_future()
    return ended


def _kept(row: CallRow | None) -> Kept | None:
    return Kept(row.call, unpacked(row.received)) if row is not None and row.received is not None else None


def _row(
    call: Call, spent: Spending, span: Span, *, received: bytes | None = None, request: bytes | None = None
) -> CallRow:
    tags = span.tags
    return CallRow(
        call=call,
        received=received,
        request=None if tags.redacted else request,
        run=tags.run,
        system=tags.system,
        item=tags.item,
        sample=tags.sample,
        account=tags.account,
        held=spent,
    )


def said(row: CallRow) -> str:
    """The text of an answered Call, "" for a failed one."""
    return "" if row.received is None else unpacked(row.received).text
