"""GPQA: loading in memory, the order of options, redaction. Every question that stands here is invented."""

import csv
import io
import os
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalade.core.errors import DataError
from escalade.core.reply import Reply
from escalade.ledger.span import Span
from escalade.tasks import Gpqa
from escalade.tasks.gpqa import items_of, shuffled

HEADS = ("Question", "Correct Answer", "Incorrect Answer 1", "Incorrect Answer 2", "Incorrect Answer 3",
         "High-level domain", "Subdomain", "Record ID", "Canary String")  # fmt: skip
ROW = ("Which of these\nis blue?", " sky ", "grass", "coal", "snow", "Physics", "Optics", "recA", "canary")
PLACE = Path("made-up.csv")


def table(*rows: tuple[str, ...]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerows([HEADS, *rows])
    return text.getvalue().encode()


def unencrypted(path: Path) -> Path:
    """An archive of the published layout: `zipfile` writes none with a password."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("dataset/gpqa_main.csv", table(ROW))
    return path


def with_id(record: str, *options: str) -> tuple[str, ...]:
    return (ROW[0], *(options or ROW[1:5]), *ROW[5:7], record, ROW[8])


async def test_an_item_is_made_of_a_row(span: Span) -> None:
    """Options are stripped and lettered, labels are domain and subdomain, and the right option's letter is gold."""
    [item] = items_of(PLACE, table(ROW), seed=0)
    assert (item.id, item.labels) == ("recA", {"domain": "Physics", "subdomain": "Optics"})
    assert f"({item.gold}) sky\n" in item.turns[0] + "\n"
    assert item.turns[0].startswith("Which of these\nis blue?\n\n(A) ")
    task = Gpqa()
    assert (await task.grade(item, Reply(text=f"Hm.\n**Answer:** $\\boxed{{{item.gold}}}$"), span)).outcome == "right"
    wrong = next(letter for letter in "ABCD" if letter != item.gold)
    assert (await task.grade(item, Reply(text=f"The answer is ({wrong})."), span)).outcome == "wrong"
    assert (await task.grade(item, Reply(text="It is the sky."), span)).outcome == "no_answer"


def test_a_repeated_option_is_told_by_its_place() -> None:
    """Where a wrong option reads like the right one, gold is still the letter of the right one's own place."""
    rows = [with_id(f"rec{n}", "sky", "sky", "coal", "snow") for n in range(40)]
    for item in items_of(PLACE, table(*rows), seed=3):
        assert item.gold == "ABCD"[shuffled(item.id, 3).index(0)]


@given(st.text(max_size=20), st.integers())
def test_an_order_is_a_permutation_of_record_and_seed_alone(record: str, seed: int) -> None:
    """Every option has one place, and asking again gives the same order."""
    assert sorted(shuffled(record, seed)) == [0, 1, 2, 3]
    assert shuffled(record, seed) == shuffled(record, seed)


def test_no_letter_is_favoured_and_seeds_differ() -> None:
    """Over 4,000 records each letter is right about a quarter of the time (5 standard errors), for either seed."""
    golds = [["ABCD"[shuffled(f"rec{n}", seed).index(0)] for n in range(4000)] for seed in (0, 1)]
    for drawn in golds:
        assert all(abs(count - 1000) < 137 for count in Counter(drawn).values())
    agreeing = sum(a == b for a, b in zip(*golds, strict=True))
    assert abs(agreeing - 1000) < 137


def test_other_rows_move_nothing() -> None:
    """A record's options stand in the same order whatever else is in the file."""
    [alone] = items_of(PLACE, table(with_id("recB")), seed=0)
    assert items_of(PLACE, table(ROW, with_id("recB")), seed=0)[1] == alone


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (table(ROW, ROW), "stands twice"),
        (table(with_id("recA", "sky", "", "coal", "snow")), "is empty"),
        (table(), "holds no rows"),
        (table(("a", "b")), "fewer cells"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"Question\nx\n", "there is no field 'Record ID'"),
    ],
)
def test_a_bad_file_is_an_error_that_quotes_nothing(content: bytes, said: str) -> None:
    """What is wrong is said with its place and without a word of question or option."""
    with pytest.raises(DataError, match=said) as problem:
        items_of(PLACE, content, seed=0)
    told = f"{problem.value} {problem.value.hint}"
    assert "made-up.csv" in told
    assert not any(word in told for word in ("blue", "grass", "coal"))


async def test_a_csv_of_ones_own_needs_verify_off(tmp_path: Path) -> None:
    """A CSV file that is not the published one is refused, and accepted under another fingerprint when asked for."""
    path = tmp_path / "gpqa_diamond.csv"
    path.write_bytes(table(ROW))
    with pytest.raises(DataError, match="not the published file"):
        await Gpqa(path=path).items()
    changed = Gpqa(path=path, verify=False)
    assert len(await changed.items()) == 1
    assert changed.fingerprint != Gpqa(path=path).fingerprint


async def test_an_archive_is_read_by_the_set_s_name(tmp_path: Path) -> None:
    """The set's file is found in whatever folder of the archive; an archive without it, or none at all, is an error."""
    path = unencrypted(tmp_path / "dataset.zip")
    assert [item.id for item in await Gpqa("main", path, verify=False).items()] == ["recA"]
    with pytest.raises(DataError, match=r"does not hold gpqa_diamond\.csv"):
        await Gpqa("diamond", path, verify=False).items()
    path.write_bytes(b"no archive")
    with pytest.raises(DataError, match="cannot read"):
        await Gpqa("main", path, verify=False).items()


async def test_nothing_is_unpacked_to_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Loading leaves the folder of the archive, and the folder for temporary files, as they were."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    archive = unencrypted(tmp_path / "dataset.zip")
    await Gpqa("main", archive, verify=False).items()
    assert os.listdir(tmp_path) == [archive.name]  # noqa: PTH208  (a coroutine must not touch pathlib)


def test_set_and_seed_are_in_the_fingerprint() -> None:
    """Runs on another set or another order of options are another benchmark."""
    assert len({Gpqa(chosen, seed=seed).fingerprint for chosen in ("diamond", "main") for seed in (0, 1)}) == 4


def test_the_task_is_redacted() -> None:
    """Runs on it keep question texts out of stores and reports."""
    assert Gpqa.redacted


async def test_the_published_archive(data: Callable[[str], Path]) -> None:
    """The authors' archive opens with their password: sizes, domains and nested sets as published, letters balanced."""
    archive = data("gpqa_dataset.zip")
    ids: dict[str, set[str]] = {}
    for chosen, size, domains, subdomains in (
        ("diamond", 198, {"Physics": 86, "Chemistry": 93, "Biology": 19}, 13),
        ("main", 448, {"Physics": 187, "Chemistry": 183, "Biology": 78}, 16),
        ("extended", 546, {"Physics": 227, "Chemistry": 214, "Biology": 105}, 16),
    ):
        items = await Gpqa(chosen, archive).items()
        ids[chosen] = {item.id for item in items}
        count = len(items)  # apart, so that a failure shows no item
        assert count == len(ids[chosen]) == size
        assert Counter(item.labels["domain"] for item in items) == domains
        assert len({item.labels["subdomain"] for item in items}) == subdomains
        golds = Counter(item.gold for item in items)
        assert max(golds[letter] for letter in "ABCD") < size / 4 + 4 * (size * 3 / 16) ** 0.5
    assert ids["diamond"] < ids["main"] < ids["extended"]
