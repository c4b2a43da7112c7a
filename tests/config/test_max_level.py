"""`max_level` of a cascade: how high it is climbed, without another list of rungs."""

import pytest

from escalade.config.build import Builder
from escalade.config.opening import Choices, load
from escalade.core.errors import ConfigError
from escalade.models.structure import structure_of, worst_of

CONFIG = """
models:
  small: {simulated: {like: ladder/small}}
  middle: {simulated: {like: ladder/medium}}
  large: {endpoint: far, id: large}
endpoints: {far: {url: "http://127.0.0.1:9/v1", key: "${NEVER_SET}"}}
systems:
  ladder: {cascade: [small, middle, large], accept: {regex: "42"}, max_level: "${MAX_LEVEL:-}"}
  lower: {cascade: [small, middle], accept: {regex: "42"}}
  whole: {cascade: [small, middle, large], accept: {regex: "42"}}
  samples: {cascade: {sample: small, n: 3}, accept: {regex: "42"}, max_level: 2}
"""


@pytest.fixture
def ladder(written, monkeypatch):
    """`ladder(VARIABLE, *changes)` is the cascade as it is built then."""

    def built(level=None, *changes, name="ladder", asks=True):
        if level is not None:
            monkeypatch.setenv("MAX_LEVEL", level)
        path = written(CONFIG)
        return Builder(load(path, Choices(changes=changes)), path.parent, asks=asks).named(name)

    return built


def described(cascade):
    """All that a fingerprint is made of, but the system's name."""
    structure = structure_of(cascade)
    return structure.kind, structure.settings, structure.parts


def test_it_is_the_cascade_of_its_first_rungs(ladder):
    """Built, described and bounded as that one; the models above are not built, and their key is not asked for."""
    cut, lower = ladder("2"), ladder(name="lower")
    assert [rung.name for rung in cut.rungs] == ["small", "middle"]
    assert described(cut) == described(lower)
    assert worst_of(cut, 100) == worst_of(lower, 100)


@pytest.mark.parametrize("level", [None, "", "3"])
def test_without_it_all_rungs_are_climbed(ladder, level):
    """A variable that is not set, or is empty, says nothing: fingerprints stay as they are."""
    assert described(ladder(level, asks=False)) == described(ladder(name="whole", asks=False))


def test_it_is_set_from_the_command_line(ladder):
    """As any other key."""
    assert len(ladder("2", "systems.ladder.max_level=1").rungs) == 1
    assert len(ladder(None, "systems.whole.max_level=2", name="whole").rungs) == 2


def test_samples_are_rungs_too(ladder):
    """Each sample is one."""
    assert len(ladder(name="samples").rungs) == 2


@pytest.mark.parametrize(("level", "said"), [("0", "greater than or equal to 1"), ("x", "a whole number")])
def test_it_is_a_number_from_1(ladder, level, said):
    """Else the key is named."""
    with pytest.raises(ConfigError, match=rf"systems\.ladder\.max_level: .*{said}"):
        ladder(level)


def test_there_must_be_such_a_rung(ladder):
    """The error says how many there are."""
    with pytest.raises(ConfigError, match=r"systems\.ladder\.max_level: there is no rung 4 of 3") as error:
        ladder("4", asks=False)
    assert error.value.hint == "name one from 1 to 3, or leave the key out"
