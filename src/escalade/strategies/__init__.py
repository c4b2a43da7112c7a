"""Ways to combine Models; each is a Model, and each is one file."""

from escalade.strategies.carry import CascadePrompts
from escalade.strategies.cascade import Cascade
from escalade.strategies.debate import ByFuser, ByJudge, ByVote, ByWeight, Debate, Debater, Stop
from escalade.strategies.fuse import Fuse
from escalade.strategies.mixture import Mixture
from escalade.strategies.ranking import Criticise, FuseRanked, Generate, Pipeline, RankByPairs, RankByScores
from escalade.strategies.react import ModelTool, React
from escalade.strategies.sample import Sampled, sample
from escalade.strategies.stack import Stack
from escalade.strategies.vote import Vote
from escalade.strategies.weighted import WeightedVote
from escalade.strategies.weights import Measured, Stated, Unmeasured

__all__ = [
    "ByFuser",
    "ByJudge",
    "ByVote",
    "ByWeight",
    "Cascade",
    "CascadePrompts",
    "Criticise",
    "Debate",
    "Debater",
    "Fuse",
    "FuseRanked",
    "Generate",
    "Measured",
    "Mixture",
    "ModelTool",
    "Pipeline",
    "RankByPairs",
    "RankByScores",
    "React",
    "Sampled",
    "Stack",
    "Stated",
    "Stop",
    "Unmeasured",
    "Vote",
    "WeightedVote",
    "sample",
]
