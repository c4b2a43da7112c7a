"""Grading again: over stored answers, from the journal where a grader asks a model, all or nothing."""

import msgspec
import pytest
from sums import Sums, experiment, pupil, records, sum_of

from escalade.core.errors import BudgetExceeded, DataError, NotInJournal, TooLong, Unauthorised
from escalade.core.grade import Grade
from escalade.core.messages import Sampling
from escalade.core.money import usd
from escalade.core.usage import Usage
from escalade.experiment import Runner
from escalade.experiment.regrade import Regrading
from escalade.experiment.revised import revised
from escalade.gates.check import matches
from escalade.ledger.budget import Limits
from escalade.models.backend import Received
from escalade.models.journal import Journal
from escalade.models.leaf import Leaf
from escalade.models.retry import Retry
from escalade.prices import Price
from escalade.strategies import Cascade, Vote
from escalade.tasks import RubricGrader


async def generous(item, reply, span):
    """Everything is right that is a number at all."""
    return Grade(outcome="right", score=1.0, answer=reply.text[8:], method="generous")


class Regraded(Sums):
    """Sums with another grading, and the fingerprint to say so."""

    def __init__(self, *args, **more):
        super().__init__(*args, **more)
        self.fingerprint += " regraded"


async def run(store, *systems, **settings):
    made = experiment(*systems, **settings)
    outcome = await Runner(made, store).run()
    return outcome.run.id


async def test_new_grades_are_shown_and_the_old_ones_stay(store, journal):
    """Nobody is asked again; the run's own records are as they were, and revision 0 shows them."""
    small = pupil("small", 0.5, journal=journal)
    run_id = await run(store, small, items=20)
    before, asked = records(store, run_id), len(small.backend.asked)
    work = await Regrading.of(Regraded(20, grade=generous), revised(store, run_id))
    assert work.notes == []
    done = await work.run()
    assert done.revision.number == 1
    wrong = sum(record.grade.outcome == "wrong" for record in before)
    assert 0 < wrong < 20
    assert done.changes == {("wrong", "right"): wrong, ("right", "right"): 20 - wrong}
    assert len(small.backend.asked) == asked
    assert records(store, run_id) == before
    assert list(revised(store, run_id, 0).records()) == before
    after = revised(store, run_id)
    assert {record.grade.method for record in after.records()} == {"generous"}
    assert after.run.task_fingerprint.endswith("regraded")
    assert any("Graded again" in note for note in after.run.notes)
    assert not any("Graded again" in note for note in revised(store, run_id, 0).run.notes)


async def test_the_same_grader_gives_the_same_grades(store, journal):
    """Texts, steps and composed answers are read back as they were: nothing but the revision is new."""
    small, large = pupil("small", 0.4, journal=journal), pupil("large", 0.9, journal=journal)
    systems = (
        Vote([small, large], name="vote"),
        Cascade([small, large], accept=matches("[048]$"), name="climb"),
    )
    run_id = await run(store, *systems, items=12, samples=2)
    before = records(store, run_id)
    assert any(record.steps for record in before)
    await _regraded(store, run_id, Regraded(12))
    assert list(revised(store, run_id).records()) == before


async def _regraded(store, run_id, task, **more):
    work = await Regrading.of(task, revised(store, run_id), **more)
    return await work.run()


async def test_a_grader_that_pays_leaves_steps_ungraded(store, journal):
    """Their old grades are another grader's, and do not stand beside the new ones."""
    small = pupil("small", 0.4, journal=journal)
    run_id = await run(store, Vote([small, pupil("large", journal=journal)], name="vote"), items=4)
    await _regraded(store, run_id, Regraded(4, grade=generous, grades_steps=False))
    for record in revised(store, run_id).records():
        assert [step.grade for step in record.steps] == [None, None]


async def test_failed_trials_have_no_grade_to_change(store, journal):
    """And a text that the store has lost is the grader's failure, not a wrong answer."""
    failing = pupil("failing", journal=journal, error=TooLong("no"))
    run_id = await run(store, pupil("small", 1.0, journal=journal), failing, items=3)
    with store._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE calls SET received = NULL WHERE item = 's01'")
    done = await _regraded(store, run_id, Regraded(3))
    assert done.changes == {("right", "right"): 2, ("right", "grader_failed"): 1, (None, None): 3}


async def test_other_words_are_refused_unless_told(store, journal):
    """An answer to another question is not graded by mistake; told so, it is, with a note that stays."""
    run_id = await run(store, pupil(journal=journal), items=3)
    reworded = [msgspec.structs.replace(sum_of(n), turns=(f"Add {n} and {n}!",)) for n in range(3)]
    with pytest.raises(DataError, match="3 of 3 answers were given to other words"):
        await Regrading.of(Regraded(reworded), revised(store, run_id))
    work = await Regrading.of(Regraded(reworded), revised(store, run_id), anyway=True)
    await work.run()
    assert work.notes[0] in revised(store, run_id).run.notes


async def test_a_task_that_lacks_an_item_is_refused(store, journal):
    """Even when told to go on: there is nothing to grade it by."""
    run_id = await run(store, pupil(journal=journal), items=3)
    with pytest.raises(DataError, match="'s02'"):
        await Regrading.of(Regraded(2), revised(store, run_id), anyway=True)


async def test_grading_again_is_needed_only_where_something_is_new(store, journal):
    """Another fingerprint, trials without new grades, or grades that the grader failed to give."""
    small = pupil(journal=journal)
    run_id = await run(store, small, items=3)

    async def needed(task):
        work = await Regrading.of(task, revised(store, run_id))
        return work.is_needed()

    assert not await needed(Sums(3))
    assert await needed(Regraded(3))
    await _regraded(store, run_id, Regraded(3, grade=_refusing))
    assert await needed(Regraded(3)), "the grader failed"
    await _regraded(store, run_id, Regraded(3))
    assert not await needed(Regraded(3))
    assert await needed(Sums(3)), "the run's own grader is another one now"


