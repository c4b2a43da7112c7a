"""GPQA: graduate-level questions with four options, graded by the chosen letter, in three sets of growing difficulty.

Read from the archive that its authors publish, or from a CSV file of one set, in memory: nothing is unpacked to disk.
The authors ask that no example be shown in public, so that models are not trained on it. The task is therefore
redacted: reports hold no text, stores no request, and item ids are the authors' record ids. Replies are stored, and a
reply may quote its question.

Options are put in an order drawn from a hash of seed and record id: the same on every machine and in every sample of a
question. An option is told from another by its place, never by its text, since some records repeat one. Scores depend
on the order by chance; another seed gives another order, and another fingerprint.

Source: Rein et al., "GPQA: A Graduate-Level Google-Proof Q&A Benchmark", 2023; CC BY 4.0.
"""

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec

from escalade.core.errors import DataError
from escalade.core.grade import Grade
from escalade.core.ids import digest, fingerprint
from escalade.core.messages import Expects
from escalade.core.reply import Reply
from escalade.ledger.span import Span
from escalade.tasks.asking import instructed, letters, with_options
from escalade.tasks.fetch import USUAL, DataFiles, Published, sha256_of
from escalade.tasks.match import MatchGrader
from escalade.tasks.protocol import Item
from escalade.tasks.rows import Row, csv_rows

GpqaSet = Literal["diamond", "main", "extended"]

ARCHIVE = Published(
    name="GPQA",
    places=("gpqa_dataset.zip", "gpqa/dataset.zip"),
    source="it is dataset.zip of the repository idavidrein/gpqa on GitHub",
    url="https://github.com/idavidrein/gpqa/raw/main/dataset.zip",
    sha256="461ae7329f15a3e35f8184d2dac24b990f34fdf12f366ca4062d8e6638cd08dc",
    fetched_as="gpqa",
)
_PASSWORD = b"deserted-untie-orchid"
"""The authors print it in their README: it keeps crawlers out, not readers."""
_SHA256: dict[GpqaSet, str] = {
    "diamond": "41d1213cd7a4998605a26c2798500652572007161b3a92817ba46b35befcd305",
    "main": "acdeeac8f622267f2cd727d7d474202ea08dec80f7d3c3593b3ef8644f19b8e3",
    "extended": "0926ee24949d02ed6748eb75a2611546c34479e30ddc42efd01d6f1681aaa48a",
}
"""Of the CSV files inside the archive."""
_OPTIONS = ("Correct Answer", "Incorrect Answer 1", "Incorrect Answer 2", "Incorrect Answer 3")
"""The right one is the first."""
_EXPECTS = Expects("choice", letters(len(_OPTIONS)))


class Gpqa:
    """`chosen` is the set, `path` a copy of the archive or of the set's CSV file, `seed` decides the options' order.

    `verify=False` accepts a changed file, which changes the fingerprint.
    """

    metric = "accuracy"
    grades_steps = True
    redacted = True

    def __init__(
        self,
        chosen: GpqaSet = "diamond",
        path: Path | None = None,
        *,
        seed: int = 0,
        verify: bool = True,
        files: DataFiles = USUAL,
    ) -> None:
        self._chosen = chosen
        self._path = path
        self._seed = seed
        self._verify = verify
        self._files = files
        self._grader = MatchGrader()
        self._items: list[Item] = []

    @property
    def name(self) -> str:
        return f"gpqa_{self._chosen}"

    @property
    def fingerprint(self) -> str:
        local = None if self._verify else self._files.own_copy(ARCHIVE, self._path)
        data = sha256_of(local) if local else _SHA256[self._chosen]
        return fingerprint([self.name, data, self._seed, instructed("", _EXPECTS), self._grader.fingerprint])

    async def items(self) -> Sequence[Item]:
        if not self._items:
            self._items = items_of(*await self._table(), seed=self._seed)
        return self._items

    async def grade(self, item: Item, reply: Reply, span: Span) -> Grade:
        return await self._grader.grade(item, reply, span)

    async def close(self) -> None:
        await self._grader.close()

    async def _table(self) -> tuple[Path, bytes]:
        """The set's CSV file and where it comes from."""
        is_table = self._path is not None and self._path.suffix.lower() == ".csv"
        file = msgspec.structs.replace(ARCHIVE, sha256=_SHA256[self._chosen]) if is_table else ARCHIVE
        path = await self._files.obtain(file, self._path, verify=self._verify)
        name = f"{self.name}.csv"
        return (path, path.read_bytes()) if is_table else (path / name, _unpacked(path, name))


def items_of(path: Path, table: bytes, *, seed: int) -> list[Item]:
    """The items of one set's CSV file; `path` names it in errors, which quote none of it. Raises DataError."""
    try:
        text = table.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not UTF-8", hint="get the file again from its publisher") from error
    items: dict[str, Item] = {}
    for row in csv_rows(path, io.StringIO(text, newline="")):
        item = _item(row, seed)
        if item.id in items:
            raise row.error(f"the record {item.id} stands twice")
        items[item.id] = item
    if not items:
        raise DataError(f"{path} holds no rows", hint="get the file again from its publisher")
    return list(items.values())


def shuffled(record: str, seed: int) -> tuple[int, ...]:
    """Which option of a record stands at each letter; 0 is the right one."""
    return tuple(sorted(range(len(_OPTIONS)), key=lambda option: digest("gpqa", str(seed), record, str(option))))


def _item(row: Row, seed: int) -> Item:
    record = row.text("Record ID").strip()
    options = [row.text(field).strip() for field in _OPTIONS]
    question = row.text("Question").strip()
    if not all((record, question, *options)):
        raise row.error("the record id, the question or an option is empty")
    order = shuffled(record, seed)
    return Item(
        id=record,
        turns=(instructed(with_options(question, [options[option] for option in order]), _EXPECTS),),
        gold=_EXPECTS.choices[order.index(0)],
        expects=_EXPECTS,
        labels={"domain": row.text("High-level domain").strip(), "subdomain": row.text("Subdomain").strip()},
    )


def _unpacked(archive: Path, name: str) -> bytes:
    """One file of the archive. Raises DataError."""
    try:
        with zipfile.ZipFile(archive) as opened:
            found = [member for member in opened.namelist() if member.rpartition("/")[2] == name]
            if len(found) == 1:
                return opened.read(found[0], pwd=_PASSWORD)
    except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        hint = "the authors' password is used; `path` may also name the CSV file of the set"
        raise DataError(f"cannot read {archive}: {error}", hint=hint) from error
    raise DataError(f"{archive} does not hold {name}", hint=ARCHIVE.source)
