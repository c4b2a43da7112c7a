"""`escalade simulate` serves what its options say, as a process of its own."""

import asyncio
import re
import sys

import aiohttp
import pytest

from escalade.simulate import demo_questions

_PROGRAM = "from escalade.cli.main import main; main()"


async def texts_of(question: str, *options: str) -> list[str]:
    """What the model `small` of a server with these options says to the same request, three times."""
    command = (sys.executable, "-c", _PROGRAM, "simulate", "--port", "0", *options)
    process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
    try:
        assert process.stderr is not None
        greeting = (await process.stderr.readline()).decode()
        url = re.search(r"http://\S+/v1", greeting)
        assert url, greeting
        body = {"model": "small", "messages": [{"role": "user", "content": question}]}
        said = []
        async with aiohttp.ClientSession() as session:
            for _ in range(3):
                async with session.post(f"{url[0]}/chat/completions", json=body) as response:
                    said.append((await response.json())["choices"][0]["message"]["content"])
        return said
    finally:
        process.terminate()
        await process.communicate()


@pytest.mark.parametrize(("options", "different"), [((), 1), (("--fresh-repeats",), 3)], ids=["equal", "fresh"])
async def test_repeated_requests_are_answered_anew_where_that_is_asked_for(options, different):
    """As samples of one question, which a client without seeds may want; else always the same."""
    assert len(set(await texts_of(demo_questions(1)[0].text, *options))) == different
