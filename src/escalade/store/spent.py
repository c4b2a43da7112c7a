"""What runs have spent and what they owe: sums over the Calls that are stored, and over what was announced."""

from collections.abc import Collection
from decimal import Decimal

from sqlalchemy import Connection, and_, select

from escalade.core.money import Total
from escalade.ledger.limits import Counted, Spending
from escalade.store import schema
from escalade.store.record import TrialKey


def paid(connection: Connection, run_id: str) -> dict[tuple[str, str], Total]:
    """What a run really spent, by (system, account); attempts that were cut are counted as unknown.

    So are calls that were in flight when an earlier attempt at a budgeted run was killed.
    """
    t, r = schema.calls, schema.reservations
    query = select(t.c.system, t.c.account, t.c.paid_usd, t.c.estimated).where(t.c.run == run_id)
    sums: dict[tuple[str, str], Total] = {}
    for system, account, usd, estimated in connection.execution_options(yield_per=5000).execute(query):
        known = Decimal(usd) if usd is not None else Decimal(0)
        line = Total(known, 1, int(usd is None), int(estimated))
        sums[system, account] = sums.get((system, account), Total()) + line
    for (system,) in connection.execute(select(r.c.system).where(r.c.run == run_id)):
        sums[system, "system"] = sums.get((system, "system"), Total()) + Total(calls=1, unknown=1)
    return sums


def owed(connection: Connection, run_id: str) -> Counted:
    """What of the system account counts against a run's budget already.

    Booked calls by what they cost, those in flight when an earlier attempt was killed by their worst case.
    """
    t, r = schema.calls, schema.reservations
    booked = select(t.c.held_usd, t.c.held_tokens).where(t.c.run == run_id, t.c.account == "system")
    announced = select(r.c.usd, r.c.tokens).where(r.c.run == run_id)
    return Counted.of((usd, tokens) for query in (booked, announced) for usd, tokens in connection.execute(query))


def unfinished(connection: Connection, run_id: str, items: Collection[str] | None = None) -> dict[TrialKey, Counted]:
    """What of the system account counts against each trial that has no Record yet.

    Of all items, or of those named.
    """
    c, r = schema.calls, schema.records
    same = and_(r.c.run == c.c.run, r.c.system == c.c.system, r.c.item == c.c.item, r.c.sample == c.c.sample)
    query = (
        select(c.c.system, c.c.item, c.c.sample, c.c.held_usd, c.c.held_tokens)
        .join(r, same, isouter=True)
        .where(c.c.run == run_id, c.c.account == "system", r.c.run.is_(None))
    )
    if items is not None:
        query = query.where(c.c.item.in_(items))
    sums: dict[TrialKey, Counted] = {}
    for *key, usd, tokens in connection.execute(query):
        trial = TrialKey(*key)
        sums[trial] = sums.get(trial, Counted()).plus(Spending(Decimal(usd), tokens))
    return sums
