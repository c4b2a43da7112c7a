"""Arena-Hard-Auto's judgment files: one question a line with one judge's two games; read and written.

A line has `uid` (older files: `question_id`), `model`, `judge`, `games` and, in newer files, `category` and `baseline`.
In the first game the baseline is A, in the second the contestant is. The label that the file states is taken; a game
that is null, or whose label is none of the five, is unjudged. Nothing is judged again and nobody is asked.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from escalade.core.battle import Battle, Game, Ruling, Side, Style
from escalade.core.errors import DataError
from escalade.tasks.arena_hard.answers import Answer, Answers, row_id
from escalade.tasks.arena_hard.labels import SPELLINGS
from escalade.tasks.arena_hard.style import style_of
from escalade.tasks.rows import Row, read_rows

_SIDES: tuple[Side, Side] = ("baseline", "contestant")
_OLD_CATEGORY, _OLD_BASELINE = "arena-hard-v0.1", "gpt-4-0314"
"""What files of v0.1 do not say."""


class Imported(Struct, frozen=True):
    """One contestant's answer to one question, with the rulings of every judge whose files were read."""

    model: str
    item: str
    category: str
    battle: Battle
    answer: Answer | None = None
    simulated: bool = False
    """True where the file says that a simulated model had a part in it."""


def read_judgments(paths: Iterable[Path], answers: Mapping[str, Answers] | None = None) -> list[Imported]:
    """All files' rulings, those of several judges on one answer side by side; in the order of the files.

    With `answers`, by model, texts and styles are there too. Raises DataError, with the line, for a ruling that cannot
    be read or stands twice.
    """
    found: dict[tuple[str, str, str], Imported] = {}
    for path in paths:
        for row in read_rows(path):
            one = _imported(row)
            key = (one.model, one.battle.baseline, one.item)
            if before := found.get(key):
                one = _joined(row, before, one)
            found[key] = one
    if not found:
        raise DataError("the files hold no judgments")
    return [_with_answers(one, answers or {}) for one in found.values()]


def judgment_row(imported: Imported, ruling: Ruling, words: Mapping[str, tuple[str, Any]]) -> dict[str, Any]:
    """One line of a judgment file; `words` has, by the id of the Call, what the judge said and was told."""
    games = []
    for game in ruling.games:
        said, told = words.get(game.call, ("", None))
        whole = {"score": game.label, "judgment": {"answer": said}, "prompt": told}
        games.append(whole if game.label or said else None)
    return {
        "uid": imported.item,
        "category": imported.category,
        "judge": ruling.judge,
        "model": imported.model,
        "baseline": imported.battle.baseline,
        "games": games,
        **({"simulated": True} if imported.simulated else {}),
    }


def _imported(row: Row) -> Imported:
    games = row.get("games")
    if not isinstance(games, list) or len(games) != len(_SIDES):
        raise row.error("its `games` are no list of two games", hint="each question is judged in both orders")
    values = row.values
    ruling = Ruling(
        judge=row.text("judge"),
        games=tuple(_game(row, game, first) for game, first in zip(games, _SIDES, strict=True)),
    )
    baseline = row.text("baseline") if "baseline" in values else _OLD_BASELINE
    category = row.text("category") if "category" in values else _OLD_CATEGORY
    return Imported(
        row.text("model"),
        row_id(row),
        category,
        Battle(baseline=baseline, rulings=(ruling,)),
        simulated=values.get("simulated") is True,
    )


def _game(row: Row, game: Any, first: Side) -> Game:
    if game is None:
        return Game(first=first, trouble="null in the file")
    if not isinstance(game, dict) or "score" not in game:
        raise row.error("a game is neither null nor an object with a `score`")
    said = game["score"]
    label = SPELLINGS.get(said) if isinstance(said, str) else None
    return Game(first=first, label=label, trouble="" if label else f"the file's label is {str(said)[:20]!r}")


def _joined(row: Row, before: Imported, one: Imported) -> Imported:
    [ruling] = one.battle.rulings
    if any(known.judge == ruling.judge for known in before.battle.rulings):
        raise row.error(f"{ruling.judge} has judged {one.model} on question {one.item} before")
    battle = msgspec.structs.replace(before.battle, rulings=(*before.battle.rulings, ruling))
    return msgspec.structs.replace(before, battle=battle)


def _with_answers(one: Imported, answers: Mapping[str, Answers]) -> Imported:
    """With the answer and both styles, the file's own where it states both, else both by our counting."""
    mine, theirs = _answer(answers, one.model, one.item), _answer(answers, one.battle.baseline, one.item)
    styles: tuple[Style | None, Style | None] = (None, None)
    if mine and theirs:
        published = mine.style is not None and theirs.style is not None
        styles = (mine.style, theirs.style) if published else (style_of(mine.text), style_of(theirs.text))
    battle = msgspec.structs.replace(one.battle, style=styles[0], baseline_style=styles[1])
    return msgspec.structs.replace(one, battle=battle, answer=mine)


def _answer(answers: Mapping[str, Answers], model: str, item: str) -> Answer | None:
    of_model = answers.get(model)
    return of_model.by_item.get(item) if of_model else None
