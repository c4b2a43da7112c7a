"""Searching a user's pattern: exactly as `re.search` does, in a bounded time, with the event loop free meanwhile."""

import asyncio
import os
import re
import select
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalade.answers import pattern_process, search, trouble_with
from escalade.answers.pattern import LONGEST_PATTERN, Search

ENDLESS = r"(\w+\s?)+$!"
WORDS = "the quick brown fox jumps over the lazy dog and so on and on"

PATTERNS = st.sampled_from(
    [r"\d+", r"^a", r"b$", r"(?i)ANSWER:\s*(\w+)", r"(?s)a.*b", r"(?m)^b+$", r"", r"\bé\b", r"(a|b)*?c", r"[\ud800]",
     r"(?P<x>.)(?P=x)", r"\Z", "\U0001f600", r"[^\x00-\x7f]{2}", r"(?<=a)b", "\x00", "\n"]
)  # fmt: skip
TEXTS = st.text(st.sampled_from("ab é1\n\x00c\ud800\udc00\U0001f600Answer: "), max_size=40)


def found_by_re(pattern: str, text: str) -> Search:
    match = re.search(pattern, text)
    return Search(match.span() if match else None)


@given(PATTERNS, TEXTS)
def test_results_are_those_of_re(pattern: str, text: str) -> None:
    """Place for place, whatever the text holds: each example in an event loop of its own, with the same workers."""
    assert asyncio.run(search(pattern, text)) == found_by_re(pattern, text)


async def test_whole_of_a_long_text_is_searched() -> None:
    """What stands at both ends of three megabytes is seen, and no end is invented in between."""
    text = "first " + "word " * 600_000 + "last"
    for pattern in (r"\Afirst", r"last\Z", r"^word", r"(?s)first.*last"):
        assert await search(pattern, text) == found_by_re(pattern, text), pattern


async def test_endless_search_is_cut_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """It ends after a second of work, and its trouble names pattern, time and remedy."""
    monkeypatch.setattr(pattern_process, "WAIT_S", 3600.0)  # so that nothing but its work can end it
    found = await search(ENDLESS, WORDS)
    assert found.span is None
    assert ENDLESS in found.trouble
    assert "was cut: no end in 1 s of work" in found.trouble
    assert "without repeats inside repeats" in found.trouble


async def test_others_are_served_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    """While one pattern has no end, the event loop runs and hundreds of honest searches end with their results."""
    pattern_process.end_idle()  # what is started now may work for an hour
    for bound in ("CPU_S", "WAIT_S"):
        monkeypatch.setattr(pattern_process, bound, 3600.0)
    endless = asyncio.create_task(search(ENDLESS, WORDS))
    texts = [f"number {number}" for number in range(300)]
    found = await asyncio.gather(*(search(r"\d+", text) for text in texts))
    assert found == [found_by_re(r"\d+", text) for text in texts]
    assert not endless.done()
    endless.cancel()
    with pytest.raises(asyncio.CancelledError):
        await endless
    pattern_process.end_idle()


def test_loops_in_several_threads_do_not_mix() -> None:
    """Each gets the results of its own searches, whichever worker served it."""

    async def searches(length: int) -> list[Search]:
        return list(await asyncio.gather(*(search("x+", "x" * length) for _ in range(100))))

    with ThreadPoolExecutor() as threads:
        found = list(threads.map(lambda length: asyncio.run(searches(length)), range(1, 9)))
    assert found == [[Search((0, length))] * 100 for length in range(1, 9)]


@pytest.mark.filterwarnings("ignore:.*multi-threaded")  # the child runs no Python but its end
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_forked_process_has_workers_of_its_own() -> None:
    """Two processes do not talk to one worker."""
    asyncio.run(search("o", "foo"))
    assert pattern_process._idle
    child = os.fork()
    if not child:
        os._exit(len(pattern_process._idle))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert asyncio.run(search("o", "foo")).span == (1, 2)


async def test_cancelled_search_leaves_no_worker_behind() -> None:
    """Who is no longer waited for is ended, and does not answer whoever asks next."""
    pattern_process.end_idle()
    task = asyncio.create_task(search(ENDLESS, WORDS))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert pattern_process._idle == []
    assert (await search("o", "foo")).span == (1, 2)


async def test_dead_worker_is_replaced() -> None:
    """A worker that died while it rested is replaced without a word."""
    pattern_process.end_idle()
    await search("o", "foo")
    (worker,) = pattern_process._idle
    worker._process.kill()
    worker._process.wait()
    assert (await search("o", "foo")).span == (1, 2)
    assert pattern_process._idle[0] is not worker


