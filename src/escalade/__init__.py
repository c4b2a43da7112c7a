"""Escalade answers each question with the cheapest ladder of language models that is good enough.

The names below are the library's front door (docs/python.md); everything else is in the packages, layer by layer
(docs/design.md).
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from escalade.core.errors import (
        AnswerError,
        BudgetExceeded,
        CallError,
        ConfigError,
        DataError,
        EscaladeError,
        NotInJournal,
        StoreError,
    )
    from escalade.core.grade import Grade
    from escalade.core.messages import Expects, Message, Request, Sampling, Tool
    from escalade.core.money import Money, Total, usd
    from escalade.core.reply import Reply
    from escalade.experiment import Experiment, Runner, alone, halves, summary_of
    from escalade.gates import Agree, Check, Decided, Gate, Judge, PanelJudge, Verdict, judge, matches, satisfies
    from escalade.gates.combine import Combinable
    from escalade.ledger.budget import Limits
    from escalade.ledger.span import Span
    from escalade.models.answer import Answer, answer
    from escalade.models.journal import Journal
    from escalade.models.protocol import Model, ask, reply_or_raise
    from escalade.models.providers import Quirks, Secret
    from escalade.models.server import Server
    from escalade.models.structure import Part, Structure, Worst, structure_of, worst_of
    from escalade.prices import LongPrompt, Price
    from escalade.prompts import Template, template
    from escalade.store import Store
    from escalade.strategies import Cascade, Fuse, Measured, Mixture, Stack, Stated, Vote, WeightedVote, sample
    from escalade.strategies.debate import ByFuser, ByJudge, ByVote, ByWeight, Debate, Debater, Stop
    from escalade.strategies.react import ModelTool, React, Rules
    from escalade.tasks import Item, Table, Task

__version__ = "0.1.0"

_NAMES = {
    "core.errors": "AnswerError BudgetExceeded CallError ConfigError DataError EscaladeError NotInJournal StoreError",
    "core.grade": "Grade",
    "core.messages": "Expects Message Request Sampling Tool",
    "core.money": "Money Total usd",
    "core.reply": "Reply",
    "experiment": "Experiment Runner alone halves summary_of",
    "gates": "Agree Check Decided Gate Judge PanelJudge Verdict judge matches satisfies",
    "gates.combine": "Combinable",
    "ledger.budget": "Limits",
    "ledger.span": "Span",
    "models.answer": "Answer answer",
    "models.journal": "Journal",
    "models.protocol": "Model ask reply_or_raise",
    "models.providers": "Quirks Secret",
    "models.server": "Server",
    "models.structure": "Part Structure Worst structure_of worst_of",
    "prices": "LongPrompt Price",
    "prompts": "Template template",
    "store": "Store",
    "strategies": "Cascade Fuse Measured Mixture Stack Stated Vote WeightedVote sample",
    "strategies.debate": "ByFuser ByJudge ByVote ByWeight Debate Debater Stop",
    "strategies.react": "ModelTool React Rules",
    "tasks": "Item Table Task",
}
_HOMES = {name: home for home, names in _NAMES.items() for name in names.split()}
"""Where each name lives: it is imported when it is first used, so that `import escalade` costs nothing."""

__all__ = [
    "Agree",
    "Answer",
    "AnswerError",
    "BudgetExceeded",
    "ByFuser",
    "ByJudge",
    "ByVote",
    "ByWeight",
    "CallError",
    "Cascade",
    "Check",
    "Combinable",
    "ConfigError",
    "DataError",
    "Debate",
    "Debater",
    "Decided",
    "EscaladeError",
    "Expects",
    "Experiment",
    "Fuse",
    "Gate",
    "Grade",
    "Item",
    "Journal",
    "Judge",
    "Limits",
    "LongPrompt",
    "Measured",
    "Message",
    "Mixture",
    "Model",
    "ModelTool",
    "Money",
    "NotInJournal",
    "PanelJudge",
    "Part",
    "Price",
    "Quirks",
    "React",
    "Reply",
    "Request",
    "Rules",
    "Runner",
    "Sampling",
    "Secret",
    "Server",
    "Span",
    "Stack",
    "Stated",
    "Stop",
    "Store",
    "StoreError",
    "Structure",
    "Table",
    "Task",
    "Template",
    "Tool",
    "Total",
    "Verdict",
    "Vote",
    "WeightedVote",
    "Worst",
    "alone",
    "answer",
    "ask",
    "halves",
    "judge",
    "matches",
    "reply_or_raise",
    "sample",
    "satisfies",
    "structure_of",
    "summary_of",
    "template",
    "usd",
    "worst_of",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"escalade.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'escalade' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
