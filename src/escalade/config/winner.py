"""The config of a search's winner: the searched config with the winner as a system, and the held-out items as a task.

Variables stay variables, so that no key is written out. Run on the same store, it makes no call: the search has made
them all.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from escalade.config.problems import unknown
from escalade.config.references import free_name
from escalade.config.schema import ExperimentSpec
from escalade.config.searching import SearchSpec
from escalade.config.stacks import AgentKeys
from escalade.core.errors import ConfigError
from escalade.search import Searched
from escalade.search.result import Structured

_KEPT = ("samples", "concurrency", "budget", "question", "notes")
"""Keys of the experiment that hold for the winner as they did for the search."""


class _Dumper(yaml.SafeDumper):
    """Plain YAML: nothing is written as a reference to another place, and a structure is quoted as it is elsewhere."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  (the signature of PyYAML's)
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"' if text.startswith("[") else None)


_Dumper.add_representer(str, _text)


def winner_config(values: Mapping[str, Any], found: Searched, spec: ExperimentSpec, *, task: Any = None) -> str:
    """The YAML text. `values` are the searched config's, unresolved; `task` stands in place of theirs where it is said.

    `spec` is the experiment as it was searched, the command line's changes in it.
    """
    before: dict[str, Any] = (values.get("experiments") or {}).get(found.search) or {}
    said: dict[str, Any] = before.get("search") or {}
    search = spec.search or SearchSpec()
    agents = {key: said[key] for key in AgentKeys.model_fields if key in said and key != "head"}
    systems, shown = _systems(values, found, agents)
    split = {"of": before["task"] if task is None else task}
    if "train" in said:
        split["train"] = said["train"]
    split |= {"train_items": search.train_items, "selection_items": search.selection_items, "seed": spec.seed}
    experiment = {
        "task": {"split": split},
        "systems": [*shown, *spec.systems],
        "reference": _model(found),
        "seed": spec.seed,
        **({"limit": spec.limit} if spec.limit else {}),
        **{key: before[key] for key in _KEPT if key in before},
    }
    whole = {key: value for key, value in values.items() if key not in ("systems", "experiments")}
    whole |= {"systems": {**(values.get("systems") or {}), **systems}, "experiments": {found.search: experiment}}
    return _remark(found) + yaml.dump(whole, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)


def check_folder(values: Mapping[str, Any], folder: Path, out: Path) -> None:
    """Raises ConfigError where a config in the folder of `out` would look for its files in another place."""
    if out.resolve().parent == folder.resolve():
        return
    for text in _texts(values):
        if text and not Path(text).is_absolute() and len(text) < 1024 and (folder / text).is_file():
            raise ConfigError(
                f"{out} would look for {text} in its own folder", hint=f"write it beside the config, in {folder}"
            )


def _systems(values: Mapping[str, Any], found: Searched, agents: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The winner, and what it is shown beside: as systems, and by name with the model of reference last."""
    taken = {*(values.get("models") or {}), *(values.get("systems") or {})}
    rows = {row.name: row for row in found.structures}
    rivals = [row for row in found.structures if row.stage == "rivals" and row.name != found.winner]
    winner = free_name("winner", taken)
    systems = {winner: _system(rows[found.winner], agents)}
    for row in rivals:
        systems[free_name(row.kind.replace("_", "-"), taken)] = _system(row, agents)
    if found.winner == found.best_model:
        return systems, [*(name for name in systems if name != winner), _model(found)]
    return systems, [*systems, _model(found)]


def _system(row: Structured, agents: dict[str, Any]) -> Any:
    """One structure as a config says it."""
    candidate = row.candidate
    if candidate.kind == "model":
        return candidate.members[0]
    if candidate.kind == "vote":
        return {"vote": list(candidate.members)}
    if candidate.kind == "self_consistency":
        return {"vote": {"sample": candidate.members[0], "n": candidate.samples}}
    return {"stack": str(candidate.tree), "head": candidate.head, **agents}


def _model(found: Searched) -> str:
    row = next((row for row in found.structures if row.name == found.best_model), None)
    if row is None:
        raise unknown("structure", found.best_model, [r.name for r in found.structures], at="the search")
    return row.candidate.members[0]


def _remark(found: Searched) -> str:
    simulated = "# SIMULATED: no real model answered in this search.\n" if found.simulated else ""
    return (
        f"# The winner of the search {found.search!r}: {found.winner}\n"
        f"#   {'; '.join(found.parts.values())}\n{simulated}"
        f"# On the store of the search, `escalade run` of this file makes no call.\n\n"
    )


def _texts(value: Any) -> Iterator[str]:
    """Every text in a config."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
