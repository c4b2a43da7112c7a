"""Boards: what stands side by side was judged alike, and everything left out is counted."""

import msgspec
import pytest
from battles import battle, drawn, entry, forfeit

from escalade.analysis.arena import Entry, boards, entries
from escalade.core.battle import Battle, Game, Ruling, Style
from escalade.core.grade import Grade
from escalade.core.scheme import LINEAR, OFFICIAL
from escalade.store.record import Record


def test_other_conditions_are_another_board():
    """Another category, baseline, judge or prompt never shares a board."""
    one = entry("s", 1, "B>A", "A>B")
    by_prompt = msgspec.structs.replace(one.battle.rulings[0], conditions="abc")
    others = [
        entry("s", 1, "B>A", "A>B", category="other"),
        entry("s", 1, "B>A", "A>B", judge="second"),
        Entry(system="s", item="1", category="all", battle=msgspec.structs.replace(one.battle, baseline="another")),
        Entry(system="s", item="1", category="all", battle=Battle(baseline="base", rulings=(by_prompt,))),
    ]
    found = boards([one, *others], OFFICIAL)
    assert len(found) == 5
    assert len({board.conditions for board in found}) == 5
    assert all([standing.questions for standing in board.standings] == [1] for board in found)


def test_forfeits_and_unjudged_rulings_are_counted():
    """A failed trial is a loss in our figure and unknown to the official one; half a ruling is in neither."""
    games = [entry("s", 0, "B>A", "A>B"), entry("s", 1, "B>A", None), forfeit("s", 2)]
    [board] = boards(games, OFFICIAL)
    [standing] = board.standings
    assert (standing.failures, standing.unjudged, standing.questions) == (1, 1, 2)
    assert standing.official.value == 1.0
    assert standing.ours.value == pytest.approx(2 / 8)
    assert (standing.shown_first.better, standing.shown_first.unjudged, standing.shown_second.better) == (1, 1, 2)


def test_places_tell_a_judge_who_likes_the_first():
    """A judge that always prefers what is shown first contradicts itself in every pair."""
    [board] = boards([entry("s", item, "A>B", "A>B") for item in range(4)], OFFICIAL)
    assert (board.places.first_slot, board.places.consistent) == (1.0, 0.0)
    [fair] = boards([entry("s", 0, "B>A", "A>>B"), entry("s", 1, "A=B", "A=B")], OFFICIAL)
    assert (fair.places.first_slot, fair.places.consistent) == (0.5, 1.0)


def test_several_judges_are_pooled_and_shown_apart():
    """With their agreement; a ruling that one of them lacks leaves the other's."""

    def judged(item, one, two):
        first, second = (battle(*games, judge=name).rulings[0] for name, games in (("one", one), ("two", two)))
        return Entry(system="s", item=str(item), category="all", battle=Battle(baseline="b", rulings=(first, second)))

    games = [judged(0, ("B>A", "A>B"), ("B>A", "A>B")), judged(1, ("A>B", "B>A"), ("A=B", None))]
    [board] = boards(games, OFFICIAL)
    [standing] = board.standings
    assert standing.ours.value == pytest.approx(4 / 6)
    assert {name: estimate.value for name, estimate in standing.by_judge.items()} == {"one": 0.5, "two": 1.0}
    assert board.alpha is not None
    assert standing.unjudged == 1


def test_a_judge_s_own_answers_are_scored_like_any():
    """It is flagged as kin and left out of nothing: the official code lets it stand, too."""
    [board] = boards([entry("judge", 0, "B>A", "A>B"), entry("s", 0, "A>B", "B>A")], OFFICIAL)
    found = {standing.system: (standing.official.value, standing.ours.value) for standing in board.standings}
    assert found == {"judge": (1.0, 1.0), "s": (0.0, 0.0)}


def test_a_scheme_changes_scores_and_nothing_else():
    """Facts are stored, scores derived."""
    played = drawn(4)
    [official], [linear] = boards(played, OFFICIAL), boards(played, LINEAR)
    assert {s.system: s.shown_first for s in official.standings} == {s.system: s.shown_first for s in linear.standings}
    assert [s.ours.value for s in official.standings] != [s.ours.value for s in linear.standings]


def test_entries_come_from_records():
    """A record without an answer is a forfeit, one that was graded otherwise is none at all."""
    made = Battle(
        baseline="b",
        rulings=(Ruling(judge="j", games=(Game(first="baseline"), Game(first="contestant"))),),
        style=Style(tokens=1),
    )
    facts = {"run": "r", "system": "s", "labels": {"category": "c"}}
    records = [
        Record(**facts, item="1", status="answered", grade=Grade(outcome="grader_failed", battle=made)),
        Record(**facts, item="2", status="failed"),
        Record(**facts, item="3", status="answered", grade=Grade(outcome="no_answer")),
        Record(**facts, item="4", status="answered", grade=Grade(outcome="grader_failed")),
        Record(**facts, item="5", status="answered", grade=Grade(outcome="right", score=1.0)),
    ]
    found = [(one.item, one.category, one.forfeit, one.battle is not None) for one in entries(records)]
    assert found == [("1", "c", 0, True), ("2", "c", -1, False), ("3", "c", -1, False)]


def test_a_board_is_the_same_for_the_same_facts():
    """In whatever order they come, to the byte."""
    played = drawn(9, systems=2, items=20)
    sets = [("length",)]
    assert msgspec.json.encode(boards(played, OFFICIAL, sets)) == msgspec.json.encode(
        boards(sorted(played, key=lambda one: one.item), OFFICIAL, sets)
    )
