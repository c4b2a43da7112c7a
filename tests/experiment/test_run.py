"""A whole run: what is done, what is left for the next time, and what may not change its results."""

from decimal import Decimal

import pytest
from sums import Sums, experiment, facts, pupil, records

from escalade.core.errors import ConfigError, OutOfCredit, Refused, ServerFailed, StoreError, Unauthorised, UnknownModel
from escalade.core.reply import Reply
from escalade.experiment import Runner
from escalade.gates import judge
from escalade.ledger.budget import Limits
from escalade.models.journal import Journal
from escalade.models.protocol import Model
from escalade.store import Store
from escalade.strategies import Cascade, Fuse, Vote, sample


def systems(journal: Journal) -> list[Model]:
    """Systems that share models, some of which fail at times."""
    a, b, c = (pupil(name, share, journal=journal) for name, share in (("a", 0.4), ("b", 0.6), ("c", 0.8)))
    broken = pupil("broken", journal=journal, error=ServerFailed("down"))
    gate = judge(pupil("mind", journal=journal)) >= 0.6
    return [
        c,
        Vote([a, b, c], tie=gate, name="panel"),
        Vote(sample(a, 5), name="samples"),
        Cascade([a, b, c], gate, attempts=2, name="ladder"),
        Cascade([broken, Vote([a, a, b], name="pair"), Fuse([a, b], c, name="fuse")], gate, carry="all", name="deep"),
    ]


class Watched:
    """Remembers what it was told; a watcher with a bug is not what is tested here."""

    def __init__(self) -> None:
        self.told: list[tuple] = []

    def begin(self, total: int, done: int) -> None:
        self.told.append(("begin", total, done))

    def call(self, call) -> None:
        self.told.append(("call", call.hit))

    def trial(self, record) -> None:
        self.told.append(("trial", record.item))

    def count(self, *what) -> int:
        return sum(1 for told in self.told if told[: len(what)] == what)


async def results(*, concurrency: int, backwards: bool = False) -> list[dict]:
    with Store.open("sqlite://") as store:
        found = systems(Journal(store))
        found = found[::-1] if backwards else found
        asked = experiment(*found, items=12, samples=2, concurrency=concurrency, reference="c")
        outcome = await Runner(asked, store).run()
        assert outcome.ended == "finished"
        return facts(records(store, outcome.run.id))


async def test_results_do_not_depend_on_concurrency_or_order():
    """Answers, grades, verdicts, spans and costs are the same for 1 and 64 trials at once, and in any order of systems.

    Calls end in another order than they began, and systems share them in the journal.
    """
    alone = await results(concurrency=1)
    assert len(alone) == 12 * 2 * 5
    assert {fact["status"] for fact in alone} == {"answered"}
    assert await results(concurrency=64) == alone
    assert await results(concurrency=64, backwards=True) == alone


async def test_finished_run_does_nothing_again(store, journal):
    """Asked again, a finished run makes no call, adds no record and ends as finished."""
    asked = experiment(*systems(journal), items=4)
    first = await Runner(asked, store).run()
    before = records(store, first.run.id)
    watched = Watched()
    again = await Runner(asked, store, watched).run()
    assert (again.ended, again.done, again.run.id) == ("finished", first.trials, first.run.id)
    assert watched.told == [("begin", 20, 20)]
    assert records(store, first.run.id) == before


async def test_resumed_run_does_only_what_is_left(store, journal):
    """After a budget ended it, a larger one continues the same run; nothing that was paid for is paid again."""
    asked = {"items": 10, "concurrency": 2}
    first = await Runner(experiment(pupil(journal=journal), **asked, budget=Limits(calls=4)), store).run()
    assert (first.ended, first.done) == ("budget", 4)
    watched = Watched()
    again = await Runner(experiment(pupil(journal=journal), **asked, budget=Limits(calls=10)), store, watched).run()
    assert (again.ended, again.done, again.run.id) == ("finished", 10, first.run.id)
    assert watched.told[0] == ("begin", 10, 4)
    assert (watched.count("call", False), watched.count("trial")) == (6, 6)


async def test_a_finished_run_stays_finished_whatever_becomes_of_asking_again(store, journal):
    """Asking again for what is all there, and dying of something else, takes nothing back."""

    class Deaf(Watched):
        def begin(self, total: int, done: int) -> None:
            raise OSError(f"nobody listens to {done} of {total}")

    asked = experiment(pupil(journal=journal), items=3)
    run_id = (await Runner(asked, store).run()).run.id
    with pytest.raises(OSError, match="3 of 3"):
        await Runner(asked, store, Deaf()).run()
    assert store.run(run_id)[1] == "finished"


@pytest.mark.parametrize(("error", "asked_again"), [(ServerFailed("down"), True), (Refused("no"), False)])
async def test_failed_trials_are_asked_again_on_request_only(store, journal, error, asked_again):
    """What failed is a loss and stays one, unless it is to be retried and another try may help; what was answered is
    never asked again, and the failed attempts stay in the account.
    """
    broken = pupil(journal=journal, error=error)
    healed = pupil(journal=journal)
    steady = pupil("steady", journal=journal)
    first = await Runner(experiment(broken, steady, items=3), store).run()
    for retry_failed in (False, True):
        watched = Watched()
        asked = experiment(healed, steady, items=3, retry_failed=retry_failed)
        again = await Runner(asked, store, watched).run()
        assert (again.run.id, again.ended) == (first.run.id, "finished")
        assert watched.count("trial") == (3 if retry_failed and asked_again else 0)
    found = [r.status for r in records(store, first.run.id) if r.system == "pupil"]
    assert found == ["answered" if asked_again else "failed"] * 3
    assert store.paid(first.run.id)["pupil", "system"].calls == (6 if asked_again else 3)


