"""Telling MLflow what was run: a pure function of a Run and its Records makes what to log, a client sends it.

Records stay the truth. Tracking may fail, lag or be switched off without touching a run: nothing here is awaited by a
trial. What is read back from MLflow is what it has already, or fills another store.
"""

from escalade.track.follow import Follower
from escalade.track.settings import Detail, Settings
from escalade.track.tracked import Tracked
from escalade.track.turn import LoggedElsewhere, track

__all__ = ["Detail", "Follower", "LoggedElsewhere", "Settings", "Tracked", "track"]
