"""What every subject of the orchestration benchmark shares: the work, the clock and the line that reports it.

The work: a worker answers a question, a judge scores the answer from 0 to 1, an answer that scores enough is accepted.
Standard library only, since each subject runs in an environment of its own. It does not start the server.
"""

import argparse
import asyncio
import json
import os
import resource
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

WORKER_SAYS = "Answer the question briefly and show your steps."
JUDGE_SAYS = 'Score the answer from 0 to 1. Reply with a JSON object: {"reason": "...", "score": 0.5}'
AT_LEAST = 0.9
WARM_UP = 8
"""Questions asked before the clock starts: imports, first connections and caches are not what is measured."""

Ask = Callable[[str], Awaitable[bool]]
"""Puts one question through worker and judge; whether the answer was accepted."""


@dataclass(frozen=True)
class Work:
    url: str
    """The server's address up to and with /v1."""
    questions: int
    concurrency: int


def work() -> Work:
    """What the command line asks for. The variables by which SDKs find a server point to the local one."""
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("--questions", type=int, default=500)
    parser.add_argument("--concurrency", type=int, default=64)
    said = parser.parse_args()
    os.environ |= {"OPENAI_API_KEY": "none", "OPENAI_BASE_URL": said.url}
    return Work(said.url, said.questions, said.concurrency)


def questions(count: int, start: int = 0) -> list[str]:
    """Different questions of some 500 characters each."""
    story = "Somebody counts the steps of a ladder, one rung after another, and writes each number down. " * 5
    return [f"Case {n}. {story}What is {n} times 7?" for n in range(start, start + count)]


def to_judge(question: str, answer: str) -> str:
    return f"Question:\n{question}\n\nAnswer:\n{answer}"


def accepted(verdict: str) -> bool:
    return float(json.loads(verdict)["score"]) >= AT_LEAST


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def peak_mb() -> float:
    """Of this program alone: what the system calls its resident maximum begins, on Linux, with that of its parent."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().partition("VmHWM:")[2].split()[0]) / (1 << 10)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)


@contextmanager
def measured(asked: Work) -> Iterator[dict[str, int]]:
    """Times its block and prints one JSON line; the block must put the number of accepted answers in "accepted"."""
    outcome: dict[str, int] = {}
    wall, cpu = time.perf_counter(), _cpu_s()
    yield outcome
    wall, cpu = time.perf_counter() - wall, _cpu_s() - cpu
    measures = {
        "questions_per_s": asked.questions / wall,
        "cpu_ms_per_question": 1000 * cpu / asked.questions,
        "peak_mb": peak_mb(),
    }
    print(json.dumps(measures | outcome), flush=True)


async def ask_all(ask: Ask, asked: list[str], concurrency: int) -> int:
    """Ask at most so many at a time; how many answers were accepted."""
    left = iter(asked)

    async def one_after_another() -> int:
        return sum([await ask(question) for question in left])

    return sum(await asyncio.gather(*(one_after_another() for _ in range(concurrency))))


def drive(prepare: Callable[[Work], AbstractAsyncContextManager[Ask]]) -> None:
    """Measure a subject that answers one question at a time."""

    async def whole() -> None:
        asked = work()
        async with prepare(asked) as ask:
            await ask_all(ask, questions(WARM_UP, start=asked.questions), WARM_UP)
            todo = questions(asked.questions)
            with measured(asked) as outcome:
                outcome["accepted"] = await ask_all(ask, todo, asked.concurrency)

    asyncio.run(whole())
