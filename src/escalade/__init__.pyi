# The names of the front door, as editors and type checkers see them.

from escalade.analysis import Summary
from escalade.core.account import Account, Booked
from escalade.core.errors import (
    AnswerError,
    BudgetExceeded,
    CallError,
    ConfigError,
    DataError,
    EscaladeError,
    Failure,
    NotInJournal,
    Outage,
    StoreError,
)
from escalade.core.grade import Grade
from escalade.core.messages import Expects, Message, Request, Sampling, Tool, ToolCall
from escalade.core.money import Money, Total, usd
from escalade.core.reply import Reply
from escalade.core.structure import Part, Structure
from escalade.core.usage import Usage
from escalade.experiment import Alone, Experiment, Halves, Runner, RunOutcome, Watcher, alone, halves, summary_of
from escalade.gates import (
    Agree,
    Check,
    Decided,
    Gate,
    Judge,
    PanelJudge,
    PanelPrompts,
    Verdict,
    judge,
    matches,
    satisfies,
)
from escalade.gates.combine import Combinable
from escalade.ledger.budget import Budget, Limits
from escalade.ledger.call import Call
from escalade.ledger.span import Ledger, Span, SpanFact
from escalade.ledger.tags import Tags
from escalade.models.answer import Answer, answer
from escalade.models.backend import Backend, Received
from escalade.models.journal import Journal
from escalade.models.leaf import Leaf
from escalade.models.protocol import Model, ask, reply_or_raise
from escalade.models.providers import Quirks, Secret
from escalade.models.server import Server
from escalade.models.structure import Worst, structure_of, worst_of
from escalade.prices import LongPrompt, Price
from escalade.prompts import Template, template
from escalade.store import Record, Run, Step, Store
from escalade.store.record import TrialKey
from escalade.strategies import (
    Cascade,
    CascadePrompts,
    Criticise,
    Fuse,
    FuseRanked,
    Generate,
    Measured,
    Mixture,
    Pipeline,
    RankByPairs,
    Stack,
    Stated,
    Vote,
    WeightedVote,
    sample,
)
from escalade.strategies.debate import (
    ByFuser,
    ByJudge,
    ByVote,
    ByWeight,
    Debate,
    DebatePrompts,
    Debater,
    Decider,
    Stop,
    TemperatureRange,
)
from escalade.strategies.debate.deciding import Decision
from escalade.strategies.react import ModelTool, React, ReactPrompts, Rules
from escalade.strategies.stack import Agent, Known, Layer
from escalade.strategies.weights import Weights
from escalade.tasks import Fields, Grader, Item, Table, Task

__version__: str

__all__ = ["Account", "Agent", "Agree", "Alone", "Answer", "AnswerError", "Backend", "Booked", "Budget"]
__all__ += ["BudgetExceeded", "ByFuser", "ByJudge", "ByVote", "ByWeight", "Call", "CallError", "Cascade"]
__all__ += ["CascadePrompts", "Check", "Combinable", "ConfigError", "Criticise", "DataError", "Debate", "DebatePrompts"]
__all__ += ["Debater", "Decided", "Decider", "Decision", "EscaladeError", "Expects", "Experiment", "Failure", "Fields"]
__all__ += ["Fuse", "FuseRanked", "Gate", "Generate", "Grade", "Grader", "Halves", "Item", "Journal", "Judge", "Known"]
__all__ += ["Layer", "Leaf", "Ledger", "Limits", "LongPrompt", "Measured", "Message", "Mixture", "Model", "ModelTool"]
__all__ += ["Money", "NotInJournal", "Outage", "PanelJudge", "PanelPrompts", "Part", "Pipeline", "Price", "Quirks"]
__all__ += ["RankByPairs", "React", "ReactPrompts", "Received", "Record", "Reply", "Request", "Rules", "Run"]
__all__ += ["RunOutcome", "Runner", "Sampling", "Secret", "Server", "Span", "SpanFact", "Stack", "Stated", "Step"]
__all__ += ["Stop", "Store", "StoreError", "Structure", "Summary", "Table", "Tags", "Task", "TemperatureRange"]
__all__ += ["Template", "Tool", "ToolCall", "Total", "TrialKey", "Usage", "Verdict", "Vote", "Watcher", "WeightedVote"]
__all__ += ["Weights", "Worst", "alone", "answer", "ask", "halves", "judge", "matches", "reply_or_raise", "sample"]
__all__ += ["satisfies", "structure_of", "summary_of", "template", "usd", "worst_of"]
