"""Progress of a search: that of each round as of any run, and then a line for each structure in it."""

import sys
from collections.abc import Mapping
from typing import Self, TextIO

from escalade.analysis.spending import twelve_digits
from escalade.analysis.trial import PerItem
from escalade.ledger.budget import Budget
from escalade.ledger.call import Call
from escalade.report.money import money
from escalade.report.progress import Progress
from escalade.report.untrusted import one_line
from escalade.search.path import Round
from escalade.store.record import Record


class SearchProgress:
    """A context manager around a search. `stream` is stderr unless given, since stdout holds results."""

    def __init__(self, *, quiet: bool = False, stream: TextIO | None = None) -> None:
        self._quiet = quiet
        self._stream = stream or sys.stderr
        self._round = self._fresh()
        """Of the round that is being run or, between two rounds, of the one that comes next."""

    def _fresh(self) -> Progress:
        return Progress(quiet=self._quiet, stream=self._stream)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._round.__exit__(None, None, None)

    def limited_by(self, budget: Budget) -> None:
        """The round that begins next draws on this budget."""
        self._round.limited_by(budget)

    def begin(self, total: int, done: int) -> None:
        """A round of `total` trials begins, of which `done` were finished before."""
        self._round.begin(total, done)

    def call(self, call: Call) -> None:
        self._round.call(call)

    def trial(self, record: Record) -> None:
        self._round.trial(record)

    def elsewhere(self, done: int) -> None:
        self._round.elsewhere(done)

    def waiting(self, why: str) -> None:
        self._round.waiting(why)

    def round(self, asked: Round, figures: Mapping[str, PerItem]) -> None:
        """A round is finished: the score, on its items alone, and the cost of each structure."""
        self._round.__exit__(None, None, None)
        self._round = self._fresh()
        if self._quiet:
            return
        heat = f", heat {asked.heat}" if asked.part == "train" else ""
        print(f"{asked.stage}{heat}: {len(asked.items):,} {asked.part} items", file=self._stream)
        for name, own in figures.items():
            print(f"  {one_line(name)}: {_score_and_cost(own)}", file=self._stream, flush=True)


def _score_and_cost(figures: PerItem) -> str:
    score, cost = figures.mean_score, figures.mean_cost
    shown = "-" if score is None else f"{100 * score:.1f} %"
    price = "cost unknown" if cost is None else f"{money(twelve_digits(cost))} a question"
    return f"{shown} of {len(figures.scores):,}, {price}"
