"""`accuracy: fitted` and `fit`: measured on some items, used on others, within one budget, paid once."""

import json
import math
import os
import signal
import threading
from itertools import pairwise

import pytest
import yaml
from typer.testing import CliRunner

from escalade.cli.main import app
from escalade.config.opening import Choices, open_experiment, open_system
from escalade.core.errors import ConfigError
from escalade.experiment import Runner
from escalade.store import Store
from escalade.store.leases import Lease

MODELS = {"a": "small", "b": "medium", "c": "large"}
SYSTEMS = {
    "weighted": {"weighted_vote": ["a", {"sample": "b", "n": 2}, "c"], "accuracy": "fitted"},
    "talk": {"debate": ["a", "b"], "rounds": 0, "decide": {"accuracy": "fitted"}},
}


@pytest.fixture
def config(written):
    """`config(systems, **experiment)`: the path of a config on 40 demo questions."""

    def write(systems: dict | None = None, **experiment):
        systems = SYSTEMS if systems is None else systems
        values = {
            "models": {name: {"simulated": {"like": f"ladder/{like}"}} for name, like in MODELS.items()},
            "systems": systems,
            "experiments": {
                "x": {"task": {"demo": {"count": 40}}, "systems": ["c", *systems], "fit": 0.5, **experiment}
            },
        }
        return written(yaml.safe_dump(values))

    return write


def run(path, *more, store="one.sqlite", code=0):
    url = f"sqlite:///{path.parent / store}"
    result = CliRunner().invoke(app, ["run", str(path), "--json", "--store", url, *more])
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


def two_runs(path, store="one.sqlite"):
    """The run that fits and the run that reports, with their records."""
    with Store.open(f"sqlite:///{path.parent / store}") as opened:
        runs = {each.experiment: each for each, *_ in opened.runs()}
        return [(runs[name], list(opened.records(runs[name].id))) for name in ("x-fit", "x")]


def test_weights_come_from_items_that_no_figure_is_over(config):
    """Members are measured once each on half of the items; everything is reported on the other half."""
    path = config()
    report = run(path)
    (fit, fitted), (main, reported) = two_runs(path)
    assert fit.items == main.items == report["items"] == 20
    assert not {r.item for r in fitted} & {r.item for r in reported}
    assert {r.system for r in fitted} == {"a", "b", "c"}
    shares = {name: sum(r.grade.score for r in fitted if r.system == name) / 20 for name in "abc"}
    structure = main.systems["weighted"].structure
    assert structure.settings["accuracies"] == [shares["a"], shares["b"], shares["b"], shares["c"]]
    [note] = [note for note in report["notes"] if note.startswith("Fitted weights")]
    assert f"on 20 other items (a {shares['a']:.3f}, b {shares['b']:.3f}, c {shares['c']:.3f}; run {fit.id})" in note
    assert "over the 20 items held out" in note


def test_votes_are_weighed_by_what_was_measured(config):
    """The log-odds of the measured accuracies stand in the notes of every vote."""
    path = config()
    run(path)
    (_, fitted), (_, reported) = two_runs(path)
    share = sum(r.grade.score for r in fitted if r.system == "c") / 20
    votes = [n for r in reported if r.system == "weighted" for s in r.spans for n in s.notes if n["kind"] == "vote"]
    assert len(votes) == 20
    assert all(vote["weights"][3] == pytest.approx(max(0, math.log(share / (1 - share)))) for vote in votes)


def test_again_it_makes_no_call_and_says_the_same(config):
    """Both runs are found as they were left; offline too."""
    path = config()
    first, again = run(path), run(path, "--offline")
    assert first == again


def test_another_seed_draws_other_halves(config):
    """And a limit is drawn before they are."""
    path = config()
    reports = [run(path, "--seed", str(seed), "--limit", "10", store=f"{seed}.sqlite") for seed in (0, 1)]
    assert [report["items"] for report in reports] == [5, 5]
    drawn = [{r.item for r in two_runs(path, f"{seed}.sqlite")[1][1]} for seed in (0, 1)]
    assert all(one != other for one, other in pairwise(drawn))


