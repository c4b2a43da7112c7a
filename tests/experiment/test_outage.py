"""A provider that is down: what stops a run, what does not, and what is left for the next time."""

import asyncio
from collections.abc import Callable

import pytest
from sums import PRICE, Pupil, Sums, experiment, pupil, records
from test_run import Watched

from escalade.core.errors import (
    BadResponse,
    CallError,
    ConnectionFailed,
    CutOff,
    EmptyAnswer,
    Outage,
    RateLimited,
    Refused,
    ServerFailed,
    TimedOut,
)
from escalade.core.messages import Sampling
from escalade.experiment import Runner
from escalade.experiment.outage import AT_LEAST
from escalade.gates import judge
from escalade.ledger.budget import Limits
from escalade.models.journal import Journal
from escalade.models.leaf import Leaf
from escalade.models.retry import Retry
from escalade.strategies import Cascade, Vote

MANY = 3 * AT_LEAST
NO_ANSWER: list[CallError] = [
    ServerFailed("503"),
    RateLimited("429"),
    TimedOut("late"),
    CutOff("cut"),
    BadResponse("html"),
]


class Provider(Pupil):
    """Answers until it is down, which `fails` says of the number of each request; after `wait` turns of the loop."""

    def __init__(self, name: str, fails: Callable[[int], CallError | None], wait: int = 0) -> None:
        super().__init__(name, 1.0, None)
        self._fails = fails
        self._wait = wait

    async def send(self, body, request):
        number = len(self.asked)
        received = await super().send(body, request)
        for _ in range(self._wait):
            await asyncio.sleep(0)
        if (error := self._fails(number)) is not None:
            raise error
        return received


def served(name: str, fails: Callable[[int], CallError | None], journal: Journal | None = None, wait: int = 0) -> Leaf:
    backend, once = Provider(name, fails, wait), Retry(attempts=1)
    return Leaf(name, backend, price=PRICE, journal=journal, sampling=Sampling(max_tokens=100), retry=once)


def down(number: int) -> CallError:
    return ServerFailed(f"the provider answered 503 to request {number}")


@pytest.mark.parametrize("error", NO_ANSWER, ids=lambda error: error.code)
@pytest.mark.parametrize("system", ["alone", "vote", "cascade"])
async def test_a_provider_that_answers_nothing_stops_the_run(store, journal, error, system):
    """It stops after some trials in a row, says how many and what they ended with, and records none of them."""
    broken = pupil("broken", journal=journal, error=error)
    made = {
        "alone": broken,
        "vote": Vote([broken, broken], name="vote"),
        "cascade": Cascade([broken, broken], judge(broken) >= 0.5, name="cascade"),
    }[system]
    watched = Watched()
    outcome = await Runner(experiment(made, items=MANY, concurrency=4), store, watched).run()
    assert (outcome.ended, outcome.done) == ("stopped", 0)
    assert isinstance(outcome.error, Outage)
    assert f"{AT_LEAST} trials in a row" in str(outcome.error)
    assert error.code in str(outcome.error)
    assert str(error) in str(outcome.error)
    assert "same command again" in outcome.error.hint
    assert records(store, outcome.run.id) == []
    assert watched.count("trial") == 0
    assert len(broken.backend.asked) <= 2 * (AT_LEAST + 4)


async def test_those_under_way_may_finish(store):
    """With 64 trials at once, no more begin than one more each, and what is answered after all is kept."""
    seldom = served("pupil", lambda number: down(number) if number < 64 + AT_LEAST else None)
    outcome = await Runner(experiment(seldom, items=4 * 64, concurrency=64), store).run()
    assert isinstance(outcome.error, Outage)
    assert 64 <= len(seldom.backend.asked) <= 2 * 64
    assert outcome.done == len(records(store, outcome.run.id)) == len(seldom.backend.asked) - 64 - AT_LEAST


async def test_the_same_command_does_it_all_when_the_provider_answers_again(store, journal):
    """What was answered before the outage is kept and not asked again; the whole row of the outage is asked anew."""
    flaky = served("pupil", lambda number: None if number < 10 else down(number), journal)
    first = await Runner(experiment(flaky, items=MANY, concurrency=1), store).run()
    assert (first.ended, first.done) == ("stopped", 10)
    healed = served("pupil", lambda _: None, journal)
    again = await Runner(experiment(healed, items=MANY, concurrency=1), store).run()
    assert (again.ended, again.done, again.run.id) == ("finished", MANY, first.run.id)
    assert len(healed.backend.asked) == MANY - 10
    assert {record.status for record in records(store, first.run.id)} == {"answered"}
    assert store.paid(first.run.id)["pupil", "system"].calls == MANY + AT_LEAST


async def test_a_resumed_run_begins_to_count_anew(store, journal):
    """A run that is started again while the provider is still down asks as many trials before it stops."""
    for _ in range(2):
        broken = pupil(journal=journal, error=ServerFailed("503"))
        outcome = await Runner(experiment(broken, items=MANY, concurrency=1), store).run()
        assert isinstance(outcome.error, Outage)
        assert len(broken.backend.asked) == AT_LEAST


