"""Telling MLflow what was run: a pure function of a Run and its Records makes what to log, a client sends it.

Records stay the truth. Tracking may fail, lag or be switched off without touching a run: nothing here is awaited by a
trial, and nothing is read back from MLflow but what it has already.
"""

from escalade.track.follow import Follower
from escalade.track.settings import Detail, Settings
from escalade.track.tracked import Tracked
from escalade.track.tracker import track

__all__ = ["Detail", "Follower", "Settings", "Tracked", "track"]
