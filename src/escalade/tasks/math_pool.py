"""Proves equality of formulas in worker processes that are killed and replaced when they take too long.

Never on the event loop, never in this process, and with nothing of this process's environment but what Python needs
to start: a formula that a model wrote can neither stall a run nor read a key. Formulas that no final answer would
resemble (too long, too deeply nested, braces that do not match) are unequal without being looked at.
"""

import asyncio
import json
import re
import subprocess
import sys
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from msgspec import Struct

from escalade.answers.pattern_process import bare_environment
from escalade.answers.slots import Slots

_PROGRAM = Path(__file__).with_name("math_worker.py")
_LONGEST = 1000
_DEEPEST = 40
_START_S = 60.0
_BRACKETS = re.compile(r"\\[{}\\]|[{}()\[\]]")


class Equality(Struct, frozen=True):
    equal: bool | None
    """None: not decided."""
    trouble: str = ""
    """Why nothing was proved."""


def installed() -> bool:
    """Whether the `maths` extra is here."""
    return find_spec("math_verify") is not None


class MathPool:
    """At most `workers` processes, started when first needed; each pair has `timeout_s` seconds.

    Event loops one after the other may use it; those at the same time have as many workers each.
    """

    def __init__(self, workers: int = 2, *, timeout_s: float = 5.0) -> None:
        self.timeout_s = timeout_s
        self._slots = Slots(workers)
        self._idle: list[_Worker] = []

    async def equal(self, gold: str, answer: str) -> Equality:
        """Whether `answer` is `gold`, both bare LaTeX. Never raises for a formula; kills its worker if cancelled."""
        if trouble := _refused(answer):
            return Equality(equal=False, trouble=trouble)
        async with self._slots.here():
            worker = None
            try:
                worker = self._ready() or await _Worker.started(2 * self.timeout_s)
                async with asyncio.timeout(self.timeout_s):
                    verdict = await worker.equal(gold, answer)
            except TimeoutError:
                wanted = "started" if worker is None else "decided"
                return Equality(None, f"timeout: not {wanted} in {_START_S if worker is None else self.timeout_s:g} s")
            except (OSError, ValueError) as error:
                return Equality(None, f"the worker process died: {error or type(error).__name__}")
            else:
                self._idle.append(worker)
                worker = None
                return verdict
            finally:
                if worker is not None:
                    await worker.kill()

    async def close(self) -> None:
        """End all idle workers. The pool may be used again."""
        idle, self._idle = self._idle, []
        for worker in idle:
            await worker.kill()

    def _ready(self) -> "_Worker | None":
        with suppress(IndexError):  # another thread's loop may take the last one at any moment
            while True:
                worker = self._idle.pop()
                if worker.alive:
                    return worker
                worker.close()
        return None


class _Worker:
    """A process and its pipes, which threads wait for: it belongs to no event loop."""

    def __init__(self, cpu_s: float) -> None:
        """It ends by itself when a pair took `cpu_s`. Raises OSError."""
        self._process = subprocess.Popen(  # noqa: S603  (our own program)
            [sys.executable, "-P", str(_PROGRAM), str(cpu_s)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=bare_environment(),
            start_new_session=True,  # a terminal's Ctrl-C is for this process, which may go on to finish its work
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._told, self._said = self._process.stdin, self._process.stdout

    @classmethod
    async def started(cls, cpu_s: float) -> "_Worker":
        """A worker that has loaded everything. Raises OSError, ValueError or TimeoutError."""
        worker = cls(cpu_s)
        try:
            async with asyncio.timeout(_START_S):
                await asyncio.to_thread(worker._answer)
        except BaseException:
            await worker.kill()
            raise
        return worker

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    async def equal(self, gold: str, answer: str) -> Equality:
        verdict = await asyncio.to_thread(self._answer, {"gold": gold, "answer": answer})
        return Equality(verdict.get("equal"), verdict.get("error", ""))

    async def kill(self) -> None:
        self._process.kill()
        await asyncio.to_thread(self.close)

    def close(self) -> None:
        """Let go of one that has ended, or is about to."""
        self._process.wait()
        self._said.close()
        with suppress(OSError):  # what it was not told any more
            self._told.close()

    def _answer(self, pair: dict[str, str] | None = None) -> dict[str, Any]:
        """What it says next, to `pair` if there is one; for a thread, which the end of the process lets go."""
        if pair is not None:
            self._told.write(json.dumps(pair).encode() + b"\n")
            self._told.flush()
        if not (line := self._said.readline()):
            raise ConnectionResetError("it closed its output")
        said: dict[str, Any] = json.loads(line)
        return said


def _refused(answer: str) -> str:
    """Why no worker should look at it, "" if one may."""
    if len(answer) > _LONGEST:
        return f"longer than {_LONGEST} characters"
    depth = braces = 0
    for bracket in _BRACKETS.findall(answer):
        if len(bracket) == 2:
            continue
        depth += 1 if bracket in "{([" else -1
        braces += (bracket == "{") - (bracket == "}")
        if depth > _DEEPEST:
            return f"nested deeper than {_DEEPEST}"
        if braces < 0:
            return "braces that do not match"
    return "braces that do not match" if braces else ""
