"""A simulated provider that serves from a thread of its own, so that a test may run the whole program beside it."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from program import SECRET, Program

from escalade.simulate import World, demo_questions, population
from escalade.simulate.server import Served, Service, serving


@pytest.fixture(scope="session")
def world() -> World:
    """The questions of the demo task."""
    return World(demo_questions(200))


@pytest.fixture(scope="session")
def known() -> tuple:
    """The models that are served."""
    return population("ladder")


@pytest.fixture
def serve(world, known):
    """`with serve(Service(...)) as served:`"""

    @contextmanager
    def beside(service: Service | None = None) -> Iterator[Served]:
        ready: list[Served] = []
        told, over = threading.Event(), threading.Event()

        async def work() -> None:
            async with serving(world, known, service) as served:
                ready.append(served)
                told.set()
                await asyncio.to_thread(over.wait)

        thread = threading.Thread(target=lambda: asyncio.run(work()))
        thread.start()
        try:
            assert told.wait(20)
            yield ready[0]
        finally:
            over.set()
            thread.join()

    return beside


@pytest.fixture
def program(capsys, monkeypatch, tmp_path) -> Program:
    """The program, run in an empty folder with the provider's key in the environment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PROVIDER_KEY", SECRET)
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.delenv("ESCALADE_STORE", raising=False)
    return Program(capsys, monkeypatch)
