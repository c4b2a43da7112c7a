"""Kinds that other packages add, found by their entry points, and what is said of those that cannot serve."""

import sys

import jsonschema
import pytest

from escalade.config.build import Builder
from escalade.config.opening import Choices, load
from escalade.config.plugins import installed, kinds
from escalade.config.schema import json_schema
from escalade.config.strategies import STRATEGIES
from escalade.core.errors import ConfigError

MODULE = '''
"""A plug-in."""

from escalade.config.plugins import MembersRef, Path, Spec
from escalade.gates import matches
from escalade.strategies import Vote
from escalade.tasks import Demo, MatchGrader


class First(Spec):
    first: MembersRef

    def build(self, builder, path, name):
        return builder.members(self.first, (*path, "first"))[0]


class Shout(Spec):
    shout: bool

    def build(self, builder, path):
        return matches("[A-Z]!")


class Three(Spec):
    seed: int = 0

    def build(self, builder, path):
        return Demo(3, self.seed)


class Loose(Spec):
    def build(self, builder, path):
        return MatchGrader()


class Vote(Spec):
    vote: str

    def build(self, builder, path, name):
        raise AssertionError("this must not stand for a vote")


class Nameless(Spec):
    other: int

    def build(self, builder, path, name):
        return None


def no_spec():
    return None
'''
GOOD = """
[escalade.strategies]
first = theplugin:First
[escalade.gates]
shout = theplugin:Shout
[escalade.tasks]
three = theplugin:Three
[escalade.graders]
loose = theplugin:Loose
"""


@pytest.fixture
def plugin(tmp_path, monkeypatch):
    """`plugin(entry_points)` is an installed package of that name, as far as Python can tell."""
    folder = tmp_path / "site"

    def install(entry_points: str, name: str = "theplugin") -> None:
        info = folder / f"{name.replace('-', '_')}-1.0.dist-info"
        info.mkdir(parents=True)
        (folder / "theplugin.py").write_text(MODULE)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(entry_points)
        monkeypatch.syspath_prepend(str(folder))

    installed.cache_clear()
    yield install
    installed.cache_clear()
    sys.modules.pop("theplugin", None)


def test_every_kind_can_be_added(plugin, written):
    """A strategy, a gate, a task and a grader of another package stand in a config like ours."""
    plugin(GOOD)
    path = written("""
models: {a: {simulated: {}}, b: {simulated: {}}}
systems: {one: {cascade: [{first: [b, a]}, a], accept: {any: [{shout: true}]}}}
experiments: {e: {task: {three: {seed: 1}}, systems: [one]}}
""")
    builder = Builder(load(path, Choices()), path.parent)
    system = builder.named("one")
    assert [rung.name for rung in system.rungs] == ["b", "a"]
    assert system.accept.gates[0].name == "regex"
    assert builder.task({"three": {"seed": 1}}, ()).name == "demo"
    assert builder.task("three", ()).name == "demo"
    (path.parent / "q.csv").write_text("id,question,answer\n1,Why?,So.\n")
    assert builder.task({"table": {"path": "q.csv", "grader": "loose"}}, ()).metric == "accuracy"


def test_schema_knows_them(plugin):
    """Their keys are in the schema for editors, and are checked as ours are."""
    plugin(GOOD)
    validator = jsonschema.Draft202012Validator(json_schema())
    good = {
        "systems": {"x": {"first": ["a"]}},
        "experiments": {"e": {"task": {"three": {"seed": 1}}, "systems": ["x"]}},
    }
    assert validator.is_valid(good)
    assert not validator.is_valid({"systems": {"x": {"first": ["a"], "last": 1}}})
    assert not validator.is_valid({"experiments": {"e": {"task": {"three": {"sed": 1}}, "systems": ["x"]}}})


@pytest.mark.parametrize(
    ("task", "said"),
    [
        ({"three": {"sed": 1}}, r"experiments\.e\.task\.three: there is no key 'sed'"),
        ({"table": {"path": "q.csv", "grader": "lose"}}, r"task\.table\.grader: there is no grader 'lose'"),
        ({"table": {"path": "q.csv", "grader": {"loose": {"x": 1}}}}, r"grader\.loose: there is no key 'x'"),
        ({"table": {"path": "q.csv", "grader": ["loose"]}}, "write the grader as NAME"),
        ({"table": {"path": "q.csv", "grader": {"loose": {}, "other": {}}}}, "write the grader as NAME"),
    ],
)
def test_their_settings_are_checked(plugin, written, task, said):
    """A wrong key or name around a plug-in's kind is an error like any other."""
    plugin(GOOD)
    (written("{}\n").parent / "q.csv").write_text("id,question,answer\n1,Why?,So.\n")
    path = written("models: {}\n")
    with pytest.raises(ConfigError, match=said):
        Builder(load(path, Choices()), path.parent).task(task, ("experiments", "e", "task"))


@pytest.mark.parametrize(
    ("entry_points", "said"),
    [
        ("[escalade.strategies]\nx = nowhere:Spec\n", "it cannot be loaded"),
        ("[escalade.strategies]\nx = theplugin:Missing\n", "it cannot be loaded"),
        ("[escalade.strategies]\nx = theplugin:no_spec\n", "is no Spec with a method `build`"),
        ("[escalade.strategies]\nx = theplugin:Nameless\n", "has no field 'x'"),
    ],
)
def test_plugin_that_cannot_serve_is_named(plugin, entry_points, said):
    """A broken plug-in is an error that names plug-in, package and reason: it is not left out in silence."""
    plugin(entry_points, "the-plugin")
    with pytest.raises(ConfigError, match=said) as error:
        installed("strategies")
    assert "'x' of the-plugin" in str(error.value)
    assert "the-plugin" in error.value.hint


def test_two_plugins_of_one_name_are_refused(plugin):
    """Which of two packages a config means is not left to chance."""
    plugin(GOOD, "one")
    plugin(GOOD, "two")
    with pytest.raises(ConfigError, match="another package adds 'first'"):
        installed("strategies")


def test_plugin_cannot_take_the_place_of_ours(plugin):
    """A plug-in named like a kind of ours is refused: what `vote` means is not changed from outside."""
    plugin("[escalade.strategies]\nvote = theplugin:Vote\n")
    with pytest.raises(ConfigError, match="'vote'"):
        kinds("strategies", STRATEGIES)
