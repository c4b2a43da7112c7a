"""Debate: members answer, criticise one another and refine their answers; then one answer is decided on."""

from escalade.strategies.debate.debate import Debate
from escalade.strategies.debate.debater import Debater, TemperatureRange
from escalade.strategies.debate.deciding import ByFuser, ByJudge, ByVote, ByWeight, Decider
from escalade.strategies.debate.exchange import DebatePrompts
from escalade.strategies.debate.stop import Stop
from escalade.strategies.debate.topology import Topology

__all__ = [
    "ByFuser",
    "ByJudge",
    "ByVote",
    "ByWeight",
    "Debate",
    "DebatePrompts",
    "Debater",
    "Decider",
    "Stop",
    "TemperatureRange",
    "Topology",
]
