"""Slots: how much may be under way at a time, in each event loop.

A semaphore belongs to the loop in which it was first waited for, whereas gates and graders outlive loops. What is told
apart here is loops alone: two of them at the same time have twice as many slots.
"""

import asyncio


class Slots:
    """`count` in each event loop."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._of: dict[asyncio.AbstractEventLoop, asyncio.Semaphore] = {}

    def here(self) -> asyncio.Semaphore:
        """Those of the running event loop; those of closed ones are forgotten."""
        loop = asyncio.get_running_loop()
        if loop not in self._of:
            for gone in [each for each in tuple(self._of) if each.is_closed()]:
                self._of.pop(gone, None)
            self._of[loop] = asyncio.Semaphore(self._count)
        return self._of[loop]