def test_what_fitting_spent_counts_against_the_budget(config):
    """60 calls fit the weights; of a budget of 100 calls 40 are left for the report."""
    path = config()
    report = run(path, "--set", "experiments.x.budget.calls=100", code=3)
    (_, fitted), (_, reported) = two_runs(path)
    calls = {c.id for _, records in two_runs(path) for r in records for c in r.calls if not c.hit}
    assert len(fitted) == 60
    assert reported
    assert len(calls) <= 100
    assert report["run"]["finished"] is False


def test_a_run_that_cannot_even_fit_reports_on_that(config):
    """The report is then that of the fitting run, marked unfinished."""
    path = config()
    report = run(path, "--set", "experiments.x.budget.calls=10", code=3)
    assert report["run"]["experiment"] == "x-fit"
    assert report["run"]["finished"] is False
    assert any("reported on 20 other items" in note for note in report["notes"])
    raised, unhindered = run(path), run(path, store="free.sqlite")
    for finished in (raised, unhindered):
        for system in finished["systems"]:
            del system["latency_s"], system["paid"]
    assert raised == unhindered, "with the limit raised it goes on, and ends as if there had been none"


def test_an_interruption_after_fitting_holds_for_the_report(config, monkeypatch):
    """Ctrl-C while the fitting run is ending stops the reporting one before it begins; both go on the next time."""
    path, leave, left = config(), Lease.leave, []
    stop, stopped = Runner.stop, threading.Event()

    def stopping(runner):
        stop(runner)
        stopped.set()

    def interrupted(lease, how):
        if not left:
            os.kill(os.getpid(), signal.SIGINT)
            assert stopped.wait(30)
        left.append(how)
        leave(lease, how)

    monkeypatch.setattr(Runner, "stop", stopping)
    monkeypatch.setattr(Lease, "leave", interrupted)
    report = run(path, code=130)
    (_, fitted), (_, reported) = two_runs(path)
    assert (len(fitted), reported, left) == (60, [], ["finished", "interrupted"])
    assert report["run"]["finished"] is False
    assert run(path)["run"]["finished"] is True


def test_a_plan_counts_both(config):
    """Nothing is called: weights are not known, and need not be."""
    result = CliRunner().invoke(app, ["plan", str(config()), "--json"])
    assert result.exit_code == 0, result.output
    plan = json.loads(result.stdout)
    assert plan["items"] == 20
    assert (plan["fit"]["items"], plan["fit"]["worst"]["calls"]) == (20, 60)
    assert "measured on 20 other items: at most 60 calls" in CliRunner().invoke(app, ["plan", str(config())]).stdout


@pytest.mark.parametrize(
    ("systems", "experiment", "said"),
    [
        (SYSTEMS, {"fit": None}, "systems.weighted.accuracy is `fitted`, and nothing was measured"),
        ({"v": {"vote": ["a", "b"]}}, {}, "experiments.x.fit: none of its systems has fitted weights"),
        (SYSTEMS, {"fit": 1.5}, "experiments.x.fit"),
        (SYSTEMS, {"fit": 0.001}, "no item is left to be fitted on"),
        ({"v": {"weighted_vote": ["a"], "accuracy": "fited"}}, {}, "systems.v.accuracy"),
        (
            {**SYSTEMS, "v": {"weighted_vote": ["weighted", "a"], "accuracy": "fitted"}},
            {},
            "systems.v.accuracy: weighted has fitted weights itself",
        ),
        (
            {"v": {"weighted_vote": [{"vote": ["a"]}, {"vote": ["b"]}], "accuracy": "fitted"}},
            {},
            "systems.v.accuracy: two systems are called vote",
        ),
    ],
)
async def test_what_is_wrong_is_named(config, systems, experiment, said):
    """Before anything is called."""
    path = config(systems, **experiment)
    with pytest.raises(ConfigError) as error:
        async with open_experiment(path, "x", Choices(store="sqlite://")):
            pass
    assert said in str(error.value)


async def test_a_question_of_one_s_own_needs_known_weights(config):
    """`ask` measures nothing."""
    with pytest.raises(ConfigError, match="nothing was measured"):
        async with open_system(config(), "weighted", Choices(store="sqlite://")):
            pass
