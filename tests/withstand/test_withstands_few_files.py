"""A process that may open few files: its own shortage says nothing of a system, and decides nothing."""

import asyncio
import resource
import sys

import pytest
from killing import but_measured
from ladder import config, written
from program import SECRET, ended, started

from escalade.simulate.server import Service, serving

_FEW = 48


def _few() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (_FEW, _FEW))


@pytest.mark.slow
async def test_too_few_files_stop_a_run_and_decide_nothing(tmp_path, world, known, monkeypatch):
    """The error names the remedy; the same command with more files ends as if nothing had been."""
    monkeypatch.setenv("PROVIDER_KEY", SECRET)
    async with serving(world, known, Service(latency_s=0.1)) as served:
        path = written(tmp_path, config(served.url, items=40, experiment={"concurrency": 300}, concurrency=300))
        run = ("run", path, "--json", "--store")
        short = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "escalade", *map(str, run), "sqlite:///few.sqlite",
            cwd=tmp_path, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, preexec_fn=_few,
        )  # fmt: skip
        stopped = await ended(short)
        resumed = await ended(await started(tmp_path, *run, "sqlite:///few.sqlite"))
        calm = await ended(await started(tmp_path, *run, "sqlite:///calm.sqlite"))
    assert stopped.code == 1, stopped.err
    assert "`ulimit -n`" in stopped.err  # whether a connection or the store was first to find none left
    assert "Traceback" not in stopped.err
    assert (resumed.code, calm.code) == (0, 0), resumed.err
    assert but_measured(resumed.json()) == but_measured(calm.json())
