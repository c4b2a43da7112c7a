"""Ends of the program that its user must hear of: an interruption, nobody who reads, no space for what is printed."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from ladder import config, written
from program import ended, started

from escalade.simulate.server import Service, serving

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