async def _refusing(item, reply, span):
    raise ValueError("a bug")


async def test_new_gold_answers_are_remembered_with_the_grades(store, journal):
    """So that a comparison sees by what each run was graded."""
    run_id = await run(store, pupil(share=1.0, journal=journal), items=3)
    mended = [msgspec.structs.replace(sum_of(n), gold="7") for n in range(3)]
    done = await _regraded(store, run_id, Regraded(mended))
    assert done.changes == {("right", "wrong"): 3}
    assert {r.gold for r in revised(store, run_id).records()} == {item.measure for item in mended[:1]}
    assert {r.gold for r in revised(store, run_id, 0).records()}.isdisjoint({mended[0].measure})


class Marking:
    """A judge's mind: marks by the length of what it reads."""

    identity = model_id = "marker"
    by_item = False
    simulated = False

    def __init__(self, error=None):
        self.asked = 0
        self.error = error

    def encode(self, request):
        return msgspec.json.encode(request.messages)

    async def send(self, body, request):  # noqa: ARG002  (the signature of a Backend)
        self.asked += 1
        if self.error and self.asked > 3:
            raise self.error
        return Received(text=f'{{"reason": "so", "score": {len(body) % 2}}}', usage=Usage(input=100, output=10))


class Judged(Regraded):
    """Sums that a judge marks."""

    def __init__(self, count, backend, store, *, offline=False):
        judge = Leaf(
            "marker",
            backend,
            price=Price(input=usd("1"), output=usd("10")),
            sampling=Sampling(max_tokens=50),
            journal=Journal(store, offline=offline),
            retry=Retry(attempts=1),
        )
        self.grader = RubricGrader(judge, "Is it right?")
        super().__init__(count, grade=self.grader.grade, grades_steps=False)

    def worst(self, item, answer_tokens):
        return self.grader.worst(item, answer_tokens)


async def test_a_judge_s_calls_go_through_the_journal(store, journal):
    """They are on the grading account, the plan bounds what is new, and a second time is free."""
    run_id = await run(store, pupil(journal=journal), items=5)
    backend = Marking()
    offline = await Regrading.of(Judged(5, backend, store, offline=True), revised(store, run_id))
    planned = await offline.needed()
    assert (planned.trials, planned.new, planned.worst.calls, backend.asked) == (5, 5, 10, 0)
    await _regraded(store, run_id, Judged(5, backend, store))
    assert backend.asked == 5
    spent = store.paid(run_id)["pupil", "grading"]
    assert spent.usd == 5 * (usd("0.0001") + usd("0.0001"))
    assert spent.usd < planned.worst.usd
    assert all(len(record.grading) == 1 for record in revised(store, run_id).records())
    assert (await offline.needed()).new == 0
    await _regraded(store, run_id, Judged(5, backend, store))
    assert backend.asked == 5
    assert store.paid(run_id)["pupil", "grading"].usd == spent.usd


async def test_a_grader_that_stops_leaves_no_half_revision(store, journal):
    """A wrong key ends it; what was paid for is in the journal, and the next try pays for the rest only."""
    run_id = await run(store, pupil(journal=journal), items=8)
    with pytest.raises(Unauthorised):
        await _regraded(store, run_id, Judged(8, Marking(Unauthorised("no")), store), concurrency=1)
    assert revised(store, run_id).number == 0
    backend = Marking()
    done = await _regraded(store, run_id, Judged(8, backend, store))
    assert backend.asked == 5
    assert done.revision.number == 1


async def test_a_grading_budget_is_a_wall(store, journal):
    """Reached, it stops the grading with no revision and no cent more."""
    run_id = await run(store, pupil(journal=journal), items=8)
    backend = Marking()
    with pytest.raises(BudgetExceeded, match="run budget"):
        await _regraded(store, run_id, Judged(8, backend, store), concurrency=1, budget=Limits(usd=usd("0.002")))
    assert backend.asked > 0
    assert store.paid(run_id)["pupil", "grading"].usd <= usd("0.002")
    assert revised(store, run_id).number == 0


async def test_offline_what_is_not_in_the_journal_is_refused(store, journal):
    """And nothing is kept."""
    run_id = await run(store, pupil(journal=journal), items=2)
    with pytest.raises(NotInJournal):
        await _regraded(store, run_id, Judged(2, Marking(), store, offline=True))
    assert revised(store, run_id).number == 0


async def test_trials_that_come_later_are_told(store, journal):
    """A run that goes on after it was graded again has both kinds of grades, and says so."""
    made = experiment(pupil(journal=journal), items=6, concurrency=1)
    watcher = _StopAfter(3)
    watcher.runner = runner = Runner(made, store, watcher)
    run_id = (await runner.run()).run.id
    finished = len(store.finished(run_id))
    assert 0 < finished < 6
    await _regraded(store, run_id, Regraded(6, grade=generous))
    await Runner(made, store).run()
    seen = revised(store, run_id)
    methods = [record.grade.method for record in seen.records()]
    assert (methods.count("generous"), len(methods)) == (finished, 6)
    assert any(note.startswith(f"{6 - finished} trials were finished after revision 1") for note in seen.run.notes)


class _StopAfter:
    def __init__(self, trials):
        self.left, self.runner = trials, None

    def begin(self, total, done):
        pass

    def call(self, call):
        pass

    def trial(self, record):  # noqa: ARG002  (the signature of a Watcher)
        self.left -= 1
        if not self.left:
            self.runner.stop()
