"""docs/configuration.md lists what a config may hold: every key of every kind, with its default, and nothing else."""

import json
import re

import pytest
from fenced import ROOT
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

import escalade.config.build  # noqa: F401  (imports every Spec)
from escalade.config.gates import GATES
from escalade.config.problems import Spec
from escalade.config.strategies import STRATEGIES
from escalade.config.tasks import TASKS

PAGE = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
TABLES = {
    name: dict(re.findall(r"^\| `(\w+)` \|([^|]*)\|", table, re.MULTILINE))
    for name, table in re.findall(r"^<!-- (\w+) -->\n\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
}
SPECS = {kind.__name__: kind for kind in Spec.__subclasses__() if kind.__module__.startswith("escalade.config.")}


def default_of(field):
    """The default as the page shows it: nothing where it is None or worked out elsewhere."""
    if field.default is PydanticUndefined:
        return "required"
    if field.default is None:
        return ""
    if isinstance(field.default, BaseModel):
        return "`{}`"
    if isinstance(field.default, str) and field.default:
        return f"`{field.default}`"
    return f"`{json.dumps(field.default, default=str)}`".replace('"0"', "0")


@pytest.mark.parametrize("kind", SPECS.values(), ids=SPECS)
def test_a_kind_s_table_has_its_keys_and_defaults(kind):
    """Each key once, none that does not exist."""
    assert kind.__name__ in TABLES, f"docs/configuration.md has no table marked <!-- {kind.__name__} -->"
    shown = {key: default.strip() for key, default in TABLES[kind.__name__].items()}
    assert shown == {key: default_of(field) for key, field in kind.model_fields.items()}


def test_no_table_is_of_a_kind_that_does_not_exist():
    """A kind that was taken away is taken off the page."""
    assert set(TABLES) == set(SPECS)


@pytest.mark.parametrize("kind", [*STRATEGIES, *GATES, *TASKS])
def test_every_kind_of_system_gate_and_task_is_named(kind):
    """By the name that a config uses."""
    assert f"**`{kind}`**" in PAGE
