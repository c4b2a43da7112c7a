"""The program that a worker process of `MathPool` runs: reads pairs as lines of JSON, writes verdicts likewise.

It is started by its file name and imports nothing of Escalade, so that a start costs little. math-verify's time limit
works in main threads alone, so that the parent kills it; where no parent is left, the system ends it when a pair took
the seconds of processor time that the first argument says. Its memory is bounded where the system allows it. Answers
go through math-verify's LaTeX grammar only, which computes but evaluates no Python.
"""

import json
import logging
import os
import signal
import sys
from contextlib import suppress
from typing import Any, TextIO

_MEMORY_BYTES = 2 << 30


def main() -> None:
    verdicts = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8")
    os.dup2(2, 1)  # whatever a library prints must not pass for a verdict
    _bound_memory()
    logging.disable(logging.CRITICAL)
    equal = _loaded()
    _say(verdicts, {"ready": True})
    for line in sys.stdin:
        pair = json.loads(line)
        _bound_work(float(sys.argv[1]))
        try:
            verdict: dict[str, Any] = {"equal": equal(pair["gold"], pair["answer"])}
        except Exception as error:  # noqa: BLE001  (sympy raises anything; the parent wants a reason, not a corpse)
            verdict = {"error": type(error).__name__}
        _bound_work(0)
        _say(verdicts, verdict)


def _loaded() -> Any:
    """The comparison, with math-verify imported."""
    from math_verify import LatexExtractionConfig, parse, verify  # noqa: PLC0415  (after the memory bound)

    form = [LatexExtractionConfig()]

    def equal(gold: str, answer: str) -> bool:
        # Bare LaTeX is misread without delimiters, and the comparison is not symmetric: gold comes first.
        wanted = parse(rf"\boxed{{{gold}}}", form, parsing_timeout=None)
        given = parse(rf"\boxed{{{answer}}}", form, parsing_timeout=None)
        return bool(wanted and given) and bool(verify(wanted, given, timeout_seconds=None))

    return equal


def _bound_work(cpu_s: float) -> None:
    """From now on; 0: none."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, cpu_s)


def _bound_memory() -> None:
    try:
        import resource  # noqa: PLC0415  (POSIX only)
    except ImportError:
        return
    with suppress(ValueError, OSError):  # a lower bound is set already, or the system knows none
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))


def _say(stream: TextIO, value: dict[str, Any]) -> None:
    stream.write(json.dumps(value) + "\n")
    stream.flush()


if __name__ == "__main__":
    main()
