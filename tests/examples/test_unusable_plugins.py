"""A plug-in that cannot serve is refused with its package's name, before anything is asked."""

import importlib

import pytest

from escalade.config.plugins import installed
from escalade.core.errors import ConfigError

SPECS = """
from escalade.config.plugins import Spec


class Good(Spec):
    twice: str

    def build(self, builder, path, name):
        return builder.system(self.twice, path)


class Unbuilt(Spec):
    twice: str


class Unnamed(Good):
    pass


def plain(): ...
"""


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Installs a package, by its metadata alone, that adds one strategy."""

    def install(entry_point, name="acme"):
        folder = tmp_path / f"{name}-1.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Name: {name}\nVersion: 1\n", encoding="utf-8")
        (folder / "entry_points.txt").write_text(f"[escalade.strategies]\n{entry_point}\n", encoding="utf-8")

    (tmp_path / "acme_specs.py").write_text(SPECS, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    installed.cache_clear()
    yield install
    installed.cache_clear()


def test_a_good_one_is_found_under_its_name(package):
    """What its entry point loads is what builds the kind."""
    package("twice = acme_specs:Good")
    assert installed("strategies")["twice"].__name__ == "Good"


@pytest.mark.parametrize(
    ("entry_point", "why"),
    [
        ("twice = no_such_module:Spec", "cannot be loaded: No module named"),
        ("twice = acme_specs:Absent", "cannot be loaded"),
        ("twice = acme_specs:plain", "is no Spec with a method `build`"),
        ("twice = acme_specs:Unbuilt", "is no Spec with a method `build`"),
        ("thrice = acme_specs:Unnamed", "has no field 'thrice'"),
    ],
)
def test_one_that_cannot_serve_is_refused(package, entry_point, why):
    """The message says which package, and what is wrong with it."""
    package(entry_point)
    with pytest.raises(ConfigError, match="of acme cannot be used") as refusal:
        installed("strategies")
    assert why in str(refusal.value)
    assert refusal.value.hint == "mend or uninstall acme"


def test_two_packages_that_add_the_same_name_are_refused(package):
    """Neither wins by chance."""
    package("twice = acme_specs:Good")
    package("twice = acme_specs:Good", name="other")
    with pytest.raises(ConfigError, match="another package adds 'twice' to strategies, too"):
        installed("strategies")
