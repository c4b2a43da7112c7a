"""Patterns that never end: they cost their own item its grade or verdict, and nobody else anything."""

import asyncio
import json
import signal

import pytest
from ladder import config, written
from program import ended, started, told

from escalade.simulate.server import serving

ENDLESS = r"(\w+\s?)+$!"
HONEST = r"\w+\s+\w+"


def table(folder, golds):
    rows = [{"id": f"q{place}", "question": f"Tell me of {place}.", "answer": gold} for place, gold in enumerate(golds)]
    (folder / "q.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return {"task": {"table": {"path": "q.jsonl", "grading": "regex"}}, "systems": ["small"], "reference": "small"}


def test_endless_gold_beside_honest_ones(program, serve, tmp_path):
    """The run ends by itself; the others are graded, and the one is the grader's failure with pattern and remedy."""
    with serve() as served:
        values = config(served.url, experiment=table(tmp_path, [HONEST, ENDLESS, HONEST, r"\d{9}"]))
        ran = program("run", written(tmp_path, values), "--json")
    assert ran.code == 0, ran.err
    (system,) = ran.json()["systems"]
    assert (system["quality"]["mean"], system["quality"]["n"], system["ungraded"]) == (pytest.approx(2 / 3), 3, 1)
    assert any("the grader failed on 1 answer" in note for note in ran.json()["notes"])
    why = " ".join(program("why", "hard", "q1").out.split())
    assert f"the pattern {ENDLESS} was cut" in why
    assert "without repeats inside repeats" in why


def test_endless_gate_is_climbed_past(program, serve, tmp_path):
    """A cascade whose gate has no end climbs on; what it could not judge is said, and never taken for a "no"."""
    with serve() as served:
        values = config(served.url, experiment={**table(tmp_path, [HONEST]), "systems": ["climb"]})
        values["systems"]["climb"] = {"cascade": ["small", "large"], "accept": {"regex": ENDLESS}}
        values["experiments"]["hard"]["reference"] = "climb"
        ran = program("run", written(tmp_path, values), "--json")
    assert ran.code == 0, ran.err
    (system,) = ran.json()["systems"]
    assert system["funnel"][-1]["reached"] == 1
    assert system["gate"]["judged"] == 0
    why = " ".join(program("why", "hard", "q0").out.split())
    assert f"the pattern {ENDLESS} was cut" in why


@pytest.mark.parametrize("place", ["q.jsonl, line 2", "systems.climb.accept.regex"])
def test_bad_pattern_is_told_before_any_call(program, serve, tmp_path, place):
    """A pattern nested beyond all reason is an error with its place, and nothing is asked."""
    deep = "(" * 4000 + ")" * 4000
    with serve() as served:
        gold, accept = (deep, HONEST) if "line" in place else (HONEST, deep)
        experiment = {**table(tmp_path, [HONEST, gold]), "systems": ["climb"], "reference": "climb"}
        values = config(served.url, experiment=experiment)
        values["systems"]["climb"] = {"cascade": ["small", "large"], "accept": {"regex": accept}}
        ran = program("run", written(tmp_path, values), "--json")
        assert served.bill.entries == []
    told(ran, "nested too deeply", place, code=1 if "line" in place else 2)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_run_of_endless_patterns_can_be_ended(tmp_path, world, known, number):
    """One signal is heard at once, while patterns are searched; a second ends the run within a moment."""
    async with serving(world, known) as served:
        experiment = {**table(tmp_path, [ENDLESS] * 40), "concurrency": 40}
        process = await started(tmp_path, "run", written(tmp_path, config(served.url, experiment=experiment)), "--json")
        while len(served.bill.entries) < 40:
            assert process.returncode is None
            await asyncio.sleep(0.005)
        process.send_signal(number)
        assert process.stderr is not None
        await asyncio.wait_for(process.stderr.readuntil(b"press Ctrl-C again"), 5)
        process.send_signal(number)
        ran = await asyncio.wait_for(ended(process), 10)
    assert ran.code == 130
    assert "Traceback" not in ran.err
