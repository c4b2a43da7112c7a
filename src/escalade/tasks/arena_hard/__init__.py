"""Arena-Hard-Auto: its questions, answer and judgment files, and the games that judges decide."""

from escalade.tasks.arena_hard.baseline import Baselines, FromFile, FromModel
from escalade.tasks.arena_hard.games import GamePrompts, Games, Pair
from escalade.tasks.arena_hard.task import ArenaHard, graded

__all__ = ["ArenaHard", "Baselines", "FromFile", "FromModel", "GamePrompts", "Games", "Pair", "graded"]