async def test_earlier_attempts_count_against_the_budget(store, journal):
    """A run's budget is of the run, not of the attempt: started again with the same, it does nothing more."""
    asked = experiment(pupil(journal=journal), items=10, budget=Limits(calls=4))
    assert (await Runner(asked, store).run()).done == 4
    again = await Runner(asked, store).run()
    assert (again.ended, again.done) == ("budget", 4)


async def test_other_threshold_pays_for_new_calls_only(store, journal):
    """Another threshold is another run, whose calls are hits of the journal wherever they were made before."""
    a, b, mind = (pupil(name, journal=journal) for name in ("a", "b", "mind"))
    await Runner(experiment(Cascade([a, b], judge(mind) >= 0.9), items=10), store).run()
    before = len(mind.backend.asked) + len(a.backend.asked)
    watched = Watched()
    await Runner(experiment(Cascade([a, b], judge(mind) >= 0.2), items=10), store, watched).run()
    assert len(mind.backend.asked) + len(a.backend.asked) == before
    assert watched.count("call", False) == 0
    assert watched.count("call", True) >= 20


async def test_budget_is_a_wall(store, journal):
    """With many trials at once, what a run spends stays within its dollars; trials that it stopped are not recorded."""
    limit = Decimal("0.004")
    asked = experiment(Vote([pupil(n, journal=journal) for n in "abc"]), items=30, budget=Limits(usd=limit))
    outcome = await Runner(asked, store).run()
    spent = sum((total.known for total in store.paid(outcome.run.id).values()), Decimal(0))
    assert outcome.ended == "budget"
    assert 0 < spent <= limit
    found = records(store, outcome.run.id)
    assert 0 < len(found) == outcome.done < 30
    assert all(record.status == "answered" and len(record.calls) == 3 for record in found)


@pytest.mark.parametrize("error", [Unauthorised("401"), OutOfCredit("402"), UnknownModel("404")], ids=lambda e: e.code)
@pytest.mark.parametrize("hidden", [False, True], ids=["alone", "one of a vote"])
async def test_fatal_error_stops_the_run(store, journal, error, hidden):
    """A wrong key, an empty account or an unknown model stops it all, names itself, and is recorded as nobody's fault.

    Also where the system could do without the member: the vote without it is not the vote that was to be measured.
    """
    broken = pupil("broken", journal=journal, error=error)
    system = Vote([pupil("a", journal=journal), broken]) if hidden else broken
    task = Sums(30)
    outcome = await Runner(experiment(system, task=task, concurrency=2), store).run()
    assert (outcome.ended, outcome.done) == ("stopped", 0)
    assert outcome.error is error
    assert records(store, outcome.run.id) == []
    assert len(broken.backend.asked) <= 2
    assert task.closed == 1


async def test_what_was_done_before_a_fatal_error_is_kept(store, journal):
    """Trials that ended before the key was refused stay, and are not asked again when it works."""

    class Revoked(Vote):
        async def reply(self, request, span) -> Reply:
            if request.item == "s03" and self.name == "vote":
                raise Unauthorised("401")
            return await super().reply(request, span)

    system = Revoked([pupil(journal=journal)])
    first = await Runner(experiment(system, concurrency=1), store).run()
    assert (first.ended, first.done) == ("stopped", 3)
    again = await Runner(experiment(Vote([pupil(journal=journal)]), concurrency=1), store).run()
    assert (again.ended, again.done, again.run.id) == ("finished", 6, first.run.id)


async def test_store_that_fails_ends_the_run(journal):
    """A store that takes no more is an error of its own: no trial is recorded as the system's failure."""
    with Store.open("sqlite://") as other:
        other.writer.close()
        with pytest.raises(StoreError):
            await Runner(experiment(pupil(journal=Journal(other))), other).run()


@pytest.mark.parametrize("limits", [{"budget": Limits(usd=Decimal(1))}, {"question": Limits(usd=Decimal(1))}])
async def test_budget_in_dollars_needs_every_price(store, limits):
    """A model without a price under a money budget is an error before the first call, with the system's name."""
    model = pupil("mystery", price=None)
    with pytest.raises(ConfigError, match="mystery"):
        await Runner(experiment(pupil("a"), Vote([model], name="mystery panel"), **limits), store).run()
    assert model.backend.asked == []
    assert store.runs() == []


async def test_watcher_is_told_everything(store, journal):
    """Whoever watches hears how much there is, every call, and every trial as it ends."""
    watched = Watched()
    outcome = await Runner(experiment(Vote([pupil(n, journal=journal) for n in "ab"])), store, watched).run()
    assert watched.told[0] == ("begin", 6, 0)
    assert (watched.count("call"), watched.count("trial")) == (12, 6)
    assert outcome.trials == outcome.done == 6
