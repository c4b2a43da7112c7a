"""Parts of a debate: who sees whom, what a critique says of whom, and when final answers differ."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalade.core.messages import Expects
from escalade.strategies.debate.critiques import addressed
from escalade.strategies.debate.stop import changed
from escalade.strategies.debate.topology import most_seen, seen_by

TOPOLOGIES = ["full", "ring", "star", "layered", "random"]
IDS = ["K10", "P22"]
CRITIQUES = {
    "lines": "Answer K10: wrong sign.\nAnswer P22: sound.",
    "paragraphs": "Answer K10:\nwrong sign.\n\nAnswer P22:\nsound.",
    "headings": "### Answer K10\nwrong sign.\n\n### Answer P22\nsound.",
    "bold": "**Answer K10:** wrong sign.\n**Answer P22:** sound.",
    "bold ids": "- **K10** - wrong sign.\n- **P22** - sound.",
    "ids alone": "K10: wrong sign.\nP22: sound.",
    "brackets": "Answer [K10]: wrong sign.\nAnswer (P22): sound.",
    "lower case": "answer k10: wrong sign.\nanswer p22: sound.",
    "an introduction": "I checked both.\n\nAnswer K10: wrong sign.\nAnswer P22: sound.",
    "after thinking": "<think>Answer K10: maybe</think>Answer K10: wrong sign.\nAnswer P22: sound.",
    "the other way round": "Answer P22: sound.\nAnswer K10: wrong sign.",
}


@pytest.mark.parametrize("text", CRITIQUES.values(), ids=CRITIQUES)
def test_remarks_go_to_the_answers_that_they_name(text):
    """However the critic marks them."""
    assert addressed(text, IDS) == {"K10": "wrong sign.", "P22": "sound."}


def test_a_critique_that_names_nobody_is_about_all():
    """And one that names some says nothing of the others."""
    assert addressed("Both forget the sign.", IDS) == {"K10": "Both forget the sign.", "P22": "Both forget the sign."}
    assert addressed("Answer P22: sound, unlike the rest.", IDS) == {"P22": "sound, unlike the rest."}
    assert addressed("", IDS) == {}


def test_an_id_in_the_middle_of_a_line_is_no_heading():
    """Comparing two answers does not end the remark; two remarks on one are joined."""
    text = "Answer K10: unlike P22: it drops a term.\nAnswer P22: sound.\nAnswer K10: and the sign."
    assert addressed(text, IDS)["K10"] == "unlike P22: it drops a term.\nand the sign."


@given(st.text(max_size=400), st.lists(st.sampled_from(["K10", "P22", "Z99"]), unique=True))
def test_any_text_is_taken_apart(text, ids):
    """Nothing but ids that were shown, and no empty remark."""
    found = addressed(text, ids)
    assert set(found) <= set(ids)
    assert all(found.values())


def test_hostile_critiques_take_linear_time():
    """Half a megabyte of headings is read in no time."""
    assert addressed("**Answer K10 " * 40_000, IDS)
    assert addressed("\n> - " * 100_000, IDS)


@given(st.sampled_from(TOPOLOGIES), st.sets(st.integers(0, 20), min_size=2, max_size=12), st.integers())
def test_seeing_is_mutual_and_nobody_is_alone(topology, members, seed):
    """Whoever is seen sees; nobody sees itself; whoever is left has a peer."""
    seen = seen_by(topology, sorted(members), Random(seed))
    assert set(seen) == members
    for member, others in seen.items():
        assert others
        assert member not in others
        assert all(member in seen[other] for other in others)


@given(st.sampled_from(TOPOLOGIES), st.integers(1, 12), st.integers())
def test_nobody_sees_more_than_the_plan_says(topology, members, seed):
    """The bound on prompts holds."""
    seen = seen_by(topology, range(members), Random(seed))
    assert all(len(seen[m]) <= most for m, most in enumerate(most_seen(topology, members)))


@pytest.mark.parametrize(
    ("topology", "seen"),
    [
        ("full", [(1, 2, 3), (0, 2, 3), (0, 1, 3), (0, 1, 2)]),
        ("ring", [(1, 3), (0, 2), (1, 3), (0, 2)]),
        ("star", [(1, 2, 3), (0,), (0,), (0,)]),
        ("layered", [(2, 3), (2, 3), (0, 1), (0, 1)]),
    ],
)
def test_four_members_see_one_another_as_the_page_says(topology, seen):
    """Drawn by hand."""
    assert list(seen_by(topology, range(4), Random(0)).values()) == seen


def test_random_pairs_differ_from_round_to_round():
    """They are drawn from what they are given, and from nothing else."""
    drawn = {str(seen_by("random", range(6), Random(seed))) for seed in range(20)}
    assert len(drawn) > 10
    assert seen_by("random", range(6), Random(3)) == seen_by("random", range(6), Random(3))


@pytest.mark.parametrize(
    ("before", "after", "differ"),
    [
        ("Answer: 4", "So it is. Answer: 4.0", False),
        ("Answer: 4", "Answer: 5", True),
        ("Answer: 4", "No idea.", True),
        ("No idea.", "No idea.", False),
        ("No idea.", "None at all.", True),
    ],
)
def test_a_final_answer_has_changed_or_not(before, after, differ):
    """As it is read from the text; what cannot be read is compared as it stands."""
    assert changed(before, after, Expects("number")) is differ
