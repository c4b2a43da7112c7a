r"""Searching a user's regular expression in a reply, with `re.search`'s own results and a bound on the time it takes.

A pattern such as `(\w+\s?)+$!` may take longer than the world has lasted, and nobody can tell by looking at it: so each
is searched in a process that can be ended. A search that was cut says so: it is never a "no".
"""

import re

from msgspec import Struct

from escalade.answers.pattern_process import CAN_END, CPU_S, WAIT_S, searched

LONGEST_PATTERN = 10_000
"""Characters; a longer pattern is a text in the wrong place, and takes long to compile."""

_REMEDY = r"write it without repeats inside repeats, such as (\w+\s?)+, and with few unbounded repeats in a row"
_SHOWN = 80


class Search(Struct, frozen=True):
    span: tuple[int, int] | None
    """Where the pattern was found."""
    trouble: str = ""
    """Why nobody knows whether it is there, with the remedy; "" where it is known."""


async def search(pattern: str, text: str) -> Search:
    """The first place where `pattern` matches, as `re.search` finds it. Never raises for a pattern or a text.

    Where the system cannot end a process by its processor time (Windows), it is searched here, without a bound.
    """
    try:
        return Search(await searched(pattern, text) if CAN_END else _searched_here(pattern, text))
    except TimeoutError:
        trouble = (
            f"was cut: no end in {CPU_S:g} s of work or {WAIT_S:g} s in all on {len(text):,} characters; {_REMEDY}"
        )
    except (ValueError, OSError, re.error, OverflowError, RecursionError) as error:
        trouble = f"could not be searched: {error}"
    return Search(None, f"the pattern {_shown(pattern)} {trouble}")


def trouble_with(pattern: str) -> str:
    """Why `pattern` cannot be searched for; "" if it can."""
    if len(pattern) > LONGEST_PATTERN:
        return f"a pattern of {len(pattern):,} characters is too long: {LONGEST_PATTERN:,} are allowed"
    try:
        re.compile(pattern)
    except (re.error, OverflowError) as error:
        return f"{_shown(pattern)} is no regular expression: {error}"
    except (RecursionError, MemoryError):
        return f"{_shown(pattern)} is nested too deeply for a regular expression"
    return ""


def _searched_here(pattern: str, text: str) -> tuple[int, int] | None:
    match = re.search(pattern, text)
    return match.span() if match else None


def _shown(pattern: str) -> str:
    return pattern if len(pattern) <= _SHOWN else f"{pattern[:_SHOWN]}…"
