"""Official files: questions, answers and judgments, of both versions, read with the line of whatever is wrong."""

import json

import pytest

from escalade.core.battle import Battle, Game, Ruling, Style
from escalade.core.errors import DataError
from escalade.core.scheme import OFFICIAL
from escalade.store import Record, Store
from escalade.tasks.arena_hard.answers import answer_row, read_answers, write_answers
from escalade.tasks.arena_hard.export import export
from escalade.tasks.arena_hard.judgments import judgment_row, read_judgments
from escalade.tasks.arena_hard.questions import QUESTIONS, read_questions
from escalade.tasks.arena_hard.task import graded


@pytest.fixture
def lines(tmp_path):
    def write(*rows, name="file.jsonl"):
        path = tmp_path / name
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return path

    return write


def answered(uid, text, model="m", **more):
    return {"uid": uid, "model": model, "messages": [{"role": "assistant", "content": text}], **more}


def judged(uid, first, second, **more):
    games = [None if score is None else {"score": score, "judgment": {"answer": "..."}} for score in (first, second)]
    known = {"uid": uid, "model": "m", "judge": "j", "category": "hard_prompt", "baseline": "b", "games": games}
    return known | more


def test_published_questions_are_read_whole(data):
    """All of both versions, with their categories as labels."""
    found = {version: read_questions(data(f"arena_hard/{version}/question.jsonl")) for version in QUESTIONS}
    assert {version: len(items) for version, items in found.items()} == {"v2.0": 750, "v0.1": 500}
    hard = read_questions(data("arena_hard/v2.0/question.jsonl"), ["hard_prompt"])
    assert len(hard) == 500
    assert {item.labels["subcategory"] for item in hard} == {"coding", "math"}
    assert all(item.turns[0] and not item.gold for items in found.values() for item in items)


@pytest.mark.parametrize("model", ["gpt-4-0314", "gpt-4-0613", "gpt-3.5-turbo-0125"])
def test_published_answers_of_v01_are_read(data, model):
    """One to every question; these files state no style."""
    answers = read_answers(data(f"arena_hard/v0.1/model_answer/{model}.jsonl"))
    questions = read_questions(data("arena_hard/v0.1/question.jsonl"))
    assert answers.model == model
    assert {item.id for item in questions} == set(answers.by_item)
    assert all(answer.style is None for answer in answers.by_item.values())


def test_older_questions_have_turns(lines):
    """`question_id` and `turns` in place of `uid` and `prompt`."""
    [item] = read_questions(lines({"question_id": 7, "turns": [{"content": "One?"}, {"content": "Two?"}]}))
    assert (item.id, item.turns) == ("7", ("One?", "Two?"))


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{"uid": "a", "prompt": "?"}, {"uid": "a", "prompt": "!"}], "line 2: the question a stands twice"),
        ([{"uid": "a", "turns": []}], "line 1: its `turns`"),
        ([{"prompt": "?"}], "line 1: there is no field 'question_id'"),
        ([], "holds no questions"),
    ],
)
def test_wrong_questions_are_refused(lines, rows, said):
    """With their line; none is left out."""
    with pytest.raises(DataError, match=said):
        read_questions(lines(*rows))


def test_an_unknown_category_names_those_there_are(lines):
    """A typing error selects nothing."""
    with pytest.raises(DataError, match="no category 'hard'") as error:
        read_questions(lines({"uid": "a", "prompt": "?", "category": "hard_prompt"}), ["hard"])
    assert "hard_prompt" in error.value.hint


def test_answers_are_plain_or_objects(lines):
    """Both forms of the official files, with the style that the newer one states."""
    counts = {"token_len": 5, "header_count": {"h1": 1}, "list_count": {"ordered": 2, "unordered": 1}}
    counts |= {"bold_count": {"**": 0, "__": 4}}
    found = read_answers(lines(answered("a", "plain"), answered("b", {"answer": "object"}, metadata=counts)))
    assert [found.of(item).text for item in "ab"] == ["plain", "object"]
    assert found.of("a").style is None
    style = found.of("b").style
    assert (style.tokens, style.headers, style.lists, style.bold, style.estimated) == (5, 1, 3, 4, False)
    with pytest.raises(DataError, match="no answer of m to question c"):
        found.of("c")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([answered("a", 3)], "line 1: its last message is no answer"),
        ([answered("a", "x"), answered("a", "y")], "line 2: the question a stands twice"),
        ([answered("a", "x"), answered("b", "y", model="n")], "line 2: an answer of n in a file of m"),
        ([], "holds no answers"),
    ],
)
def test_wrong_answers_are_refused(lines, rows, said):
    """With their line."""
    with pytest.raises(DataError, match=said):
        read_answers(lines(*rows))