async def test_worker_that_dies_at_work_is_a_trouble() -> None:
    """A worker that something else ended has found nothing, and that is no "no"."""
    pattern_process.end_idle()
    await search("o", "foo")
    (worker,) = pattern_process._idle
    task = asyncio.create_task(search(ENDLESS, WORDS))
    await asyncio.sleep(0)
    worker._process.kill()
    assert "could not be searched: its worker ended with -9" in (await task).trouble


async def test_without_processes_there_is_a_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no worker can be started, the trouble says so."""
    pattern_process.end_idle()
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert "/nowhere/python" in (await search("o", "foo")).trouble


async def test_workers_see_no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker's environment holds nothing that it does not need."""
    monkeypatch.setenv("SOME_API_KEY", "secret")
    assert "PATH" in pattern_process.bare_environment()
    assert "secret" not in pattern_process.bare_environment().values()


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="needs process groups")
async def test_ctrl_c_at_the_terminal_is_not_for_workers() -> None:
    """A worker is in no group of this process, so that a run that goes on to finish its work can still search."""
    pattern_process.end_idle()
    await search("o", "foo")
    (worker,) = pattern_process._idle
    assert os.getpgid(worker._process.pid) != os.getpgrp()


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs Linux's way to wait for another's child")
def test_worker_outlives_no_killed_parent() -> None:
    """A worker in an endless search whose parent was killed is ended by the system."""
    program = (
        "import asyncio, os, signal, sys\n"
        "from escalade.answers import pattern_process, search\n"
        "async def main():\n"
        "    await search('o', 'foo')\n"
        "    print(pattern_process._idle[0]._process.pid, flush=True)\n"
        "    sys.stdin.readline()\n"
        f"    asyncio.create_task(search({ENDLESS!r}, {WORDS!r}))\n"
        "    await asyncio.sleep(0)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "asyncio.run(main())\n"
    )
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", program], stdin=pipe, stdout=pipe, text=True) as parent:
        worker = os.pidfd_open(int(parent.stdout.readline()))  # while its parent still waits for the line
        parent.stdin.write("go on\n")
        parent.stdin.flush()
        assert parent.wait() == -signal.SIGKILL
    assert select.select([worker], [], [])[0] == [worker]  # when it ends, or never
    os.close(worker)


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("[", "[ is no regular expression: unterminated"),
        ("a**", "a** is no regular expression: multiple repeat"),
        ("a{99999999999}", "is no regular expression: the repetition number is too large"),
        ("(" * 4000 + ")" * 4000, "nested too deeply"),
        ("a" * 1_000_000, f"a pattern of 1,000,000 characters is too long: {LONGEST_PATTERN:,} are allowed"),
    ],
    ids=["unterminated", "repeated repeat", "large count", "deep", "a megabyte"],
)
def test_bad_pattern_is_told_beforehand(pattern: str, words: str) -> None:
    """What no search could use is said in one short line, and soon."""
    started = time.process_time()
    trouble = trouble_with(pattern)
    assert words in trouble
    assert len(trouble) < 300
    assert time.process_time() - started < 1


@pytest.mark.parametrize("pattern", ["", "a", ENDLESS, "a" * LONGEST_PATTERN, "(" * 100 + ")" * 100])
def test_usable_pattern_has_no_trouble(pattern: str) -> None:
    """Whether it ends is not asked: nobody can tell."""
    assert trouble_with(pattern) == ""


@pytest.mark.parametrize("pattern", ["[", "(" * 4000 + ")" * 4000])
async def test_bad_pattern_is_a_trouble_when_searched(pattern: str) -> None:
    """Who did not look beforehand is told by the search, and the worker lives on."""
    await search("o", "foo")
    workers = list(pattern_process._idle)
    assert "could not be searched" in (await search(pattern, "foo")).trouble
    assert pattern_process._idle == workers


async def test_slow_compilation_counts_as_work() -> None:
    """A pattern that takes long to compile is cut like one that takes long to be searched."""
    assert "was cut" in (await search("(?i)" + "[\0-\uffff]" * 1900, "foo")).trouble


async def test_without_timers_it_is_searched_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system ends no process by its time, results are the same and no process is started."""
    pattern_process.end_idle()
    monkeypatch.setattr("escalade.answers.pattern.CAN_END", False)
    assert await search(r"o+", "foo") == Search((1, 3))
    assert await search(r"x", "foo") == Search(None)
    assert "could not be searched" in (await search("[", "foo")).trouble
    assert pattern_process._idle == []
