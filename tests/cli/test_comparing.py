"""`escalade compare` on the command line."""

import pytest

from escalade.core.errors import ConfigError, DataError, StoreError


def test_two_systems_of_a_run_are_compared(escalade, runs):
    """Tables, groups and a sentence for each pair; the run's id may be shortened."""
    told = escalade.said("compare", f"{runs[0][:-2]}:ladder", f"{runs[0]}:large", "--gap", "2")
    assert "SIMULATED" in told
    assert "ladder less large, by category" in told
    assert "Score, paired by item and sample" in told
    words = " ".join(told[told.index("In words") :].split())
    assert "large: " in words
    assert "times the cost of large" in words
    assert "A true gap of 2 points would take about" in words


def test_json_stands_alone_on_stdout(escalade, runs):
    """One object with every pair, its figures and its sentences."""
    found = escalade.json("compare", runs[0])
    assert [entry["name"] for entry in found["entries"]] == ["large", "small", "ladder"]
    assert [(d["first"], d["second"]) for d in found["duels"]] == [
        ("large", "small"),
        ("large", "ladder"),
        ("small", "ladder"),
    ]
    duel = found["duels"][0]
    assert duel["trials"] == 60
    assert sum(duel["wins"].values()) == 60
    assert duel["score"]["p_holm"] >= duel["score"]["p"]
    assert duel["cost"]["verdict"] == "dearer"
    assert found["differences"] == []
    assert len(found["sentences"]) == 3


def test_the_others_can_be_compared_with_the_first_only(escalade, runs):
    """Fewer comparisons are a smaller family, so that p-values are adjusted for fewer."""
    found = escalade.json("compare", f"{runs[0]}:large", runs[0], "--first")
    assert [(d["first"], d["second"]) for d in found["duels"]] == [("small", "large"), ("ladder", "large")]


def test_runs_with_other_prices_are_refused_unless_told(escalade, runs):
    """The refusal names what differs; told so, the difference is printed and stands in the JSON."""
    pair = (f"{runs[0]}:large", f"{runs[1]}:large")
    refused = escalade("compare", *pair).exception
    assert isinstance(refused, DataError)
    assert "the price of large is" in str(refused)
    assert "--anyway" in refused.hint
    assert "COMPARED ALL THE SAME" in escalade.said("compare", *pair, "--anyway")
    found = escalade.json("compare", *pair, "--anyway")
    assert [difference["what"] for difference in found["differences"]] == ["prices"]
    assert [entry["name"] for entry in found["entries"]] == list(pair)
    assert found["duels"][0]["score"]["difference"] == 0
    assert found["duels"][0]["cost"]["ratio"] == pytest.approx(2.5 / 9, rel=0.3)


def test_prices_brought_into_line_are_no_difference(escalade, runs):
    """After `reprice` the two runs cost the same to the cent; the note says which revision is compared."""
    escalade.said("reprice", runs[0], "--price", "large=9/30")
    found = escalade.json("compare", f"{runs[0]}:large", f"{runs[1]}:large")
    assert found["duels"][0]["cost"]["difference"] == "0"
    assert found["notes"][0] == f"Run {runs[0]} is compared as of its revision 1."


def test_runs_with_other_items_are_refused_unless_told(escalade, runs):
    """Compared all the same, only what both did counts."""
    fewer = escalade.run("experiments.first.limit=25")
    pair = (f"{runs[0]}:small", f"{fewer}:small")
    assert "35 items of" in str(escalade("compare", *pair).exception)
    found = escalade.json("compare", *pair, "--anyway")
    assert found["duels"][0]["trials"] == 25
    assert found["duels"][0]["only_first"] == 35


def test_what_cannot_be_named_is_an_error(escalade, runs):
    """A run, a system or a second side that is missing; and a gap that is none."""
    assert isinstance(escalade("compare", "nothing:large", runs[0]).exception, StoreError)
    unknown = escalade("compare", f"{runs[0]}:larg", runs[0]).exception
    assert isinstance(unknown, ConfigError)
    assert "large, small, ladder" in unknown.hint
    assert "needs two" in str(escalade("compare", f"{runs[0]}:large").exception)
    assert escalade("compare", runs[0], "--gap", "0").exit_code == 2
