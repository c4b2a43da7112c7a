"""Systems with systems inside for these tests: a ladder of debates, and a stack whose tools are agents."""

from pathlib import Path
from typing import Any

import ladder

DEBATES = {
    "climb": {
        "cascade": [
            {"debate": ["small", "medium"], "style": "strict", "decide": {"judge": "judge"}},
            {"debate": ["small", "medium", "large"], "when": "disagree", "decide": {"judge": "judge"}},
            "large",
        ],
        "accept": {"decided": 0.8, "otherwise": {"judge": "judge", "at_least": 0.8}},
    }
}
STACK = {"pile": {"stack": "['small_1', 'medium_0']", "head": "large", "steps": 6}}
WIDEST = 3
"""Calls that one question may have in flight: the members of the widest debate, or the tools of an agent."""


def config(folder: Path, url: str, systems: dict[str, Any], *, items: int, **experiment: Any) -> Path:
    """The config at `folder` of `systems` on that provider, `concurrency` questions at a time."""
    values = ladder.config(url, items=items, experiment={"systems": list(systems), "reference": next(iter(systems))})
    values["systems"] = systems
    values["experiments"]["hard"] |= experiment
    return ladder.written(folder, values)
