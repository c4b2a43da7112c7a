"""Grading mathematics by spelling and by proof, in processes that can be killed."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from escalade.core.reply import Reply
from escalade.ledger.span import Span
from escalade.tasks import Item, Math500, MathGrader, math_worker
from escalade.tasks.math_pool import MathPool, installed
from escalade.tasks.maths import EXPRESSION

needs_math_verify = pytest.mark.skipif(not installed(), reason="needs the extra `maths`")
SLOW = "9^{9^{9^{9^{9}}}}"
"""A number that nobody can write down."""


@pytest.fixture
async def pool() -> AsyncIterator[MathPool]:
    pool = MathPool(workers=1)
    yield pool
    await pool.close()


def environment_of(pid: int) -> bytes:
    environment = Path(f"/proc/{pid}/environ")
    return environment.read_bytes() if environment.exists() else pytest.skip("needs /proc")


def asked(gold: str) -> Item:
    return Item(id="q", turns=("?",), gold=gold, expects=EXPRESSION)


@needs_math_verify
async def test_equal_values_are_proved(pool: MathPool) -> None:
    """Other spellings and orders of one value are equal; other values are not; one worker serves all pairs."""
    pairs = [("x+1", "1+x", True), ("\\frac{\\sqrt{2}}{2}", "\\frac{1}{\\sqrt{2}}", True), ("x+1", "x-1", False)]
    for gold, answer, equal in pairs:
        assert (await pool.equal(gold, answer)).equal is equal
    assert len(pool._idle) == 1


@needs_math_verify
async def test_equations_are_not_all_zero(pool: MathPool) -> None:
    """Two different equations, which undelimited would both be read as 0, are unequal."""
    assert (await pool.equal("5x-7y+11z+4=0", "x+y=0")).equal is False


@needs_math_verify
@pytest.mark.parametrize(
    "payload",
    [
        "__import__('os').system('touch {mark}')",
        "\\text{{__import__('os').system('touch {mark}')}}",
        "eval(\"open('{mark}', 'w')\")",
        "(lambda: open('{mark}', 'w'))()",
        "}}\\input{{{mark}}}",
        '\\write18{{touch "{mark}"}}',
    ],
)
async def test_hostile_answers_are_not_executed(pool: MathPool, tmp_path: Path, payload: str) -> None:
    """Code in a formula's place is a wrong answer and nothing more."""
    mark = tmp_path / "executed"
    assert (await pool.equal("1", payload.format(mark=mark))).equal is False
    assert not mark.exists()


async def test_monsters_are_wrong_unseen() -> None:
    """What is too long, too deep or has stray braces is unequal, and no process is started for it."""
    pool = MathPool()
    for answer in ("1" * 1001, "(" * 41 + ")" * 41, "}1{", "{1"):
        equality = await pool.equal("1", answer)
        assert equality.equal is False
        assert equality.trouble
    assert pool._idle == []


async def test_escaped_braces_are_no_nesting(pool: MathPool) -> None:
    """A set's braces need not match: they are signs, not structure."""
    assert not (await pool.equal("1", "\\{1")).trouble.startswith("braces")


@needs_math_verify
async def test_cancelled_pair_takes_its_worker_along(pool: MathPool) -> None:
    """A worker that was left in mid-thought is not used again."""
    await pool.equal("1", "2")
    task = asyncio.create_task(pool.equal("1", SLOW))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert pool._idle == []
    assert (await pool.equal("x+1", "1+x")).equal is True


@needs_math_verify
async def test_dead_worker_is_replaced(pool: MathPool) -> None:
    """A worker that died while idle is replaced without a word."""
    await pool.equal("1", "2")
    worker = pool._idle[0]
    await worker.kill()
    assert (await pool.equal("x+1", "1+x")).equal is True
    assert pool._idle[0] is not worker


@needs_math_verify
def test_event_loops_one_after_the_other_share_a_pool() -> None:
    """What one loop left, its slots in use and its idle workers, hinders no later loop."""
    pool = MathPool(workers=1)

    async def proved() -> tuple[list[bool | None], int]:
        found = await asyncio.gather(*(pool.equal("x+1", "1+x") for _ in range(3)))
        return [each.equal for each in found], pool._idle[0]._process.pid

    try:
        first, second = asyncio.run(proved()), asyncio.run(proved())
    finally:
        asyncio.run(pool.close())
    assert first == second == ([True] * 3, first[1])


