"""A user's own questions from a CSV or JSONL file."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalade.core.errors import ConfigError, DataError
from escalade.core.grade import Grade
from escalade.core.reply import Reply
from escalade.ledger.span import Span
from escalade.tasks import Fields, Item, MatchGrader, Table

Make = Callable[..., Reply]


def jsonl(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


async def only(table: Table) -> Item:
    (item,) = await table.items()
    return item


async def test_csv_with_a_byte_order_mark(tmp_path: Path) -> None:
    """A spreadsheet's CSV is read: byte order mark, quotes, lines within a cell."""
    path = tmp_path / "mine.csv"
    path.write_text('\ufeffid,question,answer,field\nq1,"Two\nlines, ""quoted""?",Blue,colour\n', encoding="utf-8")
    item = await only(Table(path, fields=Fields(labels=("field",)), instruct=False))
    assert (item.id, item.turns, item.gold) == ("q1", ('Two\nlines, "quoted"?',), "Blue")
    assert item.labels == {"field": "colour"}


async def test_csv_with_a_long_document_in_a_cell(tmp_path: Path) -> None:
    """A question may hold a whole document."""
    path, long = tmp_path / "mine.csv", "word " * 100_000
    path.write_text(f"question,answer\n{long}?,Blue\n", encoding="utf-8")
    assert (await only(Table(path, instruct=False))).turns == (f"{long}?",)


@pytest.mark.parametrize(("make", "remedy"), [(Path.mkdir, "permissions"), (lambda _: None, "config's folder")])
async def test_a_file_that_cannot_be_opened(tmp_path: Path, make: Callable[[Path], None], remedy: str) -> None:
    """The remedy is one for what is wrong."""
    path = tmp_path / "mine.csv"
    make(path)
    with pytest.raises(DataError, match=r"mine\.csv") as caught:
        await Table(path).items()
    assert remedy in caught.value.hint


async def test_gzipped_jsonl_and_other_names(tmp_path: Path) -> None:
    """Fields may be called anything; numbers are read as they are written."""
    path = tmp_path / "mine.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"uid": 12, "q": "How many?", "gold": 3.50}\n'))
    item = await only(Table(path, "number", Fields(id="uid", question="q", gold="gold"), instruct=False))
    assert (item.id, item.turns, item.gold) == ("12", ("How many?",), "3.5")
    assert Table(path, "number").name == "mine"


async def test_choice_from_a_list_or_from_columns(tmp_path: Path) -> None:
    """Options come from one field or from many; the right one is named by letter or text."""
    listed = jsonl(tmp_path / "a.jsonl", {"question": "Colour?", "options": ["red", "blue"], "answer": "blue"})
    item = await only(Table(listed, "choice"))
    assert (item.gold, item.expects.choices) == ("B", ("A", "B"))
    assert "(A) red\n(B) blue" in item.turns[0]
    assert "The answer is (X)" in item.turns[0]
    columns = tmp_path / "b.csv"
    columns.write_text("question,one,two,three,answer\nColour?,red,blue,,a\n")
    item = await only(Table(columns, "choice", Fields(options=("one", "two", "three")), instruct=False))
    assert (item.gold, item.turns[0]) == ("A", "Colour?\n\n(A) red\n(B) blue")


async def test_turns_from_a_list_or_from_columns(tmp_path: Path) -> None:
    """A conversation's turns are kept apart, the instruction with the last."""
    listed = jsonl(tmp_path / "a.jsonl", {"turns": ["Pick a number.", "Double it."], "answer": "4"})
    item = await only(Table(listed, "number", Fields(turns="turns")))
    assert item.turns[0] == "Pick a number."
    assert item.turns[1].startswith("Double it.\n\n")
    columns = tmp_path / "b.csv"
    columns.write_text("first,second,answer\nHello,,hi\n")
    assert (await only(Table(columns, fields=Fields(turns=("first", "second")), instruct=False))).turns == ("Hello",)


async def test_missing_ids_come_from_the_content(tmp_path: Path) -> None:
    """An item without an id keeps its name when the file is put in another order."""
    rows = [{"question": "a", "answer": "1"}, {"question": "b", "answer": "2"}]
    forth = await Table(jsonl(tmp_path / "a.jsonl", *rows)).items()
    back = await Table(jsonl(tmp_path / "b.jsonl", *reversed(rows))).items()
    assert [item.id for item in forth] == [item.id for item in reversed(back)]
    assert len({item.id for item in forth}) == 2


