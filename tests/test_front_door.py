"""What `from escalade import ...` offers."""

import ast
import inspect
import subprocess
import sys

import pytest

import escalade


@pytest.mark.parametrize("name", escalade.__all__)
def test_every_name_is_there(name):
    """It is imported from where it lives, and says what it is for."""
    assert getattr(escalade, name) is getattr(escalade, name)
    assert name in dir(escalade)


def test_editors_and_type_checkers_see_the_same_names():
    """The imports for type checkers, the homes and `__all__` hold one list, in order."""
    tree = ast.parse(inspect.getsource(escalade))
    [checked] = [node for node in tree.body if isinstance(node, ast.If)]
    seen = {alias.name: node.module for node in checked.body for alias in node.names}
    assert sorted(escalade.__all__) == escalade.__all__ == sorted(seen)
    assert seen == {name: f"escalade.{home}" for name, home in escalade._HOMES.items()}


def test_what_is_not_there_is_told():
    """As Python does."""
    with pytest.raises(AttributeError, match="no attribute 'Escalator'"):
        escalade.Escalator  # noqa: B018  (that it raises is the claim)


def test_each_name_can_be_the_first():
    """No order of imports is needed: no circle is hidden behind another name."""
    program = """
import sys, escalade
ours = [name for name in sys.modules if name.startswith("escalade")]
for name in escalade.__all__:
    for module in [name for name in sys.modules if name.startswith("escalade.")]:
        del sys.modules[module]
    getattr(escalade, name)
"""
    subprocess.run([sys.executable, "-c", program], check=True)
