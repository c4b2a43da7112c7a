"""What plug-ins leave in a trial and no store can hold: the trial fails alone, and nothing that was paid is lost."""

from decimal import Decimal

import pytest
from sums import Sums, experiment, pupil, records

from escalade.core.errors import AnswerError
from escalade.core.grade import Grade
from escalade.core.messages import Request
from escalade.core.reply import Reply
from escalade.experiment import Runner
from escalade.ledger.span import Span
from escalade.models.journal import Journal
from escalade.models.protocol import ask
from escalade.store import Store

HALF = "half \ud83d"
ENDLESS: list = []
ENDLESS.append(ENDLESS)


class Odd:
    """A strategy that asks a pupil and leaves something odd at one item."""

    name = "odd"

    def __init__(self, how: str, journal: Journal | None = None) -> None:
        self._how = how
        self._member = pupil("member", journal=journal)

    async def reply(self, request: Request, span: Span) -> Reply:
        reply = await ask(self._member, request, span)
        if request.item != "s03":
            return reply
        if self._how == "verdict":
            span.child("gate", "mine").note("verdict", accept=True, score="high")
        if self._how in ("note", "endless"):
            span.note("mine", what=object() if self._how == "note" else ENDLESS)
        if self._how == "error":
            raise AnswerError(HALF)
        if self._how == "bug":
            raise RuntimeError(HALF)
        said = Reply(text="Answer: 6")
        odd = {"text": Reply(text=HALF), "score": Reply(text="6", score="high"), "no reply": said.text, "verdict": said}
        return odd.get(self._how, reply)


@pytest.mark.parametrize(
    ("how", "code", "says"),
    [
        ("note", "unstorable", "spans[1].notes[0] (dict)"),
        ("endless", "unstorable", "spans[1].notes[0] (dict)"),
        ("text", "unstorable", "text (str)"),
        ("score", "unstorable", "score (str)"),
        ("verdict", "unstorable", "steps[0].score (str)"),
        ("error", "no_answer", "half \ufffd"),
        ("bug", "internal", "half \ufffd"),
        ("no reply", "internal", "odd returned str"),
    ],
)
async def test_what_cannot_be_stored_fails_its_trial_alone(store, how, code, says):
    """Whatever a strategy leaves: its record says what was odd, all others are there, and the run ends as finished."""
    journal = Journal(store)
    asked = experiment(Odd(how, journal), pupil("other", journal=journal), items=8, concurrency=4)
    outcome = await Runner(asked, store).run()
    assert (outcome.ended, outcome.done) == ("finished", 16)
    found = {(record.system, record.item): record for record in records(store, outcome.run.id)}
    odd = found.pop(("odd", "s03"))
    assert len(found) == 15
    assert {record.status for record in found.values()} == {"answered"}
    assert (odd.status, odd.error, odd.grade, odd.text, odd.score) == ("failed", code, None, None, None)
    assert says in odd.message
    assert [call.model for call in odd.calls] == ["member"]
    assert (await Runner(asked, store).run()).ended == "finished"


async def test_what_an_odd_trial_paid_is_in_the_account(store_url):
    """On any database, with innocent calls beside it: Records and Calls agree on every cent."""
    with Store.open(store_url) as store:
        journal = Journal(store)
        outcome = await Runner(experiment(Odd("note", journal), pupil("other", journal=journal)), store).run()
        paid = store.paid(outcome.run.id)
        for system in ("odd", "other"):
            told = [record for record in records(store, outcome.run.id) if record.system == system]
            assert sum((c.paid.usd for r in told for c in r.calls), Decimal(0)) == paid[system, "system"].usd > 0


@pytest.mark.parametrize("odd", [Grade(outcome="fine"), Grade(outcome="right", score=float("nan")), "right"])
async def test_an_odd_grade_is_the_grader_s_fault(store, odd):
    """The answer is recorded, and its grade says that the grader failed."""

    async def grade(item, reply, span):
        return odd

    outcome = await Runner(experiment(pupil(), task=Sums(1, grade=grade)), store).run()
    [record] = records(store, outcome.run.id)
    assert (record.status, record.grade.outcome) == ("answered", "grader_failed")
    assert "cannot be stored" in record.grade.reason
