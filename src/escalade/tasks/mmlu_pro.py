"""MMLU-Pro: questions of 14 fields with up to ten options, graded by the chosen letter.

Read from a file, the publisher's own Parquet or JSONL: `id` or `question_id`, `question`, `options`, `answer` (a
letter), `category` and, if there, `src`. It is not downloaded: its publisher changes it in place, so that there is no
hash to hold a download against. The prompt is ours and has no worked examples, so scores are not those of the public
board.
Source: Wang et al., "MMLU-Pro", 2024.
"""

from collections.abc import Sequence
from pathlib import Path

from escalade.core.grade import Grade
from escalade.core.ids import fingerprint
from escalade.core.messages import Expects
from escalade.core.reply import Reply
from escalade.ledger.span import Span
from escalade.tasks.asking import instructed, letters, with_options
from escalade.tasks.fetch import USUAL, DataFiles, Published, sha256_of
from escalade.tasks.match import MatchGrader
from escalade.tasks.protocol import Item
from escalade.tasks.rows import Row, read_rows

FILE = Published(
    name="MMLU-Pro",
    places=(
        "mmlu_pro/questions.jsonl.gz",
        "mmlu_pro.jsonl.gz",
        "mmlu_pro.jsonl",
        "mmlu_pro/test-00000-of-00001.parquet",
    ),
    source="it is the data set TIGER-Lab/MMLU-Pro on the Hugging Face hub",
    remedy="get its file data/test-00000-of-00001.parquet",
    fetched_as="mmlu_pro",
)
_INPUT_CHARS = "input_chars"


class MmluPro:
    """`path` names the file; without it, the data folder is looked into."""

    name = "mmlu_pro"
    metric = "accuracy"
    grades_steps = True
    redacted = False

    def __init__(self, path: Path | None = None, *, files: DataFiles = USUAL) -> None:
        self._path = path
        self._files = files
        self._grader = MatchGrader()

    @property
    def fingerprint(self) -> str:
        local = self._files.own_copy(FILE, self._path)
        data = sha256_of(local) if local else ""
        return fingerprint([self.name, data, instructed("", Expects("choice")), self._grader.fingerprint])

    async def items(self) -> Sequence[Item]:
        return [_item(row) for row in read_rows(await self._files.obtain(FILE, self._path))]

    async def input_chars(self) -> dict[str, int]:
        """Characters of question and options by item id: what a recorded answer's input is estimated from."""
        return {item.id: item.private[_INPUT_CHARS] for item in await self.items()}

    async def grade(self, item: Item, reply: Reply, span: Span) -> Grade:
        return await self._grader.grade(item, reply, span)

    async def close(self) -> None:
        await self._grader.close()


def _item(row: Row) -> Item:
    question, options = row.text("question"), row.texts("options")
    expects = Expects("choice", letters(len(options)))
    gold = row.text("answer")
    if gold not in expects.choices:
        raise row.error(f"the answer {gold!r} is none of the {len(options)} options' letters")
    return Item(
        id=row.text("id" if "id" in row.values else "question_id"),
        turns=(instructed(with_options(question, options), expects),),
        gold=gold,
        expects=expects,
        labels={name: row.text(name) for name in ("category", "src") if name in row.values},
        private={_INPUT_CHARS: len(question) + sum(map(len, options))},
    )
