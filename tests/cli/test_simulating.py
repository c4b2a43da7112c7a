"""`escalade simulate` serves what its options say, as a process of its own."""

import asyncio
import re
import subprocess
import sys

import aiohttp
import pytest
from stored_runs import Escalade

from escalade.simulate import demo_questions

_PROGRAM = "from escalade.cli.main import main; main()"


def _url_in(greeting: str) -> str:
    found = re.search(r"http://\S+/v1", greeting)
    assert found, greeting
    return found[0]


async def texts_of(question: str, *options: str) -> list[str]:
    """What the model `small` of a server with these options says to the same request, three times."""
    command = (sys.executable, "-c", _PROGRAM, "simulate", "--port", "0", *options)
    process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
    try:
        assert process.stderr is not None
        url = _url_in((await process.stderr.readline()).decode())
        body = {"model": "small", "messages": [{"role": "user", "content": question}]}
        said = []
        async with aiohttp.ClientSession() as session:
            for _ in range(3):
                async with session.post(f"{url}/chat/completions", json=body) as response:
                    said.append((await response.json())["choices"][0]["message"]["content"])
        return said
    finally:
        process.terminate()
        await process.communicate()


@pytest.mark.parametrize(("options", "different"), [((), 1), (("--fresh-repeats",), 3)], ids=["equal", "fresh"])
async def test_repeated_requests_are_answered_anew_where_that_is_asked_for(options, different):
    """As samples of one question, which a client without seeds may want; else always the same."""
    assert len(set(await texts_of(demo_questions(1)[0].text, *options))) == different


OVER_HTTP = """
endpoints: {sim: {url: URL}}
models:
  small: {endpoint: sim, id: small}
  large: {endpoint: sim, id: large}
  judge: {endpoint: sim, id: judge}
experiments: {far: {task: {demo: {count: 12}}, systems: [small, large]}}
"""


def test_what_was_simulated_over_http_is_said_wherever_it_is_shown(tmp_path):
    """The config knows an address only; the replies say who answered, to the report, a comparison and a duel."""
    escalade = Escalade(tmp_path)
    command = (sys.executable, "-c", _PROGRAM, "simulate", "--port", "0", "--questions", "12")
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        escalade.config.write_text(OVER_HTTP.replace("URL", _url_in(process.stderr.readline())))
        run = escalade.run()
        duel = escalade.json("compare", run, "--judge", "judge", "--config", str(escalade.config))
        process.terminate()
    shown, compared = escalade.json("show", run), escalade.json("compare", run)
    assert [system["simulated"] for system in shown["systems"]] == [True, True]
    assert [entry["simulated"] for entry in compared["entries"]] == [True, True]
    assert all(any("Simulated" in note for note in found["notes"]) for found in (shown, compared))
    assert duel["simulated"] is True
