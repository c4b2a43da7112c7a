"""Escalade answers each question with the cheapest ladder of language models that is good enough.

The names below are the library's front door (docs/python.md); everything else is in the packages, layer by layer
(docs/design.md). Editors and type checkers read the names from the stub beside this file, which a test holds to it.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_NAMES = {
    "analysis": "Summary",
    "core.account": "Account Booked",
    "core.errors": "AnswerError BudgetExceeded CallError ConfigError DataError "
    "EscaladeError Failure NotInJournal Outage StoreError",
    "core.grade": "Grade",
    "core.messages": "Expects Message Request Sampling Tool ToolCall",
    "core.money": "Money Total usd",
    "core.reply": "Reply",
    "core.structure": "Part Structure",
    "core.usage": "Usage",
    "experiment": "Alone Experiment Halves RunOutcome Runner Watcher alone halves summary_of",
    "gates": "Agree Check Decided Gate Judge PanelJudge PanelPrompts Verdict judge matches satisfies",
    "gates.combine": "Combinable",
    "ledger.budget": "Budget Limits",
    "ledger.call": "Call",
    "ledger.span": "Ledger Span SpanFact",
    "ledger.tags": "Tags",
    "models.answer": "Answer answer",
    "models.backend": "Backend Received",
    "models.journal": "Journal",
    "models.leaf": "Leaf",
    "models.protocol": "Model ask reply_or_raise",
    "models.providers": "Quirks Secret",
    "models.server": "Server",
    "models.structure": "Worst structure_of worst_of",
    "prices": "LongPrompt Price",
    "prompts": "Template template",
    "store": "Record Run Step Store",
    "store.record": "TrialKey",
    "strategies": "Cascade CascadePrompts Criticise Fuse FuseRanked Generate Measured Mixture "
    "Pipeline RankByPairs Stack Stated Vote WeightedVote sample",
    "strategies.debate": "ByFuser ByJudge ByVote ByWeight Debate DebatePrompts Debater Decider Stop TemperatureRange",
    "strategies.debate.deciding": "Decision",
    "strategies.react": "ModelTool React ReactPrompts Rules",
    "strategies.stack": "Agent Known Layer",
    "strategies.weights": "Weights",
    "tasks": "Fields Grader Item Table Task",
}
_HOMES = {name: home for home, names in _NAMES.items() for name in names.split()}
"""Where each name lives: it is imported when it is first used, so that `import escalade` costs nothing."""

__all__ = sorted(_HOMES)  # noqa: PLE0605  (editors and type checkers read it from the stub)


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"escalade.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'escalade' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
