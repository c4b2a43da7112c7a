"""What went wrong in MLflow is mended when a run is logged again: doubles, orphans, figures of another revision."""

import pytest

from escalade.core.money import usd
from escalade.experiment.figures import summary_of
from escalade.experiment.reprice import Wanted, reprice
from escalade.experiment.revised import revised
from escalade.prices import Price
from escalade.store import Store
from escalade.tasks.mlflow_server import opened
from escalade.track import Follower, LoggedElsewhere, Settings, track
from escalade.track.turn import tracking


@pytest.fixture
def settings(where):
    return Settings(where=where, detail="questions")


@pytest.fixture
def logged(where):
    """The runs that MLflow has, of systems by name and of questions."""

    def found():
        with opened(where) as client:
            place = client.get_experiment_by_name("sums_v1").experiment_id
            runs = client.search_runs([place], max_results=1000)
        systems = {one.info.run_name: one for one in runs if one.data.tags["escalade.kind"] == "system"}
        return systems, [one for one in runs if one.data.tags["escalade.kind"] == "question"]

    return found


@pytest.fixture
def stores(store, tmp_path):
    """The store as two processes have it open."""
    with Store.open(f"sqlite:///{tmp_path}/store.sqlite") as another:
        yield store, another


def test_of_two_processes_of_a_run_one_logs(run, summary, stores, settings, logged):
    """The other is told who, and completes the log when that one has ended."""
    store, another = stores
    second = Follower(another, settings)
    records = list(store.records(run.id))
    with tracking(run, store, settings) as first:
        first.log(records[:6])
        for record in records[6:]:
            second.trial(record)
        with pytest.raises(LoggedElsewhere, match="process"):
            second.finish(run, summary)
        assert len(logged()[1]) == 6
    assert second.finish(run, summary).logged == 6
    assert len(logged()[1]) == 12


def test_doubles_are_deleted_and_the_others_kept(run, store, summary, settings, logged):
    """Of a system as of a question; each has one run again, below the system's one."""
    track(run, store, summary, settings)
    systems, questions = logged()
    with opened(settings.where) as client:
        for one in (systems["ladder"], *questions[:3]):
            tags = {name: value for name, value in one.data.tags.items() if name.startswith(("escalade", "mlflow.p"))}
            made = client.create_run(one.info.experiment_id, tags=tags, run_name=one.info.run_name)
            client.set_terminated(made.info.run_id)
    again = track(run, store, summary, settings)
    assert (again.doubles, again.logged) == (4, 0)
    assert "4 doubles were deleted" in again.sentence
    systems, questions = logged()
    assert len(questions) == 12
    assert below(systems, questions) == 12
    assert track(run, store, summary, settings).doubles == 0


def test_orphans_are_put_below_the_new_run_of_their_system(run, store, summary, settings, logged):
    """In less detail too: they are there, and nobody would find them."""
    track(run, store, summary, settings)
    with opened(settings.where) as client:
        client.delete_run(logged()[0]["ladder"].info.run_id)
    assert track(run, store, summary, Settings(where=settings.where)).logged == 0
    systems, questions = logged()
    assert len(questions) == 12
    assert below(systems, questions) == 12


def test_new_prices_reach_what_was_logged_of_questions_too(run, store, summary, settings, logged):
    """Also where they are lower: the sum over questions is the system's, of one revision."""
    track(run, store, summary, settings)
    price = Price(input=usd("0.0000001"), output=usd("0.0000001"))
    reprice(revised(store, run.id), {one: Wanted(price) for one in ("small", "medium", "judge")}, reported=True)
    now = summary_of(store, run.id)
    assert track(run, store, now, settings).logged == 12
    assert track(run, store, now, settings).logged == 0
    systems, questions = logged()
    for name, system in systems.items():
        own = [one for one in questions if one.data.tags["escalade.system"] == name]
        assert {one.data.tags["escalade.revision"] for one in (system, *own)} == {"1"}
        costs = sum(one.data.metrics["total_cost"] for one in own)
        [figures] = [one for one in now.systems if one.name == name]
        assert costs == pytest.approx(system.data.metrics["total_cost"]) == pytest.approx(float(figures.cost.total))


def below(systems, questions):
    """How many questions are below their system's run."""
    ids = {name: one.info.run_id for name, one in systems.items()}
    return sum(one.data.tags["mlflow.parentRunId"] == ids[one.data.tags["escalade.system"]] for one in questions)
