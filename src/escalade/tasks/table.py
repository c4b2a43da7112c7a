"""A user's own questions, from a CSV or JSONL file, with the grader of their choice.

Which field means what is said by `Fields`. An item without an id gets one from its content, so that it survives a
reordering of the file; two items with one id are an error, as is every row that lacks what its grader needs.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, get_args

from msgspec import Struct

from escalade.core.errors import ConfigError, DataError
from escalade.core.grade import Grade
from escalade.core.ids import fingerprint
from escalade.core.messages import Expects
from escalade.core.reply import Reply
from escalade.ledger.span import Span
from escalade.tasks.asking import MOST_OPTIONS, instructed, letters, with_options
from escalade.tasks.fetch import sha256_of
from escalade.tasks.grader import Grader
from escalade.tasks.match import MatchGrader, RegexGrader
from escalade.tasks.maths import MathGrader
from escalade.tasks.protocol import Item
from escalade.tasks.rows import Row, read_rows
from escalade.tasks.rubric import RUBRIC, RubricGrader

Grading = Literal["exact", "choice", "number", "regex", "expression", "rubric"]


class Fields(Struct, frozen=True, forbid_unknown_fields=True):
    """Which fields of a row mean what. A field that is named here must be in every row, `id` apart."""

    id: str = "id"
    question: str = "question"
    gold: str = "answer"
    """A letter or an option's text for `choice`, a pattern for `regex`; `rubric` can do without."""
    labels: tuple[str, ...] = ()
    """Public labels, such as the category."""
    options: str | tuple[str, ...] = "options"
    """For `choice`: one field that holds a list, or one field for each option (empty ones are left out)."""
    turns: str | tuple[str, ...] = ()
    """In place of `question`: what the user says turn by turn, as one field with a list or one field for each."""
    system: str = ""
    rubric: str = ""
    """The item's own rubric."""


class Table:
    """`instruct=False` asks the questions exactly as they stand, without a sentence on how to mark the answer."""

    redacted = False

    def __init__(
        self,
        path: Path,
        grading: Grading = "exact",
        fields: Fields | None = None,
        *,
        name: str = "",
        grader: Grader | None = None,
        instruct: bool = True,
    ) -> None:
        self.name = name or path.name.split(".")[0]
        self._path = path
        self._grading = grading
        self._fields = fields or Fields()
        self._instruct = instruct
        self._grader = grader or _grader(grading)

    @property
    def fingerprint(self) -> str:
        form = instructed("", _expects(self._grading)) if self._instruct else ""
        return fingerprint([sha256_of(self._path), self._grading, self._fields, form, self._grader.fingerprint])

    @property
    def metric(self) -> str:
        return self._grader.metric

    @property
    def grades_steps(self) -> bool:
        return not self._grader.pays

    async def items(self) -> Sequence[Item]:
        items: list[Item] = []
        lines: dict[str, int] = {}
        for row in read_rows(self._path):
            item = self._item(row)
            if item.id in lines:
                raise row.error(
                    f"the id {item.id!r} is also that of line {lines[item.id]}",
                    hint="ids must be unique; rows without one are named by their content, which must then differ",
                )
            lines[item.id] = row.line
            items.append(item)
        if not items:
            raise DataError(f"{self._path} holds no rows")
        return items

    async def grade(self, item: Item, reply: Reply, span: Span) -> Grade:
        return await self._grader.grade(item, reply, span)

    async def close(self) -> None:
        await self._grader.close()

    def _item(self, row: Row) -> Item:
        fields = self._fields
        turns, options = _turns(row, fields), _options(row, fields.options) if self._grading == "choice" else ()
        expects = _expects(self._grading, len(options))
        if options:
            turns = (*turns[:-1], with_options(turns[-1], options))
        if self._instruct:
            turns = (*turns[:-1], instructed(turns[-1], expects))
        public = Item(
            id="",
            turns=turns,
            gold=self._gold(row, options),
            expects=expects,
            system=row.text(fields.system) if fields.system else "",
            labels={label: row.text(label) for label in fields.labels},
            private={RUBRIC: row.text(fields.rubric)} if fields.rubric else {},
        )
        return _named(public, row, fields.id)

    def _gold(self, row: Row, options: tuple[str, ...]) -> str:
        field = self._fields.gold
        if self._grading == "rubric" and field not in row.values:
            return ""
        gold = row.text(field).strip()
        if not gold and self._grading != "rubric":
            raise row.error(f"the field {field!r} is empty")
        if self._grading == "choice":
            return _letter(row, gold, options)
        if self._grading == "regex":
            _check_pattern(row, gold)
        return gold


def _grader(grading: Grading) -> Grader:
    match grading:
        case "exact" | "choice" | "number":
            return MatchGrader()
        case "regex":
            return RegexGrader()
        case "expression":
            return MathGrader()
        case "rubric":
            raise ConfigError("grading by a rubric needs a judge", hint=f"give a {RubricGrader.__name__} as `grader`")
        case _:
            raise ConfigError(f"there is no grading {grading!r}", hint=f"there are: {', '.join(get_args(Grading))}")


def _expects(grading: Grading, options: int = 0) -> Expects:
    match grading:
        case "choice":
            return Expects("choice", letters(options))
        case "number":
            return Expects("number")
        case "expression":
            return Expects("expression")
        case _:
            return Expects()


def _turns(row: Row, fields: Fields) -> tuple[str, ...]:
    if not fields.turns:
        turns: tuple[str, ...] = (row.text(fields.question),)
    elif isinstance(fields.turns, str):
        turns = row.texts(fields.turns)
    else:
        turns = tuple(text for field in fields.turns if (text := row.text(field).strip()))
    if not turns or not all(turn.strip() for turn in turns):
        raise row.error("the question is empty")
    return turns


def _options(row: Row, named: str | tuple[str, ...]) -> tuple[str, ...]:
    options = row.texts(named) if isinstance(named, str) else tuple(o for f in named if (o := row.text(f).strip()))
    if not 2 <= len(options) <= MOST_OPTIONS:
        raise row.error(f"{len(options)} options; a choice needs 2 to {MOST_OPTIONS}")
    return options


def _letter(row: Row, gold: str, options: tuple[str, ...]) -> str:
    """The letter of the right option, which is given by its letter or by its text."""
    on_offer = letters(len(options))
    if gold.upper() in on_offer:
        return gold.upper()
    places = [letter for letter, option in zip(on_offer, options, strict=True) if option.strip() == gold]
    if len(places) != 1:
        raise row.error(f"the right answer {gold!r} is neither a letter nor the text of exactly one option")
    return places[0]


def _check_pattern(row: Row, pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise row.error(f"{pattern!r} is no regular expression: {error}") from error


def _named(item: Item, row: Row, field: str) -> Item:
    """The item under its own id, or under one made from its content."""
    given = row.text(field).strip() if row.values.get(field) is not None else ""
    content = fingerprint([item.system, item.turns, item.gold, item.labels, item.private])
    return Item(
        id=given or content,
        turns=item.turns,
        gold=item.gold,
        expects=item.expects,
        system=item.system,
        labels=item.labels,
        private=item.private,
    )
