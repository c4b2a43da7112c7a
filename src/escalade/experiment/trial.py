"""One trial: one system answers one item once, and everything that happened becomes a Record.

The turns of an item are asked in order, each with the replies before it. Grading happens after the answer is there,
on an account of its own. This is the one place where an unforeseen exception is caught: a system's becomes a failed
Record, a grader's a grade that says so.
"""

import asyncio
import time
import traceback
from collections.abc import Callable, Mapping

import msgspec
from msgspec import Struct

from escalade.core.cancelled import is_asked_to_end
from escalade.core.duration import to_microseconds
from escalade.core.errors import BudgetExceeded, EscaladeError, Failure, StoreError, TooManyFiles
from escalade.core.messages import Message, Request
from escalade.core.reply import Reply
from escalade.core.text import in_words, mended
from escalade.experiment.grading import Grades
from escalade.experiment.recordable import check_recordable
from escalade.experiment.steps import graded_steps
from escalade.ledger.budget import Budget, Limits
from escalade.ledger.call import Call
from escalade.ledger.limits import Counted
from escalade.ledger.span import Ledger, Span, SpanFact
from escalade.ledger.tags import Tags
from escalade.models.protocol import Model, ask
from escalade.store import Record
from escalade.store.record import Status, TrialKey
from escalade.tasks.protocol import Item, Task

_MESSAGES = ("message", "trouble")
"""Keys of notes under which the words of an error stand."""


class Trial(Struct, frozen=True):
    run: str
    system: str
    item: Item
    sample: int = 0

    @property
    def key(self) -> TrialKey:
        return TrialKey(self.system, self.item.id, self.sample)


class Setting(Struct, frozen=True):
    """What all trials of a run share."""

    task: Task
    seed: int
    question: Limits
    budget: Budget
    redacted: bool
    grading: Budget
    """The laboratory's account, which has no limits."""
    spent: Mapping[TrialKey, Counted] = {}
    """What unfinished trials spent before they were interrupted."""
    on_call: Callable[[Call], None] | None = None


async def run_trial(trial: Trial, model: Model, setting: Setting) -> Record:
    """Answer, grade and describe. Raises Unrecorded where a wrong key, the network or the run's budget ended it."""
    began = time.monotonic()
    span = _root(trial, setting, "system", setting.on_call)
    outcome = await _answered(model, trial, span)
    check_recordable(span, failed=isinstance(outcome, Failure))
    ended = time.monotonic()
    reply = outcome if isinstance(outcome, Reply) else None
    error = outcome.error if isinstance(outcome, Failure) else None
    grading = _root(trial, setting, "grading", setting.on_call)
    grades = Grades(setting.task, trial.item, grading)
    grade = await grades.of(reply) if reply else None
    steps = await graded_steps(span.ledger, grades) if setting.task.grades_steps else []
    check_recordable(grading, failed=True)
    record = Record(
        run=trial.run,
        system=trial.system,
        item=trial.item.id,
        sample=trial.sample,
        labels=trial.item.labels,
        wording=trial.item.wording,
        gold=trial.item.measure,
        status=_status(reply, span.ledger),
        error=error.code if error else "",
        message=mended(str(error)) if error and not setting.redacted else "",
        answer=reply.call if reply else "",
        text=reply.text if reply and not reply.call else None,
        accepted=reply.accepted if reply else None,
        score=reply.score if reply else None,
        level=reply.level if reply else None,
        stopped=reply.stopped if reply else "",
        grade=grade,
        steps=steps,
        calls=span.ledger.calls,
        grading=grading.ledger.calls,
        spans=_facts(span.ledger, redacted=setting.redacted),
        seconds=to_microseconds(ended - began),
        at=round(time.time(), 3),
    )
    span.ledger.release()
    grading.ledger.release()
    return record


def _facts(ledger: Ledger, *, redacted: bool) -> list[SpanFact]:
    """What remains of the spans. An error's words may quote the question, and so have no place in a redacted store."""
    facts = ledger.facts()
    return [_without_messages(fact) for fact in facts] if redacted else facts


def _without_messages(fact: SpanFact) -> SpanFact:
    notes = [{key: said for key, said in note.items() if key not in _MESSAGES} for note in fact.notes]
    return msgspec.structs.replace(fact, message="", notes=notes)


def _root(trial: Trial, setting: Setting, account: str, on_call: Callable[[Call], None] | None) -> Span:
    tags = Tags(trial.run, *trial.key, account=account, redacted=setting.redacted)
    budget = _question_budget(trial, setting) if account == "system" else setting.grading
    return Span.root(trial.system, budget=budget, seed=setting.seed, ledger=Ledger(on_call), tags=tags)


def _question_budget(trial: Trial, setting: Setting) -> Budget:
    """The trial's own budget inside the run's, or the run's itself where a question has no limits."""
    if setting.question == Limits():
        return setting.budget
    budget = Budget(setting.question, inside=setting.budget)
    if before := setting.spent.get(trial.key):
        budget.already_spent(before)
    return budget


async def _answered(model: Model, trial: Trial, span: Span) -> Reply | Failure:
    """The reply to the item's last turn, or what went wrong on the way to it."""
    try:
        outcome = await converse(model, trial.item, trial.sample, span)
    except StoreError:
        raise
    except (Exception, asyncio.CancelledError) as error:  # the trial boundary: a bug must not take the run with it
        if is_asked_to_end():
            raise
        outcome = Failure(_unforeseen(error))
    if isinstance(outcome, Reply):
        span.finish(outcome)
    else:
        span.fail(outcome.error)
    return outcome


def _unforeseen(error: BaseException) -> EscaladeError:
    if isinstance(error, OSError) and error.errno in TooManyFiles.errnos:
        return TooManyFiles("too many open files")
    where = traceback.extract_tb(error.__traceback__)[-1]
    return _Internal(f"{in_words(error)} ({where.name}, line {where.lineno})")


class _Internal(EscaladeError):
    code = "internal"
    hint = "this is a bug: in your own class, in a plug-in or in Escalade"


async def converse(model: Model, item: Item, sample: int, span: Span) -> Reply | Failure:
    """Ask the item's turns in order, each with the earlier ones and their replies."""
    request: Request = item.request(sample)
    for turn in range(1, len(item.turns) + 1):
        outcome = await ask(model, request, span, place=turn if len(item.turns) > 1 else None)
        if isinstance(outcome, Failure) or turn == len(item.turns):
            return outcome
        said = (Message("assistant", outcome.text), Message("user", item.turns[turn]))
        request = msgspec.structs.replace(request, messages=(*request.messages, *said))
    raise ValueError(f"item {item.id} has no turns")


def _status(reply: Reply | None, ledger: Ledger) -> Status:
    """A part that a limit stopped, however deep, makes this another answer than the system's own."""
    if any(isinstance(error, BudgetExceeded) for error in ledger.errors):
        return "budget"
    return "failed" if reply is None else "answered"
