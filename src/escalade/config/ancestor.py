"""Turns Sigmoid MLM's `cascade_models.yaml` into a config of ours, and says what it could not carry.

Read are `simple_flow`, `cascade_complex_run`, `judge_models` and, of each model, `model_name`, `short_model_name`,
`endpoint`, `pricing` and `parameters`. `${VARIABLES}` stay variables. The thresholds and loops, which stood in that
program's scripts and not in the file, are those of its scripts. Nothing is guessed: what has no counterpart, or
contradicts itself, is left out and reported.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct

from escalade.config.ancestor_models import Entry, Models, Report, entry_of, section
from escalade.core.errors import ConfigError

_SIMPLE, _COMPLEX, _JUDGES = "simple_flow", "cascade_complex_run", "judge_models"
_FLOWS = ("simple", "simple_spinning", "complex", "complex_spinning")
_LEVEL = re.compile(r"cascade_lvl_(\d+)")
_COMMENT = re.compile(r"(?:^|\s)#", re.MULTILINE)
_CLIMBED = range(1, 6)
"""The levels that the scripts ran."""
_MIN_GAIN = 0.05
_TEMPERATURES = {"category": {"hard_prompt": [0.3, 0.7], "creative_writing": [0.6, 1.4]}}
"""What the scripts of the complex flow drew from, by Arena-Hard's categories."""

_HEAD = """\
# Imported from {name} by `escalade import`; docs/ancestors.md says what acts otherwise here.
#
#   escalade plan {target}            what it will ask of whom, and what it may cost at most
#   escalade run {target} --limit 20  a first look
"""
_EXPERIMENT = """\
experiments:
  imported:
    task: {{demo: {{count: 20}}}}   # the line to change: {{arena_hard: {{judge: NAME, baseline: NAME}}}}, math500, ...
    systems: [{systems}]
    limit: ${{NUM_QUESTIONS:-0}}    # 0 is all
"""


class Imported(Struct, frozen=True):
    text: str
    """The config, as YAML."""
    report: Report


def import_ancestor(path: Path, target: str = "escalade.yaml") -> Imported:
    """The config that does what the file at `path` describes; `target` is what it will be called.

    Raises ConfigError where the file cannot be read, has no flow, or has no judge.
    """
    text, values = _read(path)
    report = Report()
    report.unknown(path.name, values, (_SIMPLE, _COMPLEX, _JUDGES))
    simple = _slots(_SIMPLE, values.get(_SIMPLE), report)
    levels = _levels(values.get(_COMPLEX), report)
    judges = _slots(_JUDGES, values.get(_JUDGES), report)
    if not simple and not levels:
        raise ConfigError(
            f"{path}: neither {_SIMPLE} nor {_COMPLEX} holds a model", hint="is it a cascade_models.yaml?"
        )
    if not judges:
        raise ConfigError(f"{path}: {_JUDGES} holds no model", hint="a flow cannot tell good answers without a judge")
    entries = [*simple, *(entry for level in levels for entry in level), *judges]
    reserved = [*_FLOWS, *(_level_name(n) for n in range(len(levels)))]
    models = Models(entries, reserved, report)
    systems = _systems(simple, levels, _judge(judges, report), models.names)
    _remarks(text, levels, report)
    return Imported(_written(path.name, target, models, systems), report)


def _read(path: Path) -> tuple[str, dict[str, Any]]:
    try:
        text = path.read_text(encoding="utf-8")
        values = yaml.safe_load(text)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot read {path}: {error}") from error
    except yaml.MarkedYAMLError as error:
        # the error itself quotes the line, in which a key may stand
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise ConfigError(f"{path}{line}: {error.problem}") from None
    except yaml.YAMLError:
        raise ConfigError(f"{path} is no YAML") from None
    return text, section(str(path), values)


def _slots(place: str, values: Any, report: Report) -> list[Entry]:
    """The models of one flow, level or list of judges, in the order of the file."""
    return [entry_of(f"{place}.{slot}", value, report) for slot, value in section(place, values).items()]


