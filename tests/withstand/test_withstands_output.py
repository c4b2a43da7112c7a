"""Ends of the program that its user must hear of: an interruption, nobody who reads, no space for what is printed."""

import asyncio
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from ladder import config, written
from program import ended, started, told

from escalade.simulate.server import Service, serving
from escalade.store import Store

_SCHEMA = [sys.executable, "-c", "from escalade.cli.main import main; main()", "schema"]


async def test_an_interrupted_question_says_so(tmp_path, world, known):
    """Ctrl-C during `ask` ends it at once with one line and the exit code of an interruption."""
    async with serving(world, known, Service(latency_s=60.0)) as served:
        path = written(tmp_path, config(served.url))
        process = await started(tmp_path, "ask", "Why?", "--config", path, "--system", "large")
        while not served.bill.entries:
            assert process.returncode is None
            await asyncio.sleep(0.005)
        process.send_signal(signal.SIGINT)
        ran = await asyncio.wait_for(ended(process), 10)
    assert ran.code == 130
    assert ran.err.startswith("interrupted: ")
    assert len(ran.err.splitlines()) == 1


def test_a_reader_that_went_away_is_no_failure():
    """`escalade ... | head` ends without a word."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as nobody:
        ran = subprocess.run(_SCHEMA, stdout=nobody, stderr=subprocess.PIPE, check=False)
    assert (ran.returncode, ran.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_output_without_space_is_one_clear_error():
    """`escalade ... > file` on a full disk says what is wrong and what to do."""
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(_SCHEMA, stdout=full, stderr=subprocess.PIPE, check=False)
    assert ran.returncode == 1
    assert [line.split(b":")[0].strip() for line in ran.stderr.splitlines()] == [b"error", b"try"]


@pytest.mark.parametrize("where", ["a-file", "a-file/deeper"])
def test_init_where_nothing_can_be_written_is_one_clear_error(program, tmp_path, where):
    """No folder is there, and none can be made."""
    (tmp_path / "a-file").touch()
    told(program("init", where), "cannot write a-file", "name a folder that can be written")


def test_a_report_that_does_not_fit_leaves_nothing_half_written(program, tmp_path):
    """One clear error, and no part of a page beside it."""
    models = {"small": {"simulated": {"like": "ladder/small"}}}
    values = {"models": models, "experiments": {"e": {"task": {"demo": {"count": 2}}, "systems": ["small"]}}}
    run = program("run", written(tmp_path, values), "--json").json()["run"]["id"]
    command = [*_SCHEMA[:-1], "report", run, "--out", "r.html"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, preexec_fn=_with_little_space)
    assert ran.returncode == 2, ran.stderr
    assert ran.stderr.splitlines()[-2].startswith(b"error: cannot write r.html"), ran.stderr
    assert not list(tmp_path.glob("r.html*"))


def _with_little_space() -> None:
    """No file grows beyond 48 kB, of which SQLite's index of a log takes 32."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (48 << 10, 48 << 10))


@pytest.mark.parametrize("closed", [0, 1, 2])
def test_a_closed_stream_is_no_failure(tmp_path, closed):
    """Some schedulers start programs without standard streams: the work is done, and what is open hears of it."""
    store = f"sqlite:///{tmp_path}/runs.sqlite"
    models = {"small": {"simulated": {"like": "ladder/small"}}}
    values = {"models": models, "experiments": {"e": {"task": {"demo": {"count": 2}}, "systems": ["small"]}}}
    command = [sys.executable, "-m", "escalade", "run", written(tmp_path, values), "--store", store]
    ran = subprocess.run(command, capture_output=True, check=False, preexec_fn=lambda: os.close(closed))
    assert (ran.returncode, b"Traceback" in ran.stderr) == (0, False), ran.stderr
    assert bool(ran.stdout) == (closed != 1)
    with Store.open(store) as opened:
        assert [ended for _, ended, _ in opened.runs()] == ["finished"]


def test_an_interruption_at_the_start_is_no_traceback():
    """Ctrl-C while the commands are still being read."""
    interrupted = """
import builtins, escalade.__main__
real = builtins.__import__
def reading(name, *rest):
    if name == "escalade.cli.main":
        raise KeyboardInterrupt
    return real(name, *rest)
builtins.__import__ = reading
escalade.__main__.main()
"""
    ran = subprocess.run([sys.executable, "-c", interrupted], capture_output=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (130, b"", b"")
