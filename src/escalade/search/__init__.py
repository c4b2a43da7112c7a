"""Searching for a good structure of models, honestly: on divided items, in races, within a budget, with rivals."""

from escalade.search.board import Plan
from escalade.search.candidate import Kit
from escalade.search.division import Division, ItemPart, Shares
from escalade.search.machine import Search
from escalade.search.path import Round
from escalade.search.proposing import first_candidates
from escalade.search.result import Searched
from escalade.search.run import Ended, Searcher
from escalade.search.setting import Setting

__all__ = [
    "Division",
    "Ended",
    "ItemPart",
    "Kit",
    "Plan",
    "Round",
    "Search",
    "Searched",
    "Searcher",
    "Setting",
    "Shares",
    "first_candidates",
]
