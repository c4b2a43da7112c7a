"""Proves equality of formulas in worker processes that are killed and replaced when they take too long.

Never on the event loop, never in this process, and with nothing of this process's environment but what Python needs
to start: a formula that a model wrote can neither stall a run nor read a key. Formulas that no final answer would
resemble (too long, too deeply nested, braces that do not match) are unequal without being looked at.
"""

import asyncio
import json
import re
import sys
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from msgspec import Struct

from escalade.answers.pattern_process import bare_environment

_PROGRAM = Path(__file__).with_name("math_worker.py")
_LONGEST = 1000
_DEEPEST = 40
_START_S = 60.0
_BRACKETS = re.compile(r"\\[{}\\]|[{}()\[\]]")


class Equality(Struct, frozen=True):
    equal: bool | None
    """None: not decided, for the reason given."""
    reason: str = ""


def installed() -> bool:
    """Whether the `maths` extra is here."""
    return find_spec("math_verify") is not None


class MathPool:
    """At most `workers` processes, started when first needed; each pair has `timeout_s` seconds. One event loop."""

    def __init__(self, workers: int = 2, *, timeout_s: float = 5.0) -> None:
        self.timeout_s = timeout_s
        self._slots = asyncio.Semaphore(workers)
        self._idle: list[_Worker] = []

    async def equal(self, gold: str, answer: str) -> Equality:
        """Whether `answer` is `gold`, both bare LaTeX. Never raises for a formula; kills its worker if cancelled."""
        if reason := _refused(answer):
            return Equality(equal=False, reason=reason)
        async with self._slots:
            worker = None
            try:
                worker = self._ready() or await _Worker.started(2 * self.timeout_s)
                async with asyncio.timeout(self.timeout_s):
                    verdict = await worker.equal(gold, answer)
            except TimeoutError:
                reason = "started" if worker is None else "decided"
                return Equality(None, f"timeout: not {reason} in {_START_S if worker is None else self.timeout_s:g} s")
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
        while self._idle:
            worker = self._idle.pop()
            if worker.alive:
                return worker
        return None


class _Worker:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def started(cls, cpu_s: float) -> "_Worker":
        """A worker that has loaded everything, and ends by itself when a pair took `cpu_s`.

        Raises OSError, ValueError or TimeoutError.
        """
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            str(_PROGRAM),
            str(cpu_s),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=bare_environment(),
            start_new_session=True,  # a terminal's Ctrl-C is for this process, which may go on to finish its work
        )
        worker = cls(process)
        try:
            async with asyncio.timeout(_START_S):
                await worker._line()
        except BaseException:
            await worker.kill()
            raise
        return worker

    @property
    def alive(self) -> bool:
        return self._process.returncode is None

    async def equal(self, gold: str, answer: str) -> Equality:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"gold": gold, "answer": answer}).encode() + b"\n")
        await self._process.stdin.drain()
        verdict = json.loads(await self._line())
        return Equality(verdict.get("equal"), verdict.get("error", ""))

    async def kill(self) -> None:
        if self.alive:
            with suppress(ProcessLookupError):
                self._process.kill()
        await self._process.wait()

    async def _line(self) -> bytes:
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if not line:
            raise ConnectionResetError("it closed its output")
        return line


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
