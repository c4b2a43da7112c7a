"""The questions of Arena-Hard-Auto v2.0 and v0.1, from their publisher or a file, and the baselines' answers.

v2.0 has 750: hard prompts (253 of coding, 247 of mathematics) and 250 of creative writing. v0.1 has 500, all of one
kind, with a `cluster` by subject. Any file of the same form serves: `uid` (or `question_id`), `prompt` (or `turns`),
and maybe `category` and further labels.

Source: Li et al., "From Crowdsourced Data to High-Quality Benchmarks", 2024; the data set lmarena-ai/arena-hard-auto
on the Hugging Face hub; Apache-2.0.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from msgspec import Struct

from escalade.core.errors import DataError
from escalade.tasks.arena_hard.answers import row_id
from escalade.tasks.fetch import Published
from escalade.tasks.protocol import Item
from escalade.tasks.rows import Row, read_rows

Version = Literal["v2.0", "v0.1"]

_DATA_SET = "https://huggingface.co/datasets/lmarena-ai/arena-hard-auto/resolve/main/data"
_LABELS = ("category", "subcategory", "cluster")


def _file(version: Version, name: str, sha256: str) -> Published:
    folder = f"arena-hard-{version}"
    return Published(
        name=f"Arena-Hard {version} {name}",
        places=(f"arena_hard/{version}/{name}", f"{folder}/{name}"),
        source=f"it is data/{folder}/{name} of the data set lmarena-ai/arena-hard-auto on the Hugging Face hub",
        url=f"{_DATA_SET}/{folder}/{name}",
        sha256=sha256,
        key="baseline" if name.startswith("model_answer/") else "path",
        fetched_as="arena_hard" if version == "v2.0" else f"arena_hard_{version}",
    )


QUESTIONS: Mapping[Version, Published] = MappingProxyType(
    {
        "v2.0": _file("v2.0", "question.jsonl", "a75cef6623db6b27aec810497b059f0659705d7ff48dcbccc5bd5b130728ac73"),
        "v0.1": _file("v0.1", "question.jsonl", "2650242d2883f22b2abd498f273b6a7e02253cce533f5c91a858e1d44aa3002f"),
    }
)
_O3_MINI = _file(
    "v2.0", "model_answer/o3-mini-2025-01-31.jsonl", "c23a7c255eead99f7f86ad48aa1d8ccdb5b3334f2097e0e1e09184df87265e03"
)
_FLASH = _file(
    "v2.0",
    "model_answer/gemini-2.0-flash-001.jsonl",
    "70f614e1345f787a1da98c239d27f6df3c1d26b411cf894949f934a3039d6f0b",
)
_GPT_4 = _file(
    "v0.1", "model_answer/gpt-4-0314.jsonl", "0f6abc84de4600fde987d9db70f838f4ecdbd27a2f1f4058c12aa322a6f791b2"
)


class Kind(Struct, frozen=True):
    """How one category is judged."""

    baseline: Published | None
    """The official baseline's answers."""
    own_answer: bool
    """Whether the judge writes an answer of its own before it reads the two."""


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "hard_prompt": Kind(_O3_MINI, own_answer=True),
        "creative_writing": Kind(_FLASH, own_answer=False),
        "arena-hard-v0.1": Kind(_GPT_4, own_answer=True),
    }
)
"""The official settings. A category of the user's own has no baseline, and the judge answers first."""


def kind_of(category: str) -> Kind:
    return KINDS.get(category, Kind(None, own_answer=True))


def category_of(item: Item) -> str:
    return item.labels.get("category", "")


def read_questions(path: Path, categories: Sequence[str] = ()) -> list[Item]:
    """The items of a file, of these categories or of all. Raises DataError, with the line."""
    items: dict[str, Item] = {}
    for row in read_rows(path):
        item = _item(row)
        if item.id in items:
            raise row.error(f"the question {item.id} stands twice")
        items[item.id] = item
    there = list(dict.fromkeys(category_of(item) for item in items.values()))
    if missing := [category for category in categories if category not in there]:
        raise DataError(f"{path} has no category {missing[0]!r}", hint=f"it has: {', '.join(there) or 'no questions'}")
    chosen = [item for item in items.values() if not categories or category_of(item) in categories]
    if not chosen:
        raise DataError(f"{path} holds no questions")
    return chosen


def _item(row: Row) -> Item:
    turns = _turns(row)
    return Item(
        id=row_id(row),
        turns=turns,
        labels={label: row.text(label) for label in _LABELS if row.values.get(label) is not None},
        private={"input_chars": sum(map(len, turns))},
    )


def _turns(row: Row) -> tuple[str, ...]:
    if "prompt" in row.values:
        return (row.text("prompt"),)
    turns = row.get("turns")
    given = turns if isinstance(turns, list) else []
    texts = [turn.get("content") if isinstance(turn, dict) else turn for turn in given]
    if not texts or not all(isinstance(text, str) for text in texts):
        raise row.error("its `turns` are no list of texts", hint='write one question as "prompt": "..."')
    return tuple(str(text) for text in texts)
