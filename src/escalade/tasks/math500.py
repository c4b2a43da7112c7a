"""MATH-500: 500 competition problems with short answers, graded by spelling and by proof.

Loaded at run time from its publisher (the Hugging Face hub, HuggingFaceH4/MATH-500) or from a local copy, and
verified; the problems are never part of this package.

A search for a good system needs items to look at, and a report items that nobody looked at. The parts `train` and
`test` share none: both are drawn from the 500 by a seeded hash of the item's id, or `train` from a file of MATH's
training problems, which leaves all 500 for `test`. The task's name says what is left.

Source: Lightman et al., "Let's Verify Step by Step", 2023; a
split of Hendrycks et al., MATH, 2021.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from msgspec import Struct

from escalade.answers.declaration import last_boxed
from escalade.core.errors import DataError
from escalade.core.grade import Grade
from escalade.core.ids import digest, fingerprint
from escalade.core.reply import Reply
from escalade.ledger.span import Span
from escalade.tasks.asking import instructed
from escalade.tasks.fetch import USUAL, DataFiles, Published, sha256_of
from escalade.tasks.maths import EXPRESSION, MathGrader
from escalade.tasks.protocol import Item
from escalade.tasks.rows import Row, read_rows

FILE = Published(
    name="MATH-500",
    places=("math500.jsonl",),
    source="it is test.jsonl of the data set HuggingFaceH4/MATH-500 on the Hugging Face hub",
    url="https://huggingface.co/datasets/HuggingFaceH4/MATH-500/resolve/main/test.jsonl",
    sha256="35dc41080a3680858b27fa7e0533d2d547825316fc5dafe5d316f4ccc5a06132",
    fetched_as="math500",
)


Part = Literal["all", "train", "test"]
_SIZE = 500


class Split(Struct, frozen=True):
    """How the part `train` is drawn."""

    items: int = 100
    seed: int = 0
    pool: Path | None = None
    """A JSONL file of MATH's training problems (`problem`; `answer`, or a `solution` with a box; `subject` or `type`;
    `level`) to draw from, in place of the 500."""


class Math500:
    """`path` names a local copy; `verify=False` accepts a changed one, which changes the fingerprint."""

    metric = "accuracy"
    grades_steps = True
    redacted = False

    def __init__(
        self,
        path: Path | None = None,
        *,
        part: Part = "all",
        split: Split | None = None,
        verify: bool = True,
        grader: MathGrader | None = None,
        files: DataFiles = USUAL,
    ) -> None:
        self._path = path
        self._part = part
        self._split = split or Split()
        self._verify = verify
        self._files = files
        self._grader = grader or MathGrader()

    @property
    def name(self) -> str:
        """Says how many of the 500 a part of them has."""
        split = self._split
        if self._part == "train":
            return f"math500 train ({split.items} of {'another file' if split.pool else self._whole})"
        if self._part == "test" and split.pool is None:
            return f"math500 test ({_SIZE - split.items} of {_SIZE})" if self._verify else "math500 test"
        return "math500"

    @property
    def fingerprint(self) -> str:
        local = None if self._verify else self._files.own_copy(FILE, self._path)
        data = sha256_of(local) if local else FILE.sha256
        split = self._split
        pool = sha256_of(split.pool) if split.pool else ""
        drawn = [] if self._part == "all" else [self._part, split.items, split.seed, pool]
        return fingerprint(["math500", data, drawn, instructed("", EXPRESSION), self._grader.fingerprint])

    async def items(self) -> Sequence[Item]:
        path = await self._files.obtain(FILE, self._path, verify=self._verify)
        whole = [_item(row) for row in read_rows(path)]
        if self._part == "all":
            return whole
        pool = self._pool(whole)
        train = self._drawn(pool or whole)
        if self._part == "train":
            return [item for item in pool or whole if item.id in train]
        return [item for item in whole if item.id not in train]

    async def grade(self, item: Item, reply: Reply, span: Span) -> Grade:
        return await self._grader.grade(item, reply, span)

    async def close(self) -> None:
        await self._grader.close()

    @property
    def _whole(self) -> str:
        return str(_SIZE) if self._verify else "a changed file"

    def _pool(self, whole: Sequence[Item]) -> list[Item]:
        """The training problems, none of which is among the 500; empty without a file of them."""
        if self._split.pool is None:
            return []
        pool = [_training_item(row) for row in read_rows(self._split.pool)]
        tested = {_words(item) for item in whole}
        if shared := sum(_words(item) in tested for item in pool):
            raise DataError(
                f"{self._split.pool}: {shared} of its problems are among the {len(whole)} that are tested",
                hint="name a file of MATH's training problems only, or leave `train` out to split the 500",
            )
        return pool

    def _drawn(self, items: Sequence[Item]) -> set[str]:
        """The ids of the part `train`: which they are does not depend on the order of `items`."""
        wanted = self._split.items
        if wanted >= len(items):
            raise DataError(
                f"there are {len(items)} items to draw {wanted} train items from", hint="lower `train_items`"
            )
        seed = str(self._split.seed)
        return set(sorted((item.id for item in items), key=lambda id_: digest("math500", seed, id_))[:wanted])


def _item(row: Row) -> Item:
    return Item(
        id=row.text("unique_id"),
        turns=(instructed(row.text("problem"), EXPRESSION),),
        gold=row.text("answer"),
        expects=EXPRESSION,
        labels={"subject": row.text("subject"), "level": row.text("level")},
    )


def _training_item(row: Row) -> Item:
    problem, values = row.text("problem"), row.values
    if "answer" in values:
        gold = row.text("answer")
    elif boxed := last_boxed(row.text("solution")):
        gold = boxed[1]
    else:
        raise row.error("there is no `answer`, and no box in `solution`")
    return Item(
        id=row.text("unique_id") if "unique_id" in values else f"train-{fingerprint(problem)}",
        turns=(instructed(problem, EXPRESSION),),
        gold=gold,
        expects=EXPRESSION,
        labels={
            "subject": row.text("subject" if "subject" in values else "type"),
            "level": row.text("level").removeprefix("Level "),
        },
    )


def _words(item: Item) -> str:
    """A problem's text without regard to its spacing."""
    return "".join(item.turns[0].split())