def test_written_answers_are_read_again(tmp_path):
    """Text for text; an estimated length is not taken for the publisher's, and the publisher's is kept."""
    path = tmp_path / "deep" / "m.jsonl"
    text, stated = "**So** it is.\n\n- yes", Style(tokens=9, lists=1, bold=1)
    rows = [answer_row("a", "m", text, call="c"), answer_row("b", "m", text, style=stated)]
    assert write_answers(path, rows) == 2
    found = read_answers(path)
    assert (found.model, found.of("a").text, found.of("a").style) == ("m", text, None)
    assert found.of("b").style == stated
    row = json.loads(path.read_text().splitlines()[0])
    assert row["messages"][-1]["content"]["answer"] == text
    assert row["metadata"]["bold_count"] == {"**": 1, "__": 0}


def test_judgments_of_both_versions_are_read(lines):
    """The old files' baseline and category are those of v0.1; the baseline is A in the first game."""
    new = lines(judged("a", "A>>B", "A>B"), judged("b", "B<A", None), name="new.jsonl")
    old = lines(
        {"question_id": "a", "model": "m", "judge": "gpt-4", "games": [{"score": "A=B"}, {"score": "B>A"}]},
        name="old.jsonl",
    )
    found = read_judgments([new, old])
    assert [(one.item, one.category, one.battle.baseline) for one in found] == [
        ("a", "hard_prompt", "b"),
        ("b", "hard_prompt", "b"),
        ("a", "arena-hard-v0.1", "gpt-4-0314"),
    ]
    assert found[0].battle.rulings[0].advantages == (-2, 1)
    first, second = found[1].battle.rulings[0].games
    assert (first.label, second.label, second.trouble) == ("A>B", None, "null in the file")


@pytest.mark.parametrize("score", ["A", "", None, 3, "error"])
def test_a_label_that_is_none_is_unjudged(lines, score):
    """Never a tie and never an error: the file states something else, and that is kept."""
    [one] = read_judgments([lines(judged("a", "A>B", "A>B") | {"games": [{"score": score}, {"score": "A>B"}]})])
    assert one.battle.rulings[0].games[0].label is None
    assert one.battle.rulings[0].games[0].trouble


def test_judges_stand_side_by_side(lines):
    """Several judges' files on one answer are one battle; the same judge twice is refused."""
    one = lines(judged("a", "A>B", "A>B"), name="one.jsonl")
    two = lines(judged("a", "A=B", "A=B", judge="k"), name="two.jsonl")
    [found] = read_judgments([one, two])
    assert [ruling.judge for ruling in found.battle.rulings] == ["j", "k"]
    with pytest.raises(DataError, match="line 1: j has judged m on question a before"):
        read_judgments([one, one])


@pytest.mark.parametrize(("games", "said"), [([], "no list of two"), ([{}, {}], "neither null nor"), (None, "no list")])
def test_wrong_judgments_are_refused(lines, games, said):
    """With their line."""
    with pytest.raises(DataError, match=f"line 1: .*{said}"):
        read_judgments([lines(judged("a", "A>B", "A>B") | {"games": games})])


def test_styles_are_counted_by_one_ruler(lines):
    """The files' own counts where both sides have them, else ours for both."""
    counts = {"token_len": 90, "header_count": 0, "list_count": 0, "bold_count": 0}
    with_counts = read_answers(lines(answered("a", "x" * 8, metadata=counts), name="m.jsonl"))
    counted = read_answers(lines(answered("a", "y" * 8, "b", metadata=counts), name="b.jsonl"))
    plain = read_answers(lines(answered("a", "y" * 8, "b"), name="c.jsonl"))
    judgments = lines(judged("a", "A>B", "A>B"), name="j.jsonl")
    for baseline, tokens in ((counted, 90), (plain, 2)):
        [one] = read_judgments([judgments], {"m": with_counts, "b": baseline})
        assert (one.battle.style.tokens, one.battle.baseline_style.tokens) == (tokens, tokens)
        assert one.answer.text == "x" * 8
    [without] = read_judgments([judgments], {"m": with_counts})
    assert (without.battle.style, without.battle.baseline_style) == (None, None)


def test_a_judgment_is_written_as_it_was_read(lines):
    """Label for label, in the official form."""
    path = lines(judged("a", "A>>B", "A=B"), judged("b", "B>A", None))
    for one, row in zip(read_judgments([path]), map(json.loads, path.read_text().splitlines()), strict=True):
        written = judgment_row(one, one.battle.rulings[0], {})
        assert {key: written[key] for key in ("uid", "category", "judge", "model", "baseline")} == {
            key: row[key] for key in ("uid", "category", "judge", "model", "baseline")
        }
        assert [game and game["score"] for game in written["games"]] == [
            game and game["score"] for game in row["games"]
        ]


def test_no_name_takes_another_s_file(tmp_path):
    """Two systems whose names differ in what a file's name cannot hold are two files."""
    battle = Battle(baseline="b", rulings=(Ruling(judge="j", games=(Game(first="baseline", label="A>B"),)),))
    records = [
        Record(run="r", system=system, item="1", status="answered", text=system, grade=graded(battle, OFFICIAL))
        for system in ("maker/model", "maker_model")
    ]
    with Store.open("sqlite://") as store:
        written = export(records, store, tmp_path)
    answers = [read_answers(one.file).model for one in written if one.file.parent.name == "model_answer"]
    assert answers == ["maker/model", "maker_model"]