@needs_math_verify
async def test_workers_do_not_see_keys(pool: MathPool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker's environment holds nothing that it does not need."""
    monkeypatch.setenv("SOME_API_KEY", "secret")
    await pool.equal("1", "2")
    assert b"PATH" in environment_of(pool._idle[0]._process.pid)
    assert b"secret" not in environment_of(pool._idle[0]._process.pid)


@needs_math_verify
async def test_ctrl_c_at_the_terminal_is_not_for_workers(pool: MathPool) -> None:
    """A worker is in no group of this process, so that a run that goes on to finish its work can still prove."""
    await pool.equal("1", "2")
    assert os.getpgid(pool._idle[0]._process.pid) != os.getpgrp()


@needs_math_verify
def test_worker_outlives_no_endless_proof() -> None:
    """A worker whose parent no longer kills it is ended by the system when its time is over."""
    pair = json.dumps({"gold": "1", "answer": SLOW})
    program = [sys.executable, "-P", math_worker.__file__, "0.5"]
    ended = subprocess.run(program, input=pair, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == -signal.SIGPROF
    assert ended.stdout.split() == ['{"ready":', "true}"]


@needs_math_verify
@pytest.mark.slow
async def test_pathological_pair_is_killed_and_the_rest_goes_on() -> None:
    """A pair beyond its time is undecided, the loop stays free meanwhile, and other pairs are decided after it."""
    pool = MathPool(workers=2, timeout_s=2)
    await asyncio.gather(pool.equal("1", "2"), pool.equal("1", "2"))
    stuck = asyncio.create_task(pool.equal("1", SLOW))
    longest, ticked = 0.0, time.monotonic()
    while not stuck.done():
        await asyncio.wait([stuck], timeout=0.05)
        longest, ticked = max(longest, time.monotonic() - ticked), time.monotonic()
    equality = stuck.result()
    assert equality.equal is None
    assert equality.trouble
    assert longest < 1
    results = await asyncio.gather(*(pool.equal("x+1", "1+x") for _ in range(4)))
    assert all(result.equal for result in results)
    await pool.close()


@needs_math_verify
@pytest.mark.parametrize(
    ("text", "main", "normalised"),
    [
        ("\\boxed{ x + 1 }", "right", "right"),
        ("so \\boxed{1+x}", "right", "wrong"),
        ("so \\boxed{x+2}", "wrong", "wrong"),
        ("no idea", "no_answer", "no_answer"),
    ],
)
async def test_both_grades_are_reported(pool: MathPool, span: Span, text: str, main: str, normalised: str) -> None:
    """The main grade is the proof's, the grade by spelling stands beside it."""
    grade = await MathGrader(pool).grade(asked("x+1"), Reply(text=text), span)
    assert grade.outcome == main
    assert grade.others["normalised"].outcome == normalised
    assert ("math-verify" in grade.method) == (main != "no_answer")


async def test_without_proofs_spelling_decides(span: Span) -> None:
    """Without math-verify the grade is by spelling, and its method says so."""
    grader = MathGrader(proofs=False)
    grade = await grader.grade(asked("x+1"), Reply(text="\\boxed{1+x}"), span)
    assert (grade.outcome, grade.method) == ("wrong", "boxed, normalised match")
    assert "normalised" in grader.fingerprint
    await grader.close()


@needs_math_verify
async def test_undecided_pair_is_the_grader_s_failure(span: Span) -> None:
    """A pair with no time at all is neither right nor wrong."""
    pool = MathPool(workers=1, timeout_s=0)
    grade = await MathGrader(pool).grade(asked("x+1"), Reply(text="\\boxed{1+x}"), span)
    assert grade.outcome == "grader_failed"
    assert grade.reason.startswith("timeout")
    assert grade.others["normalised"].outcome == "wrong"


async def test_math500_as_published(data: Callable[[str], Path], span: Span) -> None:
    """The published file has 500 items, and each reference solution is right by spelling alone."""
    path = data("math500.jsonl")
    task = Math500(path, grader=MathGrader(proofs=False))
    items = await task.items()
    assert len(items) == len({item.id for item in items}) == 500
    assert {item.labels["level"] for item in items} == set("12345")
    assert len({item.labels["subject"] for item in items}) == 7
    for item in items:
        assert (await task.grade(item, Reply(text=f"so \\boxed{{{item.gold}}}."), span)).outcome == "right"
    await task.close()


async def test_math500_changed_copy_is_another_benchmark(tmp_path: Path) -> None:
    """A changed copy must be allowed, and changes the fingerprint."""
    path = tmp_path / "mine.jsonl"
    path.write_text('{"problem": "1+1", "answer": "2", "subject": "Sums", "level": 1, "unique_id": "s/1"}\n')
    task = Math500(path, verify=False)
    (item,) = await task.items()
    assert (item.id, item.gold, item.labels) == ("s/1", "2", {"subject": "Sums", "level": "1"})
    assert "\\boxed{}" in item.turns[0]
    assert task.fingerprint != Math500().fingerprint
    await task.close()