def _levels(values: Any, report: Report) -> list[list[Entry]]:
    """The levels that have models, lowest first."""
    found: dict[int, list[Entry]] = {}
    for key, value in section(_COMPLEX, values).items():
        number = _LEVEL.fullmatch(key)
        if number is None:
            report.left_out.append(f"{_COMPLEX}.{key}: levels are called cascade_lvl_1, cascade_lvl_2, ...")
        elif int(number[1]) in found:
            report.left_out.append(f"{_COMPLEX}.{key}: the level stands twice")
        else:
            found[int(number[1])] = _slots(f"{_COMPLEX}.{key}", value, report)
    kept = [number for number in sorted(found) if found[number]]
    report.left_out += [f"{_level_at(n)}: it holds no model" for n in sorted(found) if n not in kept]
    for place, level in enumerate(kept):
        if level != place + 1:
            report.changed.append(f"{_level_at(level)}: it is {_level_name(place)} here, where levels leave no gap")
        if level not in _CLIMBED:
            report.changed.append(
                f"{_level_at(level)}: it is climbed to; there, levels 1 to {_CLIMBED[-1]} alone were. "
                "`max_level` of the systems complex and complex_spinning ends the climb earlier"
            )
    return [found[level] for level in kept]


def _level_at(number: int) -> str:
    return f"{_COMPLEX}.cascade_lvl_{number}"


def _judge(judges: list[Entry], report: Report) -> str:
    """The place of the judge that the flows used."""
    first = f"{_JUDGES}.judge_model_1"
    chosen = first if any(judge.place == first for judge in judges) else judges[0].place
    idle = [judge.place for judge in judges if judge.place != chosen]
    if idle:
        report.changed.append(f"{', '.join(idle)}: carried as models; every flow is judged by {chosen}, as there")
    report.changed.append(f"{chosen}: its endpoint and parameters are used; there, judges ignored both")
    return chosen


def _systems(
    simple: list[Entry], levels: list[list[Entry]], judge_place: str, names: Mapping[str, str]
) -> dict[str, dict[str, Any]]:
    judge = names[judge_place]
    systems: dict[str, dict[str, Any]] = {}
    if simple:
        flow = {"cascade": [names[entry.place] for entry in simple], "accept": {"judge": judge, "at_least": 0.92}}
        systems["simple"] = flow
        systems["simple_spinning"] = {**flow, "attempts": 3, "min_gain": _MIN_GAIN}
    for n, level in enumerate(levels):
        systems[_level_name(n)] = _debate([names[entry.place] for entry in level], judge)
    if levels:
        systems["complex"] = {"cascade": [_level_name(n) for n in range(len(levels))], "accept": {"decided": 0.95}}
        systems["complex_spinning"] = {**systems["complex"], "attempts": 2, "min_gain": _MIN_GAIN}
    return systems


def _level_name(place: int) -> str:
    return f"level_{place + 1}"


def _debate(workers: list[str], judge: str) -> dict[str, Any]:
    return {"debate": workers, "style": "very_strict", "temperatures": _TEMPERATURES, "decide": {"judge": judge}}


def _remarks(text: str, levels: list[list[Entry]], report: Report) -> None:
    """What is true of every such file."""
    if _COMMENT.search(text):
        report.left_out.append("comments: YAML keeps none")
    if levels:
        report.changed.append(f"{_COMPLEX}: workers and judge are told what to do in this program's words")
    if "${" in text:
        report.changed.append("variables: one that is not set is an error; there, it was the empty text")


def _written(name: str, target: str, models: Models, systems: dict[str, dict[str, Any]]) -> str:
    parts = [_HEAD.format(name=name, target=target)]
    parts += [_yaml({"endpoints": models.endpoints}), _yaml({"models": models.models}), _yaml({"systems": systems})]
    parts.append(_EXPERIMENT.format(systems=", ".join(name for name in _FLOWS if name in systems)))
    return "\n".join(parts)


class _Plain(yaml.SafeDumper):
    """YAML without anchors, which would hide what a system is made of."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  (the signature of PyYAML)
        return True


def _yaml(values: dict[str, Any]) -> str:
    return str(
        yaml.dump(values, Dumper=_Plain, sort_keys=False, allow_unicode=True, default_flow_style=None, width=118)
    )
