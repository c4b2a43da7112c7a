"""Every failure that Escalade foresees, as one tree.

    EscaladeError
    ├── ConfigError            a file, key or value that the user can mend
    ├── DataError              a data file that is missing, corrupt or not what was promised
    ├── StoreError             the store cannot be opened, read or written
    ├── TrackingError          MLflow cannot be reached, read or written: nothing of ours is lost
    ├── NotInJournal           --offline, and this call was never made
    ├── BudgetExceeded         a limit of money, calls, tokens or time is reached
    ├── Outage                 nothing answers any more: a run had better wait
    ├── AnswerError            a strategy or gate found nothing usable among its members' answers
    ├── Unstorable             a value that cannot be kept: no JSON of its type, or no Unicode
    └── CallError              one attempt at a model failed
        ├── ConnectionFailed   no connection: certainly not billed
        ├── TooManyFiles       this process may open no more connections
        ├── RateLimited        429
        ├── ServerFailed       5xx
        ├── TimedOut           no whole answer in time: perhaps billed
        ├── CutOff             the connection broke in mid-answer: perhaps billed
        ├── BadResponse        an answer that is no chat completion: perhaps billed
        ├── EmptyAnswer        a chat completion with nothing in it: billed as it says
        └── Refused            the request will never work as it is
            ├── Unauthorised   401, 403
            ├── OutOfCredit    402
            ├── UnknownModel   404
            └── TooLong        the prompt does not fit the model's context

Each has a stable `code`, says whether another try may help (`retryable`), and what to do (`hint`); one that
knows more may differ from its class in `retryable`, `billed` and `fatal`. It logs nothing and decides nothing.
"""

import errno
from decimal import Decimal
from typing import TYPE_CHECKING

from msgspec import Struct

from escalade.core.usage import Usage

if TYPE_CHECKING:
    from escalade.core.account import Account


class EscaladeError(Exception):
    code = "error"
    retryable = False
    fatal = False
    """True where everything else would fail likewise, so that a run should stop and say so."""
    hint = ""
    account: "Account | None" = None
    """What the question took until then, where `answer` raised it."""

    def __init__(self, message: str, *, hint: str = "", fatal: bool = False) -> None:
        super().__init__(message)
        self.hint, self.fatal = hint or self.hint, fatal or self.fatal


class ConfigError(EscaladeError):
    code = "config"


class DataError(EscaladeError):
    code = "data"


class StoreError(EscaladeError):
    code = "store"
    fatal = True


class ReadOnlyStore(StoreError):
    """Nothing can be written there by this process; what is there can be read."""


class TrackingError(EscaladeError):
    code = "tracking"


class NotInJournal(EscaladeError):
    code = "not_in_journal"
    hint = "run without --offline to make the call"


class BudgetExceeded(EscaladeError):
    """`limit` names what ran out: "usd", "calls", "tokens" or "seconds"; `scope` whose it was: "question" or "run"."""

    code = "budget"

    def __init__(self, message: str, *, limit: str, scope: str) -> None:
        super().__init__(message, hint=f"raise the {scope} budget ({limit}) to go on", fatal=scope == "run")
        self.limit, self.scope = limit, scope


class Outage(EscaladeError):
    code = "outage"


class AnswerError(EscaladeError):
    code = "no_answer"


class Unstorable(EscaladeError):
    code = "unstorable"
    hint = "this is a bug in a plug-in: what it notes and gives must be JSON of the documented types, in Unicode text"


class CallError(EscaladeError):
    """One failed attempt. `billed` is False where nothing can have been charged, None where nobody knows."""

    code = "call"
    billed: bool | None = False
    reported_usd: Decimal | None = None

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        status: int | None = None,
        retry_after_s: float | None = None,
        usage: Usage | None = None,
        retryable: bool | None = None,
        perhaps_billed: bool = False,
    ) -> None:
        """`usage` is what a useless answer used, where it said so; what is left out is as the kind says."""
        super().__init__(message, hint=hint)
        self.status, self.retry_after_s, self.usage = status, retry_after_s, usage
        self.retryable = self.retryable if retryable is None else retryable
        self.billed = None if perhaps_billed else self.billed


class ConnectionFailed(CallError):
    code = "connection"
    retryable = True
    hint = "check the endpoint's address and that its server is running"


class TooManyFiles(CallError):
    errnos = (errno.EMFILE, errno.ENFILE)
    code = "too_many_files"
    fatal = True
    hint = "lower `concurrency`, or let the process open more files (`ulimit -n`)"


class RateLimited(CallError):
    code = "rate_limited"
    retryable = True
    hint = "lower `concurrency`, or ask the provider for a higher limit"


class ServerFailed(CallError):
    code = "server"
    retryable = True


class TimedOut(CallError):
    code = "timeout"
    retryable = True
    billed = None
    hint = "raise the endpoint's `timeout_s`, or lower `max_tokens`"


class CutOff(CallError):
    code = "cut_off"
    retryable = True
    billed = None


class BadResponse(CallError):
    code = "bad_response"
    retryable = True
    billed = None
    hint = "check that the endpoint's `url` is that of an OpenAI-compatible API, such as https://openrouter.ai/api/v1"


class EmptyAnswer(CallError):
    code = "empty"
    retryable = True
    billed = None


class Refused(CallError):
    code = "refused"


class Unauthorised(Refused):
    code = "unauthorised"
    fatal = True
    hint = "check the endpoint's `key` and the environment variable that it is read from"


class OutOfCredit(Refused):
    code = "out_of_credit"
    fatal = True
    hint = "add credit at the provider, then run the same command again: finished work is kept"


class UnknownModel(Refused):
    code = "unknown_model"
    fatal = True
    hint = "check the model's `id` and the endpoint's `url`"


class TooLong(Refused):
    code = "too_long"
    hint = "use a model with a longer context, or a shorter question"


class Failure(Struct, frozen=True):
    """A failed piece of work as a value, so that it cannot cancel its siblings."""

    error: EscaladeError
    path: str = ""
    """The path of the span that failed."""
