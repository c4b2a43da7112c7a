"""What names an item's words and what it is measured by."""

import re

import msgspec
import pytest

from escalade.core.errors import ConfigError
from escalade.core.messages import Expects
from escalade.tasks import Item
from escalade.tasks.protocol import checked_items


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


def test_a_schema_that_is_none_is_refused_with_its_item():
    """Before anything is asked: no answer could ever be read by it."""
    wrong = item(expects=Expects("json", json_schema={"type": "nonsense"}))
    with pytest.raises(ConfigError, match="the task t: the schema of the item 'i' is no JSON Schema"):
        checked_items([wrong], "t")
