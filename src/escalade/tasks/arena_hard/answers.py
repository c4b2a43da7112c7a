"""Arena-Hard-Auto's answer files: one answer a line, as the publisher keeps them; read and written.

A line has `uid` (older files: `question_id`), `model`, `messages` whose last one is the answer (a text, or an object
with the key `answer`), and in newer files `metadata` with the counts of its style.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from escalade.core.battle import Style
from escalade.core.errors import DataError
from escalade.core.ids import fingerprint
from escalade.recorded.conversation import last_words
from escalade.tasks.arena_hard.style import metadata_of, published_style
from escalade.tasks.rows import Row, read_rows

_ESTIMATED = "token_len_estimated"
"""Marks a line whose `token_len` is our guess, so that it is never read as the publisher's."""


class Answer(Struct, frozen=True):
    item: str
    model: str
    text: str
    style: Style | None = None
    """As the file states it; None where it does not."""


class Answers(Struct, frozen=True):
    """The answers of one model, by item."""

    model: str
    by_item: Mapping[str, Answer]

    def of(self, item: str) -> Answer:
        """Raises DataError where there is none."""
        if item not in self.by_item:
            raise DataError(
                f"there is no answer of {self.model} to question {item}",
                hint="the file of answers must belong to the same version of the questions",
            )
        return self.by_item[item]

    @property
    def fingerprint(self) -> str:
        """Names the texts."""
        return fingerprint({item: answer.text for item, answer in self.by_item.items()})


def read_answers(path: Path) -> Answers:
    """All answers of a file. Raises DataError, with the line, for one that cannot be read or stands twice."""
    found: dict[str, Answer] = {}
    model = ""
    for row in read_rows(path):
        answer = _answer(row)
        if answer.item in found:
            raise row.error(f"the question {answer.item} stands twice")
        if model and answer.model != model:
            raise row.error(f"an answer of {answer.model} in a file of {model}", hint="keep one file for each model")
        model = answer.model
        found[answer.item] = answer
    if not found:
        raise DataError(f"{path} holds no answers")
    return Answers(model, found)


def write_answers(path: Path, rows: Iterable[Mapping[str, Any]]) -> int:
    """Lines as the publisher writes them; how many there were. Raises DataError where it cannot be written."""
    encoder, count = msgspec.json.Encoder(), 0
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as stream:
            for row in rows:
                stream.write(encoder.encode(row) + b"\n")
                count += 1
    except OSError as error:
        raise DataError(f"cannot write {path}: {error.strerror}", hint="choose another folder") from error
    return count


def answer_row(
    item: str, model: str, text: str, *, call: str = "", at: float = 0.0, style: Style | None = None
) -> dict[str, Any]:
    """One line of an answer file; the conversation holds the answer alone.

    The official code takes every value in `metadata` for a feature of style: that a length is our estimate, and not
    the publisher's as in a given `style`, is said beside it.
    """
    tokens = None if style is None or style.estimated else style.tokens
    return {
        "uid": item,
        "ans_id": fingerprint([item, model, call]),
        "model": model,
        "messages": [{"role": "assistant", "content": {"answer": text}}],
        "tstamp": at,
        "metadata": metadata_of(text, tokens),
        **({_ESTIMATED: True} if tokens is None else {}),
    }


def row_id(row: Row) -> str:
    return row.text("uid" if "uid" in row.values else "question_id")


def _answer(row: Row) -> Answer:
    text = last_words(row.get("messages"))
    if text is None:
        hint = 'it is {"role": "assistant", "content": {"answer": "..."}}'
        raise row.error("its last message is no answer", hint=hint)
    style = None if row.values.get(_ESTIMATED) else published_style(row.values.get("metadata"))
    return Answer(row_id(row), row.text("model"), text, style)
