"""MMLU-Pro: loading, asking, grading."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from escalade.core.errors import DataError
from escalade.core.reply import Reply
from escalade.ledger.span import Span
from escalade.tasks import MmluPro
from escalade.tasks.fetch import DataFiles

ROW = (
    '{"question_id": 70, "question": "Which is blue?", "options": ["sky", "grass", "coal"], "answer": "%s",'
    ' "answer_index": 0, "category": "colours", "src": "made up"}\n'
)


def written(path: Path, gold: str = "A") -> Path:
    path.write_text(ROW % gold)
    return path


async def test_item_is_made_of_a_row(tmp_path: Path, span: Span) -> None:
    """A row of the publisher's layout becomes a lettered question; the letter is graded."""
    task = MmluPro(written(tmp_path / "mmlu.jsonl"))
    (item,) = await task.items()
    assert (item.id, item.gold, item.expects.choices) == ("70", "A", ("A", "B", "C"))
    assert item.labels == {"category": "colours", "src": "made up"}
    assert "(A) sky\n(B) grass\n(C) coal" in item.turns[0]
    assert (await task.grade(item, Reply(text="The answer is (A)."), span)).outcome == "right"
    assert (await task.grade(item, Reply(text="The answer is (D)."), span)).outcome == "no_answer"
    assert item.private["input_chars"] == len("Which is blue?skygrasscoal")


async def test_gold_must_be_on_offer(tmp_path: Path) -> None:
    """A row whose answer is none of its options is an error with its line."""
    with pytest.raises(DataError, match="line 1: the answer 'D' is none of the 3"):
        await MmluPro(written(tmp_path / "mmlu.jsonl", "D")).items()


async def test_publishers_parquet_is_read(tmp_path: Path) -> None:
    """The same row in Parquet is the same item; a file that is no Parquet is an error with its name."""
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow, an extra, is not installed")
    arrow = pytest.importorskip("pyarrow")
    row = {**json.loads(ROW % "A"), "cot_content": ""}
    parquet.write_table(arrow.Table.from_pylist([row]), tmp_path / "test-00000-of-00001.parquet")
    (item,) = await MmluPro(tmp_path / "test-00000-of-00001.parquet", verify=False).items()
    (same,) = await MmluPro(written(tmp_path / "mmlu.jsonl")).items()
    assert item == same
    with pytest.raises(DataError, match=r"cannot read .*mmlu\.parquet"):
        await MmluPro(written(tmp_path / "mmlu.parquet"), verify=False).items()


async def test_another_parquet_is_not_taken_for_the_publisher_s(tmp_path: Path) -> None:
    """Another state of the set is refused unless it is wanted, and has another fingerprint."""
    changed = written(tmp_path / "mmlu.parquet")
    with pytest.raises(DataError, match="not the published file") as refused:
        await MmluPro(changed).items()
    assert "verify: false" in refused.value.hint
    assert MmluPro(changed, verify=False).fingerprint != MmluPro(files=DataFiles(folder=tmp_path)).fingerprint


async def test_without_a_file_and_a_network_the_error_says_what_gets_it(tmp_path: Path) -> None:
    """It names the file, where it is expected and the command that fetches it."""
    with pytest.raises(DataError, match=r"MMLU-Pro is not here: .*test-00000-of-00001\.parquet") as missing:
        await MmluPro(files=DataFiles(folder=tmp_path, cache=tmp_path, fetch=False)).items()
    assert "escalade data fetch mmlu_pro" in missing.value.hint


async def test_mmlu_pro_subset(data: Callable[[str], Path]) -> None:
    """The development subset loads whole: unique ids, 14 categories, 3 to 10 options."""
    items = await MmluPro(data("mmlu_pro/questions.jsonl.gz")).items()
    assert len(items) == len({item.id for item in items}) == 5902
    assert len({item.labels["category"] for item in items}) == 14
    assert {len(item.expects.choices) for item in items} == {3, 4, 5, 6, 7, 8, 9, 10}
