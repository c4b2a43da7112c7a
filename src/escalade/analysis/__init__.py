"""Numbers from stored Records only, never from live objects."""

from escalade.analysis.summary import Summary, to_json
from escalade.analysis.tally import Tally

__all__ = ["Summary", "Tally", "to_json"]
