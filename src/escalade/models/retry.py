"""Retry: when a failed attempt is worth another, and after what wait. A policy as a value; nothing here waits."""

from random import Random

from msgspec import Struct

from escalade.core.errors import CallError


class Retry(Struct, frozen=True, omit_defaults=True):
    """Exponential back-off with full jitter; a server's own Retry-After comes first. Times in seconds."""

    attempts: int = 5
    """All attempts, the first included."""
    first_s: float = 0.5
    """The longest wait after the first failure; it doubles with each further one."""
    most_s: float = 30.0
    longest_wait_s: float = 120.0
    """Where a server asks for a longer wait than this, the call is given up, and with it the run, for now."""

    def delay(self, error: CallError, attempt: int, random: Random) -> float | None:
        """How long to wait after attempt number `attempt` (from 1) failed with `error`; None to give up."""
        if not error.retryable or attempt >= self.attempts:
            return None
        asked = error.retry_after_s
        if self.is_too_long(asked):
            return None
        if asked is None:
            return random.uniform(0.0, min(self.most_s, self.first_s * 2.0 ** (attempt - 1)))
        return asked + random.uniform(0.0, self.first_s)  # those who were told the same time do not return as one

    def is_too_long(self, asked_s: float | None) -> bool:
        """Whether a server asks for a wait that is the user's to decide on: for tomorrow's quota, say."""
        return asked_s is not None and asked_s > self.longest_wait_s
