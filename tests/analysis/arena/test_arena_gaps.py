"""What a board has no figure for, or only by forfeit: counted, and said with the true reason."""

import pytest
from battles import entry, forfeit

from escalade.analysis.arena import Cast, boards
from escalade.analysis.arena.family import Kinship
from escalade.core.battle import Battle, Style
from escalade.core.grade import Grade
from escalade.core.scheme import OFFICIAL
from escalade.ledger.call import Call
from escalade.store.record import Record

STYLES = {"style": Style(tokens=900), "baseline_style": Style(tokens=10)}


def test_missing_answers_of_either_side_are_counted():
    """The baseline's are strong wins and counted apart; where neither answered is in no figure, and counted, too."""
    [board] = boards([entry("s", 0, "A>B", "B>A"), forfeit("s", 1, 1), forfeit("s", 2, 0)], OFFICIAL)
    [s] = board.standings
    assert (s.failures, s.baseline_failures, s.unanswered) == (0, 1, 1)
    assert (board.questions, s.questions) == (2, 2)
    assert s.ours.value == pytest.approx(6 / 8)


@pytest.mark.parametrize(
    ("games", "trouble"),
    [
        ([entry("s", 0, "B>A", "A>B", **STYLES)], "there are too few answers"),
        ([entry("s", n, "B>A", None, **STYLES) for n in range(3)], "no game was judged"),
        ([entry("s", n, "B>A", "A>B") for n in range(3)], "the styles of the answers are not known"),
        ([entry("s", n, "B>A", "A>B", **STYLES) for n in range(3)], "the answers do not differ in length"),
    ],
)
def test_style_control_says_why_there_are_no_figures(games, trouble):
    """The true reason, not the next best."""
    [board] = boards(games, OFFICIAL, [("length",)])
    assert [each.trouble for each in board.controlled] == [trouble]


def test_a_judge_that_is_kin_to_the_baseline_is_flagged():
    """By the baseline's name, and by the ids of the models that answered for it; marked as the baseline."""
    cast = Cast.empty()
    for item, name in (("1", "gpt-base"), ("2", "anchor")):
        calls = [
            Call(id="j", model="gpt-4o-mini", role="grader"),
            Call(id="b", model=name, asked="openai/o3-mini", role="baseline"),
        ]
        grade = Grade(outcome="right", score=1.0, battle=Battle(baseline=name))
        cast.add(Record(run="r", system="s", item=item, status="answered", grade=grade, grading=calls))
    assert cast.kinships(["gpt-4o-mini"]) == [
        Kinship("anchor", "gpt-4o-mini", "openai/o3-mini", "OpenAI", is_baseline=True),
        Kinship("gpt-base", "gpt-4o-mini", "gpt-base", "OpenAI", is_baseline=True),
        Kinship("gpt-base", "gpt-4o-mini", "openai/o3-mini", "OpenAI", is_baseline=True),
    ]
    assert cast.kinships([]) == []
