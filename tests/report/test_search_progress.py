"""Progress of a search: what the progress of a run tells, in every round and between two."""

import io

from escalade.report.search_progress import SearchProgress
from escalade.search.path import Round


def test_a_search_says_what_it_waits_for():
    """What is told before the first round has begun, and between two rounds, is shown as in any run."""
    stream = io.StringIO()
    with SearchProgress(stream=stream) as progress:
        progress.waiting("waiting for room")
        progress.begin(3, 0)
        progress.round(Round(stage="layer 1", part="train", candidates=(), items=("q",)), {})
        progress.waiting("waiting for others")
    lines = stream.getvalue().splitlines()
    assert (lines[0], lines[-1]) == ("waiting for room", "waiting for others")
