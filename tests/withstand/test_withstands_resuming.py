"""The journal seen from outside: repeating, widening and changing an experiment pays only for calls never made."""

import msgspec
import pytest
import stored
from ladder import SYSTEMS, config, written

from escalade.simulate.server import Service

STORE = "sqlite:///journal.sqlite"


def _but_measured(report, *more):
    report["systems"] = sorted(
        ({k: v for k, v in s.items() if k not in ("latency_s", "paid", *more)} for s in report["systems"]),
        key=lambda s: s["name"],
    )
    return report


@pytest.fixture
def provider(serve):
    with serve(Service(report_cost=True)) as served:
        yield served


def test_running_again_makes_no_call(program, provider, tmp_path):
    """A finished run, run again, calls nobody and prints the same report, also from `show`."""
    path = written(tmp_path, config(provider.url))
    first = program("run", path, "--json", "--store", STORE)
    calls = len(provider.bill.entries)
    assert calls > 0
    again = program("run", path, "--json", "--store", STORE)
    assert len(provider.bill.entries) == calls
    shown = program("show", first.json()["run"]["id"], "--json", "--store", STORE)
    assert first.out == again.out == shown.out


def test_half_of_it_first_saves_half(program, provider, tmp_path):
    """Ten items, then all: together they make the calls that all at once would have made."""
    path = written(tmp_path, config(provider.url))
    program("run", path, "-q", "--limit", "10", "--store", STORE)
    half = len(provider.bill.entries)
    in_two = program("run", path, "--json", "--store", STORE)
    calls = len(provider.bill.entries)
    at_once = program("run", path, "--json", "--store", "sqlite:///other.sqlite")
    assert 0 < half < calls
    assert len(provider.bill.entries) - calls == calls
    assert _but_measured(in_two.json()) == _but_measured(at_once.json())


def test_another_threshold_pays_for_new_calls_alone(program, provider, tmp_path):
    """A stricter gate climbs higher; what it shares with the first run is not bought again."""
    path = written(tmp_path, config(provider.url, experiment={"systems": ["climb"], "reference": "climb"}))
    lenient = program("run", path, "--json", "--store", STORE).json()
    before = stored.answered(tmp_path / "journal.sqlite")
    strict = program("run", path, "--json", "--store", STORE, "--set", "systems.climb.accept.at_least=0.97").json()
    after = stored.answered(tmp_path / "journal.sqlite")
    bought = sum(usd for request, usd in after.items() if request not in before)
    assert lenient["run"]["id"] != strict["run"]["id"]
    assert before.items() < after.items()
    assert len(provider.bill.entries) == len(after)
    [climb] = strict["systems"]
    assert climb["paid"]["usd"] == msgspec.to_builtins(bought.normalize())
    assert climb["paid"]["calls"] == len(after) - len(before) < climb["cost"]["calls"]


def test_the_order_of_systems_changes_nothing(program, provider, tmp_path):
    """Each system's figures are the same whoever stands first, and so are the calls that are made."""
    reports, calls = [], []
    for number, systems in enumerate((SYSTEMS, SYSTEMS[::-1])):
        before = len(provider.bill.entries)
        path = written(tmp_path, config(provider.url, experiment={"systems": list(systems)}))
        ran = program("run", path, "--json", "--store", f"sqlite:///order{number}.sqlite")
        calls.append(len(provider.bill.entries) - before)
        reports.append(_but_measured(ran.json(), "versus_reference", "rivals", "sentence"))
    assert calls[0] == calls[1]
    assert reports[0]["systems"] == reports[1]["systems"]


@pytest.mark.parametrize("concurrency", [1, 200])
def test_equal_seeds_give_equal_reports(program, tmp_path, concurrency):
    """Simulated in process, twice, with other concurrency: the JSON differs in measured times alone."""
    values = config("http://127.0.0.1:9/v1", items=60, experiment={"limit": 30, "seed": 4, "samples": 2})
    values["models"] = {name: {"simulated": {"like": f"ladder/{name}"}} for name in values["models"]}
    path = written(tmp_path, values)
    one = program("run", path, "--json", "--store", "sqlite:///one.sqlite")
    two = program("run", path, "--json", "--concurrency", concurrency, "--store", "sqlite:///two.sqlite")
    assert _but_measured(one.json()) == _but_measured(two.json())


def test_samples_are_never_one_answer(program, provider, tmp_path):
    """Three samples of one model are three calls, and three again in the report."""
    values = config(provider.url, experiment={"systems": ["thrice"], "reference": "thrice"})
    values["systems"]["thrice"] = {"vote": {"sample": "small", "n": 3}}
    ran = program("run", written(tmp_path, values), "--json", "--store", STORE)
    assert len(provider.bill.entries) == 3 * 20
    assert ran.json()["systems"][0]["cost"]["calls"] == 3 * 20
