"""MATH-500: 500 competition problems with short answers, graded by spelling and by proof.

Loaded at run time from its publisher (the Hugging Face hub, HuggingFaceH4/MATH-500) or from a local copy, and
verified; the problems are never part of this package. Source: Lightman et al., "Let's Verify Step by Step", 2023; a
split of Hendrycks et al., MATH, 2021.
"""

from collections.abc import Sequence
from pathlib import Path

from escalade.core.grade import Grade
from escalade.core.ids import fingerprint
from escalade.core.reply import Reply
from escalade.ledger.span import Span
from escalade.tasks.asking import instructed
from escalade.tasks.fetch import Published, local_copy, obtain, sha256_of
from escalade.tasks.maths import EXPRESSION, MathGrader
from escalade.tasks.protocol import Item
from escalade.tasks.rows import Row, read_rows

FILE = Published(
    name="MATH-500",
    places=("math500.jsonl",),
    source="it is test.jsonl of the data set HuggingFaceH4/MATH-500 on the Hugging Face hub",
    url="https://huggingface.co/datasets/HuggingFaceH4/MATH-500/resolve/main/test.jsonl",
    sha256="35dc41080a3680858b27fa7e0533d2d547825316fc5dafe5d316f4ccc5a06132",
)


class Math500:
    """`path` names a local copy; `verify=False` accepts a changed one, which changes the fingerprint."""

    name = "math500"
    metric = "accuracy"
    grades_steps = True
    redacted = False

    def __init__(
        self,
        path: Path | None = None,
        *,
        verify: bool = True,
        grader: MathGrader | None = None,
        cache: Path | None = None,
    ) -> None:
        self._path = path
        self._verify = verify
        self._cache = cache
        self._grader = grader or MathGrader()

    @property
    def fingerprint(self) -> str:
        local = None if self._verify else local_copy(FILE, self._path)
        data = sha256_of(local) if local else FILE.sha256
        return fingerprint([self.name, data, instructed("", EXPRESSION), self._grader.fingerprint])

    async def items(self) -> Sequence[Item]:
        path = await obtain(FILE, self._path, verify=self._verify, cache=self._cache)
        return [_item(row) for row in read_rows(path)]

    async def grade(self, item: Item, reply: Reply, span: Span) -> Grade:
        return await self._grader.grade(item, reply, span)

    async def close(self) -> None:
        await self._grader.close()


def _item(row: Row) -> Item:
    return Item(
        id=row.text("unique_id"),
        turns=(instructed(row.text("problem"), EXPRESSION),),
        gold=row.text("answer"),
        expects=EXPRESSION,
        labels={"subject": row.text("subject"), "level": row.text("level")},
    )
