"""The keys of a config, and their JSON Schema for editors."""

from decimal import Decimal
from typing import Any

from pydantic import ConfigDict, Field, model_validator

from escalade.config.debates import DebaterSpec
from escalade.config.deciders import DECIDERS
from escalade.config.endpoints import EndpointSpec
from escalade.config.gates import GATES
from escalade.config.models import ModelSpec
from escalade.config.plugins import kinds
from escalade.config.problems import Spec
from escalade.config.rivals import RivalsSpec
from escalade.config.searching import SearchSpec
from escalade.config.strategies import KIND, STRATEGIES, SampleSpec, SystemRef
from escalade.config.tasks import TASKS
from escalade.config.tracking import TrackSpec
from escalade.ledger.budget import Limits

_VARIABLE = {"type": "string", "pattern": "\\$\\{"}
"""What an editor sees where a variable stands for a number, a switch or a choice."""

_SYSTEMS_NAMED: dict[str, Any] = {"properties": {"systems": {"minItems": 1}}, "required": ["systems"]}
"""What an editor asks of an experiment that is no search."""


class BudgetSpec(Spec):
    """What may be spent at most."""

    usd: Decimal | None = Field(None, ge=0, description="US dollars; every model then needs a known price")
    calls: int | None = Field(None, ge=0)
    tokens: int | None = Field(None, ge=0, description="input and output together")
    seconds: float | None = Field(None, gt=0)

    def limits(self) -> Limits:
        return Limits(**self.model_dump())


class ExperimentSpec(Spec):
    """Systems on a task, or a search for one."""

    model_config = ConfigDict(json_schema_extra={"anyOf": [{"required": ["search"]}, _SYSTEMS_NAMED]})

    task: Any = Field(description="a task's name, or one with its settings", json_schema_extra={KIND: "Task"})
    systems: list[str] = Field([], description="names of systems or models; needed but for a search")
    search: SearchSpec | None = Field(None, description="find a structure; `systems` are shown beside its winner")
    reference: str = Field("", description="what the others are compared with; the first system if not said")
    limit: int = Field(0, ge=0, description="how many items, drawn by the seed; 0 is all")
    seed: int = 0
    fit: float | None = Field(None, gt=0, lt=1, description="share of the items on which fitted weights are measured")
    samples: int = Field(1, ge=1, description="independent answers to each item")
    concurrency: int = Field(64, ge=1, le=100_000, description="questions under way at once")
    budget: BudgetSpec = Field(BudgetSpec(), description="of the whole run")
    question: BudgetSpec = Field(BudgetSpec(), description="of each question")
    rivals: RivalsSpec = Field(RivalsSpec(), description="honest rivals that need calls of their own")
    notes: list[str] = Field([], description="sentences to print under every report of the run")

    @model_validator(mode="after")
    def _something_to_do(self) -> "ExperimentSpec":
        if twice := sorted({name for name in self.systems if self.systems.count(name) > 1}):
            raise ValueError(f"{', '.join(twice)} stands twice in `systems`; for more answers, raise `samples`")
        if not self.systems and self.search is None:
            raise ValueError("name the `systems`, or a `search` for one")
        if self.search is not None and (self.reference or self.fit is not None or self.rivals != RivalsSpec()):
            raise ValueError("a search has rivals and a reference of its own: leave `reference`, `rivals`, `fit` out")
        return self


class ConfigSpec(Spec):
    """A whole config."""

    store: str | None = Field(None, repr=False, description="where Calls and Records are kept, as a database URL")
    endpoints: dict[str, EndpointSpec] = {}
    models: dict[str, ModelSpec] = {}
    systems: dict[str, SystemRef] = {}
    prompts: dict[str, str] = Field({}, description="files in place of bundled prompts, by the prompt's name")
    experiments: dict[str, ExperimentSpec] = {}
    track: TrackSpec | None = Field(None, description="log runs to MLflow")

    @model_validator(mode="after")
    def _one_meaning(self) -> "ConfigSpec":
        if twice := sorted(self.models.keys() & self.systems.keys()):
            raise ValueError(f"{', '.join(twice)} names both a model and a system; rename one")
        return self


def json_schema() -> dict[str, Any]:
    """The JSON Schema of configs, the kinds of every installed plug-in included."""
    schema = ConfigSpec.model_json_schema(ref_template="#/$defs/{model}")
    defs: dict[str, Any] = schema.setdefault("$defs", {})
    name = {"type": "string", "description": "the name of a model or system"}
    for kind, specs, others in (
        ("System", kinds("strategies", STRATEGIES), [name]),
        ("Gate", kinds("gates", GATES), []),
        ("Decider", DECIDERS, [{"enum": ["vote", "confidence"]}]),
    ):
        defs[kind] = {"anyOf": [*others, *(_definition(spec, defs) for spec in specs.values())]}
    tasks = kinds("tasks", TASKS)
    settings = [_named(task, _definition(spec, defs)) for task, spec in tasks.items()]
    defs["Task"] = {"anyOf": [{"enum": list(tasks)}, *settings]}
    samples, debater = _definition(SampleSpec, defs), _definition(DebaterSpec, defs)
    defs["Members"] = _members(samples)
    defs["Debaters"] = _members(samples, debater)
    linked: dict[str, Any] = _linked(schema)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **linked, "title": "Escalade config"}


def _members(samples: dict[str, str], *others: dict[str, str]) -> dict[str, Any]:
    """Samples of one model, or a list of systems, samples and `others`."""
    entry = {"anyOf": [{"$ref": "#/$defs/System"}, samples, *others]}
    return {"anyOf": [samples, {"type": "array", "items": entry, "minItems": 1}]}


def _definition(spec: Any, defs: dict[str, Any]) -> dict[str, str]:
    own = spec.model_json_schema(ref_template="#/$defs/{model}")
    defs.update(own.pop("$defs", {}))
    foreign = not spec.__module__.startswith("escalade.")
    name = f"{spec.__module__}.{spec.__name__}" if foreign else spec.__name__
    defs[name] = own
    return {"$ref": f"#/$defs/{name}"}


def _named(name: str, settings: dict[str, str]) -> dict[str, Any]:
    """An object whose one key is `name`; it may stand there without settings."""
    properties = {name: {"anyOf": [settings, {"type": "null"}]}}
    return {"type": "object", "properties": properties, "required": [name], "additionalProperties": False}


def _linked(part: Any) -> Any:
    """`part` with references in place of the kinds that stand for them, and a variable allowed for every scalar."""
    if isinstance(part, list):
        return [_linked(inner) for inner in part]
    if not isinstance(part, dict):
        return part
    linked = {
        "$ref" if key == KIND else key: f"#/$defs/{inner}" if key == KIND else _linked(inner)
        for key, inner in part.items()
    }
    if part.get("type") in ("integer", "number", "boolean") or isinstance(part.get("enum"), list):
        return {"anyOf": [linked, _VARIABLE]}
    return linked
