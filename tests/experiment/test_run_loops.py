"""One Experiment and one Store in successive event loops."""

import asyncio

import pytest

from escalade import Experiment, Reply, Request, Runner, Span, Store
from escalade.experiment import summary_of
from escalade.tasks import Demo


class Sometimes:
    """Answers every other item until it is told to answer all."""

    name = "sometimes"

    def __init__(self) -> None:
        self.willing = False
        self.asked = 0
        self.waiting = asyncio.Event()

    async def reply(self, request: Request, span: Span) -> Reply:  # noqa: ARG002  (a Model's signature)
        self.asked += 1
        if not self.willing and int(request.item[-1]) % 2:
            self.waiting.set()
            await asyncio.Event().wait()
        return Reply(text="Answer: 1")


@pytest.fixture
def store(tmp_path):
    with Store.open(f"sqlite:///{tmp_path}/store.sqlite") as opened:
        yield opened


def experiment_of(model: Sometimes, count: int = 10) -> Experiment:
    return Experiment(name="loops", task=Demo(count), systems={"s": model}, concurrency=2)


async def cut_in_the_middle(experiment: Experiment, model: Sometimes, store: Store) -> None:
    running = asyncio.create_task(Runner(experiment, store).run())
    await model.waiting.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


def test_a_run_that_a_loop_cut_is_ended_in_the_next(store):
    """No trial is lost, and none is done twice."""
    model = Sometimes()
    experiment = experiment_of(model)
    asyncio.run(cut_in_the_middle(experiment, model, store))
    model.willing = True
    outcome = asyncio.run(asyncio.wait_for(Runner(experiment, store).run(), 20))
    assert (outcome.ended, outcome.done) == ("finished", 10)
    assert len(list(store.records(outcome.run.id))) == 10
    assert asyncio.run(Runner(experiment, store).run()).ended == "finished"
    assert summary_of(store, outcome.run.id).systems[0].quality.n == 10


async def test_a_run_that_is_cancelled_stops(store):
    """None of its trials goes on behind the back of whoever cancelled it."""
    model = Sometimes()
    await cut_in_the_middle(experiment_of(model, 40), model, store)
    model.willing, asked = True, model.asked
    for _ in range(50):
        await asyncio.sleep(0)
    assert model.asked == asked
    assert len(asyncio.all_tasks()) == 1
