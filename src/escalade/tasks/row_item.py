"""Turns a row of a user's file into an Item, as `Fields` says which field means what.

An item without an id gets one from its content, so that it survives a reordering of the file. A row that lacks what
its grading needs is an error with its line.
"""

from typing import Literal

import msgspec
from msgspec import Struct

from escalade.answers import trouble_with
from escalade.answers.number import number
from escalade.answers.typography import plain
from escalade.core.ids import fingerprint
from escalade.core.messages import Expects
from escalade.tasks.asking import MOST_OPTIONS, instructed, letters, with_options
from escalade.tasks.protocol import Item
from escalade.tasks.rows import Row
from escalade.tasks.rubric import RUBRIC

Grading = Literal["exact", "choice", "number", "regex", "expression", "rubric"]


class Fields(Struct, frozen=True, forbid_unknown_fields=True):
    """Which fields of a row mean what. A field that is named here must be in every row, `id` apart."""

    id: str = "id"
    question: str = "question"
    gold: str = "answer"
    """A letter, also as (A), or an option's text for `choice`, a pattern for `regex`; `rubric` can do without."""
    labels: tuple[str, ...] = ()
    """Public labels, such as the category."""
    options: str | tuple[str, ...] = "options"
    """For `choice`: one field that holds a list, or one field for each option (empty ones are left out)."""
    turns: str | tuple[str, ...] = ()
    """In place of `question`: what the user says turn by turn, as one field with a list or one field for each."""
    system: str = ""
    rubric: str = ""
    """The item's own rubric."""


def item_of(row: Row, fields: Fields, grading: Grading, *, instruct: bool, free: bool = False) -> Item:
    """The item; with `instruct`, its last turn says how to mark the final answer. Raises DataError.

    `free` expects no form of answer, whatever the grading: what a grader from outside reads is its own affair.
    """
    options = _options(row, fields.options) if grading == "choice" else ()
    gold = _gold(row, fields.gold, grading, options)
    # Of several lines, a right answer can only be the whole reply.
    free = free or (grading == "exact" and "\n" in gold)
    expects = Expects() if free else expects_of(grading, len(options))
    *earlier, last = _turns(row, fields)
    if options:
        last = with_options(last, options)
    if instruct:
        last = instructed(last, expects)
    return _named(
        Item(
            id="",
            turns=(*earlier, last),
            gold=gold,
            expects=expects,
            system=row.text(fields.system) if fields.system else "",
            labels={label: row.text(label) for label in fields.labels},
            private={RUBRIC: row.text(fields.rubric)} if fields.rubric else {},
        ),
        row,
        fields.id,
    )


def expects_of(grading: Grading, options: int = 0) -> Expects:
    match grading:
        case "exact":
            return Expects("phrase")
        case "choice":
            return Expects("choice", letters(options))
        case "number":
            return Expects("number")
        case "expression":
            return Expects("expression")
        case _:
            return Expects()


def _gold(row: Row, field: str, grading: Grading, options: tuple[str, ...]) -> str:
    if grading == "rubric" and field not in row.values:
        return ""
    gold = row.text(field).strip()
    if not gold and grading != "rubric":
        raise row.error(f"the field {field!r} is empty")
    if grading == "choice":
        return _letter(row, gold, options)
    if grading == "number" and number(plain(gold)) is None:
        raise row.error(
            f"the right answer {gold!r} is no number that can be read",
            hint="write it as 12, 1234.5, 3/4 or 1.5e6, without words, or choose another `grading`",
        )
    if grading == "regex":
        _check_pattern(row, gold)
    return gold


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
    """The letter of the right option, which is given by its letter, also as (A), or by its text."""
    on_offer = letters(len(options))
    places = [letter for letter, option in zip(on_offer, options, strict=True) if option.strip() == gold]
    named = next((letter for letter in on_offer if gold.upper() in (letter, f"({letter})")), None)
    if named and places not in ([], [named]):
        raise row.error(
            f"the right answer {gold!r} is the letter of one option and the text of another",
            hint=f"write ({named}) for the option with that letter, ({places[0]}) for the one with that text",
        )
    if named is None and len(places) != 1:
        raise row.error(f"the right answer {gold!r} is neither a letter nor the text of exactly one option")
    return named or places[0]


def _check_pattern(row: Row, pattern: str) -> None:
    if trouble := trouble_with(pattern):
        raise row.error(trouble)


def _named(item: Item, row: Row, field: str) -> Item:
    """The item under its own id, or under one made from its content."""
    given = row.text(field).strip() if row.values.get(field) is not None else ""
    content = fingerprint([item.system, item.turns, item.gold, item.labels, item.private])
    return msgspec.structs.replace(item, id=given or content)