@pytest.mark.parametrize(
    ("rows", "grading", "message"),
    [
        ([{"question": "a", "answer": "1"}] * 2, "exact", r"line 2: the id .* is also that of line 1"),
        ([{"question": "a"}], "exact", "line 1: there is no field 'answer'"),
        ([{"question": "a", "answer": " "}], "exact", "line 1: the field 'answer' is empty"),
        ([{"question": " ", "answer": "1"}], "exact", "line 1: the question is empty"),
        ([{"question": ["a"], "answer": "1"}], "exact", "line 1: the field 'question' is a list, not text"),
        ([{"question": "a", "answer": None}], "exact", "line 1: the field 'answer' is null, not text"),
        *(
            ([{"question": "a", "answer": gold}], "number", "line 1: the right answer .* is no number")
            for gold in ("twelve", "1,5", "5 km/h", "NaN", "1/0", "1e999", "1 million", "12:30")
        ),
        ([{"question": "a", "answer": "a", "options": ["b", "a"]}], "choice", "line 1: .* the text of another"),
        ([{"question": "a", "answer": "("}], "regex", "line 1: .* is no regular expression"),
        ([{"question": "a", "answer": "C", "options": ["x", "y"]}], "choice", "line 1: the right answer 'C'"),
        ([{"question": "a", "answer": "x", "options": ["x"]}], "choice", "line 1: 1 options"),
        ([{"question": "a", "answer": "x", "options": "x, y"}], "choice", "line 1: .* is no list of texts"),
        ([], "exact", "holds no rows"),
    ],
)
async def test_bad_rows_are_named_by_line(tmp_path: Path, rows: list[Any], grading: Any, message: str) -> None:
    """What is wrong with a row is said with file and line."""
    with pytest.raises(DataError, match=message):
        await Table(jsonl(tmp_path / "mine.jsonl", *rows), grading).items()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.jsonl", b'{"question": \n', "line 1: not JSON"),
        ("a.jsonl", b"[]\n", "line 1: a list, not a JSON object"),
        ("a.jsonl", b"\xff\n", "cannot read"),
        ("a.jsonl.gz", b"no gzip", "cannot read"),
        ("a.csv", b"question,answer\na,b,c\n", "line 2: more cells"),
        ("a.csv", b"question,answer\na\n", "line 2: fewer cells"),
        ("a.csv", b'question,answer\n"a"b,c\n', "after line 1: not CSV"),
        ("a.csv", b"question,answer,answer\na,b,c\n", "line 1: there are two columns 'answer'"),
        ("a.csv", b"question;answer\na;b\n", "line 1: the columns seem to be separated by ';'"),
        ("a.csv", b"question\tanswer\na\tb\n", "line 1: the columns seem to be separated by tabs"),
        ("a.jsonl", b'\n{"question": "a", "answer": "b", "answer": "c"}\n', "line 2: the key 'answer' is there twice"),
        ("a.jsonl", b'{"question": {"a": 1, "a": 2}, "answer": "b"}\n', "line 1: the key 'a' is there twice"),
        ("a.jsonl", b'{"question": "a", "answer": NaN}\n', "line 1: not JSON: NaN"),
        ("a.jsonl", b'{"question": "a", "answer": -Infinity}\n', "line 1: not JSON: -Infinity"),
        ("a.jsonl", b'{"question": "a", "answer": 1e999}\n', "line 1: not JSON: 1e999"),
        ("a.xlsx", b"", r"only \.csv, \.jsonl"),
    ],
)
async def test_bad_files_are_named(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    """A file that is not what its name says is an error with its place."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=message):
        await Table(tmp_path / name).items()


async def graded(tmp_path: Path, grading: Any, gold: str, text: str, **more: Any) -> Grade:
    table = Table(jsonl(tmp_path / "mine.jsonl", {"question": "?", "answer": gold, **more}), grading)
    grade = await table.grade(await only(table), Reply(text=text), Span.root("grading"))
    await table.close()
    return grade


@pytest.mark.parametrize(
    ("grading", "gold", "text", "outcome"),
    [
        ("exact", "Blue", " blue. ", "right"),
        ("exact", "Blue", "It is blue", "wrong"),
        ("exact", "Blue", "The sky is clear.\n\nAnswer: **Blue**", "right"),
        ("exact", "Blue", "The sky is clear.\nBlue", "right"),
        ("exact", "Blue", "Answer: Blue or red", "wrong"),
        ("exact", "one\ntwo", "one\ntwo", "right"),
        ("exact", "one\ntwo", "Answer: two", "wrong"),
        ("exact", "Blue", "<think>Blue", "no_answer"),
        ("number", "1000", "The answer is $1,000.00", "right"),
        ("number", "1000", "The answer is 999", "wrong"),
        ("number", "1000", "no idea", "no_answer"),
        ("number", "1", "Answer: 1,5", "no_answer"),
        ("number", "1 000", "1000", "right"),
        ("number", "5", "I cannot answer. See section 5.", "no_answer"),
        ("regex", r"\bblue\b", "a blue sky", "right"),
        ("regex", r"\bblue\b", "<think>blue</think> bluebell", "wrong"),
        ("regex", r"\bblue\b", "", "no_answer"),
        ("expression", "\\frac{1}{2}", "\\boxed{1/2}", "right"),
    ],
)
async def test_grading(tmp_path: Path, grading: str, gold: str, text: str, outcome: str) -> None:
    """Each way of grading tells right, wrong and no answer apart."""
    assert (await graded(tmp_path, grading, gold, text)).outcome == outcome


@pytest.mark.parametrize(("gold", "letter"), [("(A)", "A"), ("(b)", "B"), ("C", "C"), ("c", "C"), ("(C)", "C")])
async def test_a_letter_in_brackets_is_always_one(tmp_path: Path, gold: str, letter: str) -> None:
    """Where options are letters, brackets tell the option's letter from its text; what agrees needs none."""
    path = jsonl(tmp_path / "a.jsonl", {"question": "?", "options": ["B", "A", "C"], "answer": gold})
    assert (await only(Table(path, "choice"))).gold == letter


async def test_a_letter_that_is_another_options_text_says_what_to_write(tmp_path: Path) -> None:
    """The remedy names both ways out."""
    path = jsonl(tmp_path / "a.jsonl", {"question": "?", "options": ["B", "A", "C"], "answer": "A"})
    with pytest.raises(DataError, match=r"'A' is the letter of one option and the text of another") as caught:
        await Table(path, "choice").items()
    assert "(A)" in caught.value.hint
    assert "(B)" in caught.value.hint


async def test_exact_asks_for_the_answer_alone(tmp_path: Path) -> None:
    """A question is asked so that its answer can be compared; not so where the grader or the answer wants all of it."""
    path = jsonl(tmp_path / "a.jsonl", {"question": "Capital?", "answer": "Paris"})
    item = await only(Table(path))
    assert item.turns[0].startswith("Capital?\n\n")
    assert '"Answer: X"' in item.turns[0]
    assert item.expects.form == "phrase"
    assert (await only(Table(path, instruct=False))).turns == ("Capital?",)
    free = await only(Table(path, grader=MatchGrader()))
    assert (free.turns, free.expects.form) == (("Capital?",), "text")
    poem = await only(Table(jsonl(tmp_path / "b.jsonl", {"question": "Poem?", "answer": "roses\nviolets"})))
    assert (poem.turns, poem.expects.form) == (("Poem?",), "text")


async def test_empty_columns_of_a_spreadsheet_are_no_duplicates(tmp_path: Path) -> None:
    """Columns without a name, which spreadsheets leave at the right, are nobody's."""
    path = tmp_path / "mine.csv"
    path.write_text("question,answer,,\nColour?,Blue,,\n")
    assert (await only(Table(path))).gold == "Blue"


async def test_choice_grading(tmp_path: Path) -> None:
    """A choice is graded by its letter."""
    grade = await graded(tmp_path, "choice", "y", "The answer is (B).", options=["x", "y"])
    assert (grade.outcome, grade.score, grade.answer) == ("right", 1.0, "B")


async def test_cut_reply_says_so(tmp_path: Path) -> None:
    """A reply that ended at its token limit with no answer is told from one that had none to give."""
    table = Table(jsonl(tmp_path / "mine.jsonl", {"question": "?", "answer": "7"}), "number")
    grade = await table.grade(await only(table), Reply(text="so", finish="length"), Span.root("grading"))
    assert (grade.outcome, grade.reason) == ("no_answer", "the reply was cut off at its token limit")


def test_rubric_needs_a_judge(tmp_path: Path) -> None:
    """Grading by a rubric without a judge, or by nothing known, is a mistake in the config."""
    with pytest.raises(ConfigError, match="needs a judge"):
        Table(tmp_path / "mine.jsonl", "rubric")
    with pytest.raises(ConfigError, match="no grading 'vibes'"):
        Table(tmp_path / "mine.jsonl", "vibes")  # type: ignore[arg-type]


def test_fingerprint_follows_data_fields_and_grader(tmp_path: Path) -> None:
    """Runs on other data, fields, instructions or grading are not comparable."""
    path = jsonl(tmp_path / "a.jsonl", {"question": "a", "answer": "1"})
    tables = [
        Table(path),
        Table(path, "number"),
        Table(path, "number", instruct=False),
        Table(path, fields=Fields(gold="question")),
        Table(jsonl(tmp_path / "b.jsonl", {"question": "b", "answer": "1"})),
    ]
    assert len({table.fingerprint for table in tables}) == len(tables)
    assert Table(path, "number", grader=MatchGrader(), name="other").fingerprint == tables[1].fingerprint
    assert Table(path, instruct=False).fingerprint not in {table.fingerprint for table in tables}


@given(st.text(), st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_can_be_graded_exactly(gold: str, text: str) -> None:
    """Comparing with a gold answer never fails, whatever was replied."""
    from escalade.tasks.match import matched  # noqa: PLC0415

    grade = matched(Item(id="q", turns=("?",), gold=gold), Reply(text=text))
    assert grade.outcome in {"right", "wrong", "no_answer"}


async def test_a_path_may_be_text(tmp_path: Path) -> None:
    """As in most of Python; the task is named by the file all the same."""
    path = tmp_path / "sums.csv"
    path.write_text("question,answer\nWhat is 1 plus 1?,2\n")
    table = Table(str(path), "number")
    assert (table.name, table.fingerprint) == ("sums", Table(path, "number").fingerprint)
    assert len(await table.items()) == 1
