"""Outage: when going on with a run would help nobody, because nothing answers any more.

A wrong key, an unknown model or a full disk is one at once. A server that says 503, 429 or nothing is one when it does
so again and again, and until then each such answer may be bad luck.

Trials that ended so are held back until we know whether they were bad luck. A later answer, or the end of the run,
shows that they were; they are then recorded as failures. Many of them with no answer in between are an outage: the run
stops and leaves them all unrecorded. So the same command, given again, asks them anew; recorded, they would stay losses
for whoever does not know of --retry-failed, which a search does not even have. As it is the whole streak that is left,
nobody chooses which questions a system may try again.

Only what the provider says is counted. An empty answer is an answer of the model's, and no part of a streak.
"""

from collections import Counter
from collections.abc import Callable, Sequence

from escalade.core.error_codes import hint_of, passing_codes
from escalade.core.errors import AnswerError, ConnectionFailed, EmptyAnswer, EscaladeError, NotInJournal, Outage
from escalade.experiment.trial import Trial
from escalade.store import Record
from escalade.store.forgetting import ended_by

AT_LEAST = 20
"""Trials in a row that make an outage. Where every other trial fails by chance, so many in a row come about once in two
million trials; where nothing answers, they are soon together, and what is refused costs nothing.
"""
_UNREACHED_AT_MOST = 8
"""Trials in a row that end for want of a connection before the run does."""


class Streak:
    """The trials of this process that ended without an answer since the last one that had one.

    Tell it when a trial begins, and once how it ended.
    """

    def __init__(self, keep: Callable[[Record], None], leave: Callable[[Trial], None]) -> None:
        """`keep` records a trial; `leave` says that it is done here, recorded or left for the next time."""
        self._keep = keep
        self._leave = leave
        self._held: list[tuple[Trial, Record]] = []
        self._codes = passing_codes() - {EmptyAnswer.code}
        self._begun = 0
        self._last_before = 0
        """The last trial that had begun when the streak did."""
        self._under_way: set[int] = set()
        self._unreached = 0
        self._is_over = False

    def begin(self) -> int:
        """A number for the trial that begins now."""
        self._begun += 1
        self._under_way.add(self._begun)
        return self._begun

    def end(self, number: int, trial: Trial, ended: Record | EscaladeError | None) -> EscaladeError | None:
        """How the trial of that number ended: with an error if it may not be recorded for that, None if it was cut.

        Returns what the run must stop for, if anything; after an outage, nothing more. What was under way when a
        streak began is waited for: of two systems, one may be down while the other is slow, and a server that is busy
        with some may refuse others.
        """
        self._under_way.discard(number)
        hopeless = None
        if not isinstance(ended, Record):
            self._leave(trial)
            if ended is not None and self._is_hopeless(ended):
                hopeless = ended
        elif ended_by(ended, self._codes):
            if not self._held:
                self._last_before = self._begun
            self._held.append((trial, ended))
        else:
            self._unreached = 0
            if not self._is_over:
                self.settle()
            self._record(trial, ended)
        return self._outage() or (None if self._is_over else hopeless)

    def settle(self) -> None:
        """Record those that are held back as the failures that they were."""
        held, self._held = self._held, []
        for trial, record in held:
            self._record(trial, record)

    def give_up(self) -> None:
        """Leave those that are held back for the next time."""
        held, self._held = self._held, []
        for trial, _ in held:
            self._leave(trial)

    def _record(self, trial: Trial, record: Record) -> None:
        try:
            self._keep(record)
        finally:
            self._leave(trial)

    def _is_hopeless(self, reason: EscaladeError) -> bool:
        """Whether the trials to come would end likewise."""
        if isinstance(reason, ConnectionFailed):
            self._unreached += 1
            return self._unreached >= _UNREACHED_AT_MOST
        return not isinstance(reason, NotInJournal)

    def _outage(self) -> Outage | None:
        """Once, when there is one."""
        if self._is_over or len(self._held) < AT_LEAST:
            return None
        if min(self._under_way, default=self._begun + 1) <= self._last_before:
            return None
        self._is_over = True
        return _described([record for _, record in self._held])


def cause_of(record: Record) -> str:
    """The code of the error that ended it; of an answer that no part gave, that of most of its calls."""
    errors = Counter(call.error for call in record.calls if call.error)
    return errors.most_common(1)[0][0] if record.error == AnswerError.code and errors else record.error


def _described(records: Sequence[Record]) -> Outage:
    counts = Counter(map(cause_of, records))
    kinds = ", ".join(f"{count:,} {code}" for code, count in counts.most_common())
    last = f", the last: {records[-1].message}" if records[-1].message else ""
    usual = hint_of(counts.most_common(1)[0][0])
    again = "run the same command again once the provider answers: these trials are not recorded and will be asked anew"
    return Outage(
        f"{len(records):,} trials in a row ended without an answer ({kinds}){last}",
        hint=f"{usual}; {again}" if usual else again,
    )
