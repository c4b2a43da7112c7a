"""The explorer's data: a list of all questions of a run, and, in blocks of some dozens, their stories with all texts.

Texts longer than a limit are cut in the middle, and said to be. A redacted run carries no text and no question.
Records pass one by one, and their stories wait on disk until their block is made.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from escalade.analysis.trial import answered
from escalade.core.money import total
from escalade.ledger.call import Call
from escalade.models.journal import said
from escalade.report.html.block import Block, block
from escalade.report.html.question import asked_of
from escalade.report.html.spool import Kept, Spool
from escalade.report.story import Passage, story
from escalade.report.untrusted import one_line, safe
from escalade.store import CallRow
from escalade.store.record import Record, Run

_PER_BLOCK = 40
_ID = 16
"""Digits of a Call's id that tell it apart from the others of its block."""
_FIRST_WORDS = 110
_encoder = msgspec.json.Encoder()
_OUTCOMES = {"right": "r", "wrong": "w", "partial": "p", "no_answer": "n", "grader_failed": "g"}


class _Question(Struct):
    labels: Mapping[str, str]
    trials: dict[str, list[Kept]] = {}
    """By system: pairs of sample and story, as JSON."""
    outcomes: dict[str, str] = {}
    """By system: a letter for each sample."""
    costs: dict[str, list[float | None]] = {}
    levels: dict[str, int | None] = {}
    """By system: the rung of the first sample's answer."""
    calls: dict[str, None] = {}
    """Ids of those whose texts are wanted."""
    asked: tuple[int, str] = (99, "")
    """How deep in its structure the first of the outermost workers' Calls is, and its id: no prompt is nearer to the
    question."""


class Explorer:
    """One run. `texts` finds Calls by their ids; stories wait in `spool`; a text keeps `most` characters."""

    def __init__(
        self, run: Run, texts: Callable[[Sequence[str]], Mapping[str, CallRow]], spool: Spool, most: int
    ) -> None:
        self.cut = 0
        """How many texts were cut so far."""
        self._run = run
        self._texts = texts
        self._most = most
        self._found: dict[str, _Question] = {}
        self._spool = spool

    @property
    def questions(self) -> int:
        return len(self._found)

    def add(self, record: Record) -> None:
        question = self._found.setdefault(record.item, _Question(record.labels))
        system = record.system
        told = (record.sample, _brief(story(record, redacted=self._run.redacted)))
        question.trials.setdefault(system, []).append(self._spool.put(_encoder.encode(told)))
        question.outcomes[system] = question.outcomes.get(system, "") + _outcome(record)
        question.costs.setdefault(system, []).append(_usd_of(record.calls))
        question.levels.setdefault(system, record.level)
        if not self._run.redacted:
            question.calls.update(dict.fromkeys(call.id for call in record.calls if call.status == "ok"))
            question.asked = min(question.asked, *_outermost(record.calls), key=_depth)

    def blocks(self, name: str) -> Iterator[Block]:
        """First those of the stories, then that of the list, named `name` and `name`-0, -1, ..."""
        ids = sorted(self._found)
        first_words: list[str] = []
        for number, start in enumerate(range(0, len(ids), _PER_BLOCK)):
            questions = [self._found[item] for item in ids[start : start + _PER_BLOCK]]
            stories, words = self._stories(questions)
            first_words += words
            yield block(f"{name}-{number}", stories)
        yield block(name, self._list(ids, first_words))

    def _stories(self, questions: Sequence[_Question]) -> tuple[dict[str, Any], list[str]]:
        """A block's content and the first words of its questions."""
        wanted = dict.fromkeys(id_ for question in questions for id_ in question.calls)
        rows = self._texts(list(wanted)) if wanted else {}
        asked = [asked_of(rows[q.asked[1]]) if q.asked[1] in rows else "" for q in questions]
        stories = [
            [
                self._kept(words),
                {s: [msgspec.Raw(self._spool.get(kept)) for kept in question.trials[s]] for s in question.trials},
            ]
            for question, words in zip(questions, asked, strict=True)
        ]
        texts = {row.call.id[:_ID]: self._kept(said(row)) for row in rows.values()}
        return {"questions": stories, "texts": texts}, [one_line(words, _FIRST_WORDS) for words in asked]

    def _kept(self, text: str) -> str:
        if len(text) <= self._most:
            return safe(text)
        self.cut += 1
        half = self._most // 2
        start, end = text[:half], text[len(text) - half :]
        return f"{safe(start)}\n[... {len(text) - 2 * half:,} characters left out of this file ...]\n{safe(end)}"

    def _list(self, ids: Sequence[str], first_words: Sequence[str]) -> dict[str, Any]:
        """What is needed to filter and to list, by columns."""
        systems = [name for name in self._run.systems if any(name in q.trials for q in self._found.values())]
        questions = [self._found[item] for item in ids]
        return {
            "run": self._run.id,
            "task": self._run.task,
            "redacted": self._run.redacted,
            "systems": systems,
            "perBlock": _PER_BLOCK,
            "ids": ids,
            "asked": first_words,
            "labels": [question.labels for question in questions],
            "outcomes": {name: [q.outcomes.get(name, "") for q in questions] for name in systems},
            "costs": {name: [_mean(q.costs.get(name, [])) for q in questions] for name in systems},
            "levels": {name: [q.levels.get(name) for q in questions] for name in systems},
        }


def _brief(passage: Passage) -> list[Any]:
    """A passage as arrays: title, facts, lines, passages. Prompts are left out: they repeat one another."""
    lines = [[line.kind, line.text, line.call[:_ID]] for line in passage.lines if line.kind != "asked"]
    return [passage.title, passage.facts, lines, [_brief(inner) for inner in passage.passages]]


def _outcome(record: Record) -> str:
    if not answered(record):
        return "f"
    return "u" if record.grade is None else _OUTCOMES[record.grade.outcome]


def _usd_of(calls: Sequence[Call]) -> float | None:
    usd = total(call.cost for call in calls).usd
    return None if usd is None else float(usd)


def _mean(costs: Sequence[float | None]) -> float | None:
    known = [cost for cost in costs if cost is not None]
    return sum(known) / len(known) if known and len(known) == len(costs) else None


def _outermost(calls: Sequence[Call]) -> list[tuple[int, str]]:
    """Of each answered Call of a worker, how deep it is and its id; never empty."""
    workers = [(call.path.count("/"), call.id) for call in calls if call.status == "ok" and call.role == "worker"]
    return workers or [(99, "")]


def _depth(asked: tuple[int, str]) -> int:
    return asked[0]
