"""The config that these tests run: a baseline, a panel and a cascade of simulated models behind one HTTP endpoint."""

from pathlib import Path
from typing import Any

import yaml

from escalade.simulate import population

MODELS = {model.name: model for model in population("ladder")}
SYSTEMS = ("large", "panel", "climb")
WIDEST = 3
"""Calls that one question may have in flight: the panel's members."""


def config(url: str, *, items: int = 20, experiment: dict[str, Any] | None = None, **endpoint: Any) -> dict[str, Any]:
    """The config's values; `experiment` and `endpoint` add or replace keys there."""
    return {
        "endpoints": {"provider": {"url": url, "key": "${PROVIDER_KEY}", "attempts": 1, **endpoint}},
        "models": {name: model(name) for name in MODELS},
        "systems": {
            "panel": {"vote": ["small", "medium", "large"]},
            "climb": {"cascade": ["small", "medium", "large"], "accept": {"judge": "judge", "at_least": 0.8}},
        },
        "experiments": {
            "hard": {
                "task": {"demo": {"count": items}},
                "systems": list(SYSTEMS),
                "reference": "large",
                **(experiment or {}),
            }
        },
    }


def model(name: str) -> dict[str, Any]:
    price = {"input": str(MODELS[name].input_price), "output": str(MODELS[name].output_price)}
    return {"endpoint": "provider", "id": name, "price": price, "sampling": {"max_tokens": 2048}}


def written(folder: Path, values: dict[str, Any], name: str = "hard.yaml") -> Path:
    path = folder / name
    path.write_text(yaml.safe_dump(values, sort_keys=False), encoding="utf-8")
    return path
