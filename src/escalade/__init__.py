"""Escalade answers each question with the cheapest ladder of language models that is good enough.

The names below are the library's front door; everything else is in the packages, layer by layer (docs/design.md).
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from escalade.core.messages import Expects, Request, Sampling
    from escalade.core.money import usd
    from escalade.core.reply import Reply
    from escalade.experiment import Experiment, Runner
    from escalade.gates import Agree, Check, judge, matches, satisfies
    from escalade.ledger.budget import Limits
    from escalade.models.answer import Answer, answer
    from escalade.models.journal import Journal
    from escalade.models.server import Server
    from escalade.prices import Price
    from escalade.store import Store
    from escalade.strategies import Cascade, Debate, Debater, Fuse, Mixture, React, Stack, Vote, WeightedVote, sample

__version__ = "0.1.0"

_HOMES = {
    "Agree": "gates",
    "Answer": "models.answer",
    "Cascade": "strategies",
    "Check": "gates",
    "Debate": "strategies",
    "Debater": "strategies",
    "Expects": "core.messages",
    "Experiment": "experiment",
    "Fuse": "strategies",
    "Journal": "models.journal",
    "Limits": "ledger.budget",
    "Mixture": "strategies",
    "Price": "prices",
    "React": "strategies",
    "Reply": "core.reply",
    "Request": "core.messages",
    "Runner": "experiment",
    "Sampling": "core.messages",
    "Server": "models.server",
    "Stack": "strategies",
    "Store": "store",
    "Vote": "strategies",
    "WeightedVote": "strategies",
    "answer": "models.answer",
    "judge": "gates",
    "matches": "gates",
    "sample": "strategies",
    "satisfies": "gates",
    "usd": "core.money",
}
"""Where each name lives: it is imported when it is first used, so that `import escalade` costs nothing."""

__all__ = [
    "Agree",
    "Answer",
    "Cascade",
    "Check",
    "Debate",
    "Debater",
    "Expects",
    "Experiment",
    "Fuse",
    "Journal",
    "Limits",
    "Mixture",
    "Price",
    "React",
    "Reply",
    "Request",
    "Runner",
    "Sampling",
    "Server",
    "Stack",
    "Store",
    "Vote",
    "WeightedVote",
    "answer",
    "judge",
    "matches",
    "sample",
    "satisfies",
    "usd",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"escalade.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'escalade' has no attribute {name!r}")
