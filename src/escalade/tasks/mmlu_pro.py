"""MMLU-Pro: questions of 14 fields with up to ten options, graded by the chosen letter.

All 12,032 questions of its test set, from the publisher's Parquet, or those of a JSONL file of the same columns: `id`
or `question_id`, `question`, `options`, `answer` (a letter), `category` and, if there, `src`. The publisher mends the
set in place; one state of it is pinned here and no other is taken for it. The prompt is ours and has no worked
examples, so scores are not those of the public board.
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

_REVISION = "b189ec765aa7ed75c8acfea42df31fdae71f97be"
"""On the Hugging Face hub."""
FILE = Published(
    name="MMLU-Pro",
    places=(
        "mmlu_pro/test-00000-of-00001.parquet",
        "mmlu_pro/questions.jsonl.gz",
        "mmlu_pro.jsonl.gz",
        "mmlu_pro.jsonl",
    ),
    source=f"it is data/test-00000-of-00001.parquet of the data set TIGER-Lab/MMLU-Pro, revision {_REVISION[:12]}",
    url=f"https://huggingface.co/datasets/TIGER-Lab/MMLU-Pro/resolve/{_REVISION}/data/test-00000-of-00001.parquet",
    sha256="0e24a191921c2f453518a537a8b2117bd137e7714d4ef1565e9ba06c1ecb9ad8",
    fetched_as="mmlu_pro",
)


class MmluPro:
    """`path` names the file; without it, the data folder is looked into, then the publisher asked.

    `verify=False` accepts another state of the Parquet, which changes the fingerprint. JSONL is never the publisher's
    file and is taken as it is.
    """

    name = "mmlu_pro"
    metric = "accuracy"
    grades_steps = True
    redacted = False

    def __init__(self, path: Path | None = None, *, verify: bool = True, files: DataFiles = USUAL) -> None:
        self._path = path
        self._verify = verify
        self._files = files
        self._grader = MatchGrader()

    @property
    def fingerprint(self) -> str:
        local = self._files.own_copy(FILE, self._path)
        data = sha256_of(local) if local else FILE.sha256
        return fingerprint([self.name, data, instructed("", Expects("choice")), self._grader.fingerprint])

    async def items(self) -> Sequence[Item]:
        local = self._files.own_copy(FILE, self._path)
        is_publishers = local is None or local.suffix.lower() == ".parquet"
        path = await self._files.obtain(FILE, self._path, verify=self._verify and is_publishers)
        return [_item(row) for row in read_rows(path)]

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
        private={"input_chars": len(question) + sum(map(len, options))},
    )
