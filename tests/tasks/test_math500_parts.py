"""MATH-500 in two parts: what a search may look at, and what is left to report on."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from escalade.core.errors import DataError
from escalade.tasks import Math500
from escalade.tasks.math500 import Split


def row(n: int, **more: object) -> dict[str, object]:
    facts = {"problem": f"What is {n} + {n}?", "answer": str(2 * n), "subject": "Sums", "level": 1}
    return {**facts, "unique_id": f"test/sums/{n}.json", **more}


def written(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(each) + "\n" for each in rows))
    return path


def part_of(path: Path, part: str, **split: object) -> Math500:
    return Math500(path, part=part, split=Split(**{"items": 8, **split}), verify=False)


async def test_the_parts_share_nothing_and_leave_nothing_out(tmp_path: Path) -> None:
    """Train and test are disjoint, together they are the whole, and each keeps the publisher's order."""
    path = written(tmp_path / "m.jsonl", [row(n) for n in range(40)])
    whole = [item.id for item in await Math500(path, verify=False).items()]
    train = [item.id for item in await part_of(path, "train").items()]
    test = [item.id for item in await part_of(path, "test").items()]
    assert (len(train), len(test)) == (8, 32)
    assert not set(train) & set(test)
    assert sorted(train + test) == sorted(whole)
    assert train == [id_ for id_ in whole if id_ in train]
    assert test == [id_ for id_ in whole if id_ in test]


async def test_the_seed_alone_decides_what_is_drawn(tmp_path: Path) -> None:
    """The same seed draws the same items from a file in another order; another seed draws others."""
    path = written(tmp_path / "m.jsonl", [row(n) for n in range(40)])
    turned = written(tmp_path / "t.jsonl", [row(n) for n in reversed(range(40))])
    drawn = [
        {item.id for item in await part_of(where, "train", seed=seed).items()}
        for where, seed in ((path, 0), (turned, 0), (path, 1))
    ]
    assert drawn[0] == drawn[1] != drawn[2]


async def test_train_items_from_a_file_leave_the_whole_for_testing(tmp_path: Path) -> None:
    """With MATH's training problems, in their own layout, train is drawn from them and test is everything."""
    path = written(tmp_path / "m.jsonl", [row(n) for n in range(10)])
    own = [
        {"problem": f"Halve {n}.", "solution": f"So \\boxed{{\\frac{{{n}}}{{2}}}}.", "type": "Sums", "level": "Level 3"}
        for n in range(20)
    ]
    pool = written(tmp_path / "train.jsonl", own)
    train = await part_of(path, "train", pool=pool).items()
    assert len({item.id for item in train}) == 8
    assert train[0].labels == {"subject": "Sums", "level": "3"}
    assert train[0].gold.startswith("\\frac{")
    test = part_of(path, "test", pool=pool)
    assert len(await test.items()) == 10
    assert test.name == "math500"


async def test_a_training_file_that_holds_tested_problems_is_refused(tmp_path: Path) -> None:
    """Whatever their spacing: nobody searches on what is tested."""
    path = written(tmp_path / "m.jsonl", [row(n) for n in range(10)])
    pool = written(tmp_path / "train.jsonl", [row(3, problem="What  is 3 + 3?"), *[row(n) for n in range(20, 40)]])
    with pytest.raises(DataError, match="1 of its problems are among the 10"):
        await part_of(path, "test", pool=pool).items()


async def test_more_train_items_than_there_are_is_an_error(tmp_path: Path) -> None:
    """At least one item must be left to test on."""
    path = written(tmp_path / "m.jsonl", [row(n) for n in range(8)])
    with pytest.raises(DataError, match="8 items to draw 8"):
        await part_of(path, "train").items()


def test_the_name_says_what_is_left() -> None:
    """Reports show it; each part is a benchmark of its own."""
    tasks = [Math500(part=part, split=Split(items=items)) for part in ("train", "test") for items in (100, 50)]
    assert [task.name for task in tasks] == [
        "math500 train (100 of 500)",
        "math500 train (50 of 500)",
        "math500 test (400 of 500)",
        "math500 test (450 of 500)",
    ]
    assert len({task.fingerprint for task in [*tasks, Math500()]}) == 5


async def test_the_published_file_splits(data: Callable[[str], Path]) -> None:
    """The 500 fall into 100 and 400."""
    path = data("math500.jsonl")
    parts = [{item.id for item in await Math500(path, part=part).items()} for part in ("train", "test")]
    assert [len(part) for part in parts] == [100, 400]
    assert not parts[0] & parts[1]
