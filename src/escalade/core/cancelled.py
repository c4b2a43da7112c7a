"""Cancelled: whether a CancelledError is news for the running task, or only something that went wrong inside it."""

import asyncio


def is_asked_to_end() -> bool:
    """True where somebody cancelled the running task. Client libraries raise CancelledErrors of their own."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