async def test_failures_with_answers_between_them_are_losses(store):
    """A provider that fails nine times in ten, with an answer in between, is bad and not down."""
    poor = served("pupil", lambda number: None if number % 10 == 0 else down(number))
    outcome = await Runner(experiment(poor, items=MANY, concurrency=4), store).run()
    assert outcome.ended == "finished"
    found = [record.status for record in records(store, outcome.run.id)]
    assert (found.count("answered"), found.count("failed")) == (MANY // 10, MANY - MANY // 10)


@pytest.mark.parametrize("error", [EmptyAnswer("empty"), Refused("400")], ids=lambda error: error.code)
async def test_what_is_the_models_own_doing_is_no_outage(store, error):
    """A model whose answers are all empty or refused answers badly: its trials are its losses."""
    outcome = await Runner(experiment(pupil(error=error), items=MANY, concurrency=4), store).run()
    assert (outcome.ended, outcome.done) == ("finished", MANY)


@pytest.mark.parametrize("wait", [0, 300], ids=["both quick", "the other slow"])
async def test_a_system_that_is_down_does_not_stop_the_others(store, wait):
    """Of two systems one is down: the run goes on to its end, also where the other answers long after that failed."""
    systems = served("steady", lambda _: None, wait=wait), pupil("broken", error=ServerFailed("503"))
    outcome = await Runner(experiment(*systems, items=MANY, concurrency=64), store).run()
    assert (outcome.ended, outcome.done) == ("finished", 2 * MANY)
    assert {(r.system, r.status) for r in records(store, outcome.run.id)} == {
        ("steady", "answered"),
        ("broken", "failed"),
    }


async def test_a_cascade_that_answers_without_its_rung_does_not_stop(store):
    """A rung that is down is climbed past: every trial is answered."""
    broken, steady = pupil("broken", error=ServerFailed("503")), pupil("steady")
    system = Cascade([broken, steady], judge(pupil("mind")) >= 0.5, name="ladder")
    outcome = await Runner(experiment(system, items=MANY, concurrency=4), store).run()
    assert (outcome.ended, outcome.done) == ("finished", MANY)


async def test_a_few_failures_at_the_end_are_losses(store):
    """A row that ends with the run was too short to tell: its trials are recorded as the failures that they were."""
    failing = served("pupil", lambda number: down(number) if number >= 50 else None)
    outcome = await Runner(experiment(failing, items=50 + AT_LEAST - 1, concurrency=1), store).run()
    assert (outcome.ended, outcome.done) == ("finished", 50 + AT_LEAST - 1)


async def test_an_interrupted_row_is_left_for_the_next_time(store):
    """Whoever interrupts a run that gets no answers finds none of them recorded as a loss."""

    def failing(number: int) -> CallError:
        if number == 5:
            runner.stop()
        return down(number)

    runner = Runner(experiment(served("pupil", failing), items=MANY, concurrency=1), store)
    outcome = await runner.run()
    assert (outcome.ended, outcome.done) == ("interrupted", 0)


async def test_no_connection_and_no_answer_make_one_streak(store):
    """A server that is restarted refuses connections and says 503 in turns: that stops the run too."""
    turns = served("pupil", lambda number: ConnectionFailed("refused") if number % 2 else down(number))
    outcome = await Runner(experiment(turns, items=MANY, concurrency=1), store).run()
    assert (outcome.ended, outcome.done) == ("stopped", 0)


async def test_an_outage_is_told_rather_than_the_budget_that_it_used_up(store):
    """Attempts that may have been billed hold the budget: that nothing answered is the news."""
    late = pupil(error=TimedOut("late"))
    asked = experiment(late, items=2 * 64, concurrency=64, budget=Limits(calls=AT_LEAST + 1))
    outcome = await Runner(asked, store).run()
    assert isinstance(outcome.error, Outage)


async def test_a_redacted_task_is_not_quoted(store):
    """A provider's error may quote the question, which a private task keeps out of every output."""
    task = Sums(MANY)
    task.redacted = True
    outcome = await Runner(experiment(pupil(error=ServerFailed("What is 2 + 2?")), task=task), store).run()
    assert isinstance(outcome.error, Outage)
    assert "What is" not in str(outcome.error)


async def test_a_vote_that_nobody_answered_is_asked_again_on_request(store, journal):
    """`retry_failed` finds failures by what every call ended with, not only by the system's own error."""
    few = {"items": 4, "concurrency": 2}
    broken = pupil(journal=journal, error=ServerFailed("503"))
    first = await Runner(experiment(Vote([broken]), **few), store).run()
    assert [record.error for record in records(store, first.run.id)] == ["no_answer"] * 4
    healed = Vote([pupil(journal=journal)])
    again = await Runner(experiment(healed, **few, retry_failed=True), store).run()
    assert again.run.id == first.run.id
    assert {record.status for record in records(store, first.run.id)} == {"answered"}
