import re
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from escalade.simulate import Acting, Judging, Pace, SimulatedModel, Skill
from escalade.simulate.faults import Faults
from escalade.simulate.provider import Service

PAGE = (Path(__file__).parents[2] / "docs" / "simulation.md").read_text(encoding="utf-8")
ROWS = set(re.findall(r"^\| `(\w+)` \| ([^|]+?) \|", PAGE, re.MULTILINE))
NOT_IN_TABLES = {"name", "skill", "judging", "acting", "pace", "faults"}


def spelt(default) -> str:
    if default is None:
        return "none"
    return str(default).lower() if isinstance(default, bool) else str(default)


@pytest.mark.parametrize("kind", [Skill, Judging, Acting, Pace, SimulatedModel, Service, Faults])
def test_the_page_lists_every_parameter_with_its_default(kind):
    """The documentation's tables are complete and hold the defaults of the code."""
    for field in msgspec.structs.fields(kind):
        if field.name not in NOT_IN_TABLES:
            default = field.default_factory() if field.default is msgspec.NODEFAULT else field.default
            shown = f"{default:f}" if isinstance(default, Decimal) else spelt(default)
            assert (field.name, shown) in ROWS
