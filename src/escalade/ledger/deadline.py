"""Deadline: work that is cut when its time is over, or never begun. Whose deadline it was, the caller says."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from escalade.core.errors import BudgetExceeded

T = TypeVar("T")


async def done_by(deadline: float, work: Coroutine[Any, Any, T], refusal: Callable[[], BudgetExceeded]) -> T:
    """What `work` gives. Raises `refusal()` if not done by `deadline` (monotonic); its own errors come through."""
    try:
        left = deadline - time.monotonic()
        if left <= 0:
            raise refusal()
        async with asyncio.timeout(left) as limit:
            return await work
    except TimeoutError:
        if not limit.expired():
            raise
        raise refusal() from None
    finally:
        work.close()  # where it was never begun
