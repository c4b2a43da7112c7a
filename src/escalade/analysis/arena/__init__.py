"""Scores of answers that judges set against a baseline's, from stored labels alone: official ones and ours.

Nothing is judged here and nobody is asked: any other scheme, set of judges or control of style is a computation.
"""

from escalade.analysis.arena.board import Arena, Board, boards
from escalade.analysis.arena.control import feature_sets
from escalade.analysis.arena.entry import Entry, entries
from escalade.analysis.arena.family import Cast, Kinship, kin

__all__ = ["Arena", "Board", "Cast", "Entry", "Kinship", "boards", "entries", "feature_sets", "kin"]
