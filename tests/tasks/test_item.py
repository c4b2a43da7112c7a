"""What names an item's words and what it is measured by."""

import re

import msgspec

from escalade.tasks import Item


def item(**changes):
    return Item(**{"id": "i", "turns": ("What is 2 + 2?",), "gold": "4", **changes})


def test_words_and_gold_are_named_apart():
    """Each name changes with its part alone; labels and ids change neither."""
    plain = item()
    reworded, regraded = item(turns=("What is two and two?",)), item(gold="four")
    assert reworded.wording != plain.wording == regraded.wording
    assert regraded.measure != plain.measure == reworded.measure
    assert item(system="Be brief.").wording != plain.wording
    assert item(private={"rubric": "be kind"}).measure != plain.measure
    same = item(id="other", labels={"level": "1"})
    assert (same.wording, same.measure) == (plain.wording, plain.measure)


def test_private_values_of_any_kind_can_be_named():
    """A plug-in may keep what no JSON can hold; it must not end the trial."""
    assert item(private={"pattern": re.compile("4")}).measure == item(private={"pattern": re.compile("5")}).measure


def test_names_are_found_once():
    """Every trial of an item asks for them; a copy with other words is named anew."""
    one = item()
    assert one.wording is one.wording
    assert one.measure is one.measure
    assert msgspec.structs.replace(one, turns=("What is 3 + 3?",)).wording != one.wording
    assert one == item()
