"""What `from escalade import ...` offers."""

import ast
import inspect
import subprocess
import sys
from pathlib import Path
from typing import ForwardRef, Literal, get_args, get_origin

import pytest

import escalade


@pytest.mark.parametrize("name", escalade.__all__)
def test_every_name_is_there(name):
    """It is imported from where it lives, and says what it is for."""
    assert getattr(escalade, name) is getattr(escalade, name)
    assert name in dir(escalade)


def test_editors_and_type_checkers_see_the_same_names():
    """The stub imports each name from its home and offers it, in order."""
    tree = ast.parse(Path(escalade.__file__).with_suffix(".pyi").read_text())
    imports = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    assert {alias.name: node.module for node in imports for alias in node.names} == {
        name: f"escalade.{home}" for name, home in escalade._HOMES.items()
    }
    offered = [node.value for node in tree.body if isinstance(node, ast.Assign | ast.AugAssign)]
    assert [name for part in offered for name in ast.literal_eval(part)] == escalade.__all__


_INSIDE = {
    "ledger.limits.Counted": "what budgets and stores tell each other",
    "ledger.limits.Spending": "likewise",
    "ledger.reservation.Reservation": "likewise",
    "store.record.SystemFacts": "made by an Experiment, and read from a Run",
    "store.rows.CallRow": "what leaves and stores tell each other",
    "store.rows.ReservationRow": "likewise",
    "models.http.Http": "made by the Server",
    "models.limit.Limiter": "likewise",
    "models.retry.Retry": "likewise",
    "core.battle.Battle": "made by Arena-Hard's grader alone",
    "gates.panel.Reviews": "what a panel's judges tell each other",
    "strategies.carry.Climbed": "what a cascade tells its prompts",
    "strategies.ranking.pipeline.Bound": "what stages tell each other: for one's own, from escalade.strategies.ranking",
    "strategies.ranking.pipeline.Candidate": "likewise",
    "strategies.ranking.pipeline.StageResult": "likewise",
    "strategies.ranking.pipeline.Stage": "likewise",
}
"""Types that nobody who uses the front door has to write down."""


def annotations(thing):
    """Of its fields, and of what its functions take and give: each with the names it may use."""
    for cls in [c for c in getattr(thing, "__mro__", ()) if c.__module__.startswith("escalade.")]:
        names = vars(sys.modules[cls.__module__])
        yield from ((a, names) for field, a in inspect.get_annotations(cls).items() if field[0] != "_")
        for name, value in cls.__dict__.items():
            if name[0] != "_" or name == "__init__":
                wrapped = (
                    getattr(value, "__func__", None) or getattr(value, "fget", None) or getattr(value, "func", None)
                )
                yield from ((a, names) for a in getattr(wrapped or value, "__annotations__", {}).values())
    if not inspect.isclass(thing):
        yield from ((a, vars(sys.modules[thing.__module__])) for a in inspect.unwrap(thing).__annotations__.values())


def classes_in(annotation, names):
    """Those of ours that it names."""
    if isinstance(annotation, ForwardRef):
        annotation = annotation.__forward_arg__
    if isinstance(annotation, str):
        annotation = eval(annotation, {**{name: getattr(escalade, name) for name in escalade.__all__}, **names})
    if get_origin(annotation) is Literal:
        return
    if inspect.isclass(annotation) and annotation.__module__.startswith("escalade."):
        yield annotation
    for part in annotation if isinstance(annotation, list) else get_args(annotation):
        yield from classes_in(part, names)


@pytest.mark.parametrize("name", [n for n in escalade.__all__ if n not in ("Journal", "Store", "Summary")])
def test_what_signatures_name_is_there(name):
    """Who writes down the type of something at the front door finds it there; a Summary is read, not written down."""
    offered = {getattr(escalade, name) for name in escalade.__all__}
    named = {c for a, names in annotations(getattr(escalade, name)) for c in classes_in(a, names)}
    missing = {f"{c.__module__.removeprefix('escalade.')}.{c.__qualname__}" for c in named - offered}
    assert missing <= set(_INSIDE)


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
