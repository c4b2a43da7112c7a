from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalade.core.errors import EmptyAnswer, RateLimited, Refused, ServerFailed, Unauthorised
from escalade.models.retry import Retry


def test_hopeless_errors_are_not_retried():
    """Neither are those whose retry was ruled out for this answer alone."""
    assert Retry().delay(Refused("no"), 1, Random(0)) is None
    assert Retry().delay(Unauthorised("no"), 1, Random(0)) is None
    used_up = EmptyAnswer("nothing")
    used_up.retryable = False
    assert Retry().delay(used_up, 1, Random(0)) is None


def test_attempts_are_counted_with_the_first():
    """Five attempts have four waits between them."""
    waits = [Retry().delay(ServerFailed("oops"), attempt, Random(0)) for attempt in range(1, 6)]
    assert [wait is None for wait in waits] == [False, False, False, False, True]
    assert Retry(attempts=1).delay(ServerFailed("oops"), 1, Random(0)) is None


@given(st.integers(1, 30), st.integers())
def test_waits_are_jittered_below_a_doubling_bound(attempt, seed):
    """The bound doubles from `first_s` to `most_s`; the wait is anywhere below."""
    retry = Retry(attempts=100)
    wait = retry.delay(ServerFailed("oops"), attempt, Random(seed))
    assert wait is not None
    assert 0 <= wait <= min(30.0, 0.5 * 2 ** (attempt - 1))


@pytest.mark.parametrize(("attempt", "bound"), [(1, 0.5), (2, 1.0), (3, 2.0), (6, 16.0), (7, 30.0), (30, 30.0)])
def test_waits_use_all_their_room(attempt, bound):
    """Of many waits some come near the bound, so that it is reached and clients do not return in step."""
    waits = [Retry(attempts=100).delay(ServerFailed("oops"), attempt, Random(seed)) or 0.0 for seed in range(200)]
    assert 0.9 * bound < max(waits) <= bound
    assert min(waits) < 0.1 * bound


@given(st.integers())
def test_the_servers_own_wait_comes_first(seed):
    """Never sooner than asked, and not all at the same moment."""
    wait = Retry().delay(RateLimited("slow", retry_after_s=20.0), 1, Random(seed))
    assert wait is not None
    assert 20.0 <= wait <= 20.5


@pytest.mark.parametrize(("asked", "gives_up"), [(119.0, False), (120.0, False), (121.0, True)])
def test_too_long_a_wait_is_given_up(asked, gives_up):
    """Beyond `longest_wait_s` the error is the answer."""
    assert (Retry().delay(RateLimited("slow", retry_after_s=asked), 1, Random(0)) is None) is gives_up


def test_equal_seeds_wait_alike():
    """The wait is a function of the error, the attempt and the generator alone."""
    one, two = (Retry().delay(ServerFailed("oops"), 3, Random(5)) for _ in range(2))
    assert one == two
