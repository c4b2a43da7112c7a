"""Rank, then fuse: answers are generated, criticised, ranked, and the best of them fused, each by a part of its own."""

from escalade.strategies.ranking.criticise import Criticise
from escalade.strategies.ranking.fuse import FuseRanked
from escalade.strategies.ranking.generate import Generate
from escalade.strategies.ranking.pipeline import Candidate, Pipeline, Stage
from escalade.strategies.ranking.rank import RankByPairs, RankByScores

__all__ = [
    "Candidate",
    "Criticise",
    "FuseRanked",
    "Generate",
    "Pipeline",
    "RankByPairs",
    "RankByScores",
    "Stage",
]
