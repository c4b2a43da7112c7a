"""docs/python.md is what a user of the library reads: its snippets run in their order and print what they say."""

import ast
import asyncio
import inspect
import re
import threading

import pytest
from fenced import ROOT, blocks

import escalade
from escalade.simulate import World, demo_questions, population
from escalade.simulate.server import Service, serving

PAGE = "docs/python.md"


@pytest.fixture
def provider():
    """The address of a simulated provider, as `escalade simulate` starts it, in a thread of its own."""
    ready, stopping, urls = threading.Event(), asyncio.Event(), []

    async def serve():
        world = World(demo_questions(400))
        async with serving(world, list(population("ladder")), Service(report_cost=True)) as served:
            urls.extend([served.url, asyncio.get_running_loop()])
            ready.set()
            await stopping.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(10)
    yield urls[0]
    urls[1].call_soon_threadsafe(stopping.set)
    thread.join()


async def run(code: str, names: dict[str, object], where: str) -> None:
    """Run `code` as a notebook does, where `await` may stand outside functions."""
    compiled = compile(code, where, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    waiting = eval(compiled, names)
    if inspect.iscoroutine(waiting):
        await waiting


async def test_the_snippets_run(provider, capsys):
    """In their order, in one notebook; what they print is what the page says of them."""
    names: dict[str, object] = {}
    printed = []
    for number, code in enumerate(blocks(PAGE, "python"), 1):
        await run(code.replace("http://127.0.0.1:8765/v1", provider), names, f"{PAGE}, snippet {number}")
        printed.append(capsys.readouterr().out)
    asked, _, climbed, experiment, shortest, brief, own, threads, failed, refused = printed
    assert "Answer: " in asked
    assert "/worker/worker.1 vote" in climbed
    assert re.findall(r"^(large|ladder) 0\.\d+ ", experiment, re.MULTILINE) == ["large", "ladder"]
    assert "Answer: " in shortest
    assert brief in ("True\n", "False\n")
    assert own.startswith("finished ['")
    assert threads.count("Answer: ") >= 1
    assert failed.startswith("usd question question budget of 0.00001 USD")
    assert "Vote(sample(model, 3))" in refused
    assert "& and |" in refused


def test_every_name_that_the_page_takes_from_the_front_door_is_there():
    """And every strategy, gate and error that it names in its words."""
    text = (ROOT / PAGE).read_text(encoding="utf-8")
    for names in re.findall(r"^from escalade import (.+)$", text, re.MULTILINE):
        assert set(names.split(", ")) <= set(escalade.__all__)
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    named = set(re.findall(r"`([A-Z][A-Za-z]+)(?:\(.*?)?`", prose))
    assert named - set(escalade.__all__) == {"ScriptedModel"}
