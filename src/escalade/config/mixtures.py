"""Weighted votes, mixtures and rankings in a config."""

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from escalade.config.deciders import Accuracies, measured, panel_judge
from escalade.config.problems import Path, Spec
from escalade.config.references import MembersRef, SystemRef
from escalade.models.protocol import Model
from escalade.strategies.mixture import Mixture
from escalade.strategies.ranking import Criticise, FuseRanked, Generate, Pipeline, RankByPairs, RankByScores, Stage
from escalade.strategies.weighted import WeightedVote
from escalade.strategies.weights import Stated

if TYPE_CHECKING:
    from escalade.config.build import Builder


class WeightedVoteSpec(Spec):
    """The final answer whose voters weigh most: by accuracy, or by the confidence that they state."""

    weighted_vote: MembersRef = Field(description="who votes")
    accuracy: Accuracies = Field({}, description="by member, or `fitted`; without it, members state their confidence")

    def build(self, builder: "Builder", path: Path, name: str) -> Model:
        members = builder.members(self.weighted_vote, (*path, "weighted_vote"))
        weights = measured(self.accuracy, builder, (*path, "accuracy"), members) if self.accuracy else Stated()
        return WeightedVote(members, weights, prompt=builder.prompt("confidence"), name=name or "weighted_vote")


class MixtureSpec(Spec):
    """Layers of proposers, each shown the answers of the layer before, and an aggregator."""

    mixture: list[MembersRef] = Field(min_length=1, description="the layers")
    by: SystemRef = Field(description="the aggregator")

    def build(self, builder: "Builder", path: Path, name: str) -> Model:
        layers = [builder.members(layer, (*path, "mixture", place)) for place, layer in enumerate(self.mixture)]
        by = builder.system(self.by, (*path, "by"))
        return Mixture(layers, by, prompt=builder.prompt("fuse"), name=name or "mixture")


class RankThenFuseSpec(Spec):
    """Answers are ranked in both orders of showing them, and the best of them fused."""

    rank_then_fuse: MembersRef = Field(description="whose answers")
    ranker: SystemRef = Field(description="who ranks")
    order: Literal["pairs", "scores"] = Field("pairs", description="every two compared twice, or all scored twice")
    keep: int = Field(3, ge=1, description="how many are fused; 1 is the best as it is")
    critic: SystemRef = Field(None, description="who says of each what is strong and weak in it, for the fuser")
    by: SystemRef = Field(description="the fuser")

    def build(self, builder: "Builder", path: Path, name: str) -> Model:
        stages: list[Stage] = [Generate(builder.members(self.rank_then_fuse, (*path, "rank_then_fuse")))]
        if self.critic is not None:
            critic = builder.system(self.critic, (*path, "critic"))
            stages.append(Criticise(critic, prompt=builder.prompt("appraise")))
        stages.append(self._ranker(builder, path))
        stages.append(FuseRanked(builder.system(self.by, (*path, "by")), prompt=builder.prompt("fuse")))
        return Pipeline(stages, name=name or "rank_then_fuse")

    def _ranker(self, builder: "Builder", path: Path) -> Stage:
        at = (*path, "ranker")
        if self.order == "pairs":
            return RankByPairs(builder.system(self.ranker, at), self.keep, prompt=builder.prompt("rank_pair"))
        return RankByScores(panel_judge(builder, path, self.ranker, None, key="ranker", role="ranker"), self.keep)
