"""A question's budget holds over interruptions: what an unfinished trial paid counts when it starts over."""

from decimal import Decimal

from escalade.ledger.call import Call
from escalade.ledger.limits import Counted, Spending
from escalade.store import CallRow, Record, ReservationRow


async def test_an_unfinished_trial_counts_what_it_spent(store):
    """Calls of trials without a Record are summed by trial; finished trials and graders are left out."""
    held = Spending(Decimal("0.25"), 100)
    rows = [
        ("a", "q1", 0, "system"),
        ("a", "q1", 0, "system"),
        ("a", "q1", 1, "system"),
        ("a", "q2", 0, "system"),
        ("b", "q1", 0, "grading"),
    ]
    for number, (system, item, sample, account) in enumerate(rows):
        call = Call(id=f"c{number}", model="m")
        await store.add_call(
            CallRow(call=call, run="r", system=system, item=item, sample=sample, account=account, held=held)
        )
    store.add_record(Record(run="r", system="a", item="q2", status="answered"))
    await store.flush()
    spent = store.spent_unfinished("r")
    assert spent == {
        ("a", "q1", 0): Counted(Decimal("0.50"), 2, 200),
        ("a", "q1", 1): Counted(Decimal("0.25"), 1, 100),
    }


async def test_what_was_in_flight_at_a_kill_is_unknown(store):
    """A call that was announced and never booked may have been billed: its system's total is unknown."""
    await store.add_reservation(ReservationRow(id="x", run="r", system="a", worst=Spending(Decimal("0.10"), 50)))
    await store.flush()
    paid = store.paid("r")["a", "system"]
    assert (paid.calls, paid.unknown, paid.usd) == (1, 1, None)
