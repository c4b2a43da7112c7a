"""The models that a config can describe: at an endpoint, simulated, recorded or of pydantic-ai. Each becomes a Leaf."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from pydantic import Field, model_validator

from escalade.config.problems import Path, Spec, dotted, naming, unknown
from escalade.core.errors import ConfigError
from escalade.core.messages import Sampling
from escalade.models.backend import Backend
from escalade.models.leaf import Leaf
from escalade.models.limit import Limiter
from escalade.prices import Price
from escalade.recorded import RecordedBackend
from escalade.simulate import POPULATIONS, SimulatedBackend, SimulatedModel, population

if TYPE_CHECKING:
    from escalade.config.build import Builder

Usd = Decimal
FREE = Price(input=Decimal(0), output=Decimal(0))
_DEAREST = 1_000_000
"""USD: a price above it is a slip, and sums of such would leave what can be counted exactly."""
_UNLIMITED = 1024
"""Calls in flight where no server could be overloaded."""


class SamplingSpec(Spec):
    """How answers are drawn; what is not said is left to the server."""

    temperature: float | None = Field(None, ge=0)
    top_p: float | None = Field(None, gt=0, le=1)
    max_tokens: int | None = Field(None, ge=1, description="output tokens at most, reasoning included")
    stop: list[str] = []
    seed: int | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    reasoning_effort: str | None = None
    extra: dict[str, Any] = Field({}, description="further fields of the request body")

    def sampling(self) -> Sampling:
        return Sampling(**{**self.model_dump(exclude={"stop"}), "stop": tuple(self.stop)})


class PriceSpec(Spec):
    """USD per million tokens."""

    input: Usd = Field(ge=0, le=_DEAREST)
    output: Usd = Field(ge=0, le=_DEAREST)
    cached: Usd | None = Field(
        None, ge=0, le=_DEAREST, description="input read from the provider's cache; as input if not said"
    )
    cache_write: Usd | None = Field(None, ge=0, le=_DEAREST)
    reasoning: Usd | None = Field(None, ge=0, le=_DEAREST, description="as output if not said")
    per_request: Usd = Field(Usd(0), ge=0, le=_DEAREST, description="USD for each call")

    def price(self) -> Price:
        return Price(**self.model_dump(), source="config")


class SimulatedSpec(Spec):
    """A simulated model: its parameters are in docs/simulation.md."""

    like: str | None = Field(None, description='"population/model": a bundled model to start from')
    skill: dict[str, Any] = {}
    judging: dict[str, Any] = {}
    acting: dict[str, Any] = {}
    pace: dict[str, Any] = {}
    seed: int = 0


class RecordedSpec(Spec):
    """Answers that a real model gave earlier, by item."""

    path: str = Field(description="a JSONL or JSONL.gz file; ${ESCALADE_DATA} names the data folder")
    model: str | None = Field(None, description="which model of the file; may be left out if it holds one only")
    fields: dict[str, str] = Field({}, description="names of the file's fields, where they are not id, model, text")


class ModelSpec(Spec):
    """One model. Exactly one of `endpoint`, `simulated`, `recorded` and `pydantic_ai` says where it comes from."""

    endpoint: str | None = Field(None, description="the name of an endpoint")
    id: str | None = Field(None, description="the provider's id of the model; for Azure the deployment")
    simulated: SimulatedSpec | None = None
    recorded: RecordedSpec | None = None
    pydantic_ai: str | None = Field(None, description='"provider:model", as pydantic-ai names it')
    system: str | None = Field(None, description="the system message of requests without one")
    sampling: SamplingSpec = SamplingSpec()
    price: PriceSpec | Literal["free"] | None = Field(None, description="instead of the catalogue's")

    @model_validator(mode="after")
    def _one_origin(self) -> "ModelSpec":
        origins = [o for o in ("endpoint", "simulated", "recorded", "pydantic_ai") if getattr(self, o) is not None]
        if len(origins) != 1:
            raise ValueError("give exactly one of endpoint, simulated, recorded, pydantic_ai")
        if self.endpoint is not None and not self.id:
            raise ValueError("a model at an endpoint needs its `id`")
        return self

    def build(self, builder: "Builder", name: str, path: Path) -> Leaf:
        """The model, called `name`."""
        sampling, price = self.sampling.sampling(), self.own_price(name, path)
        if self.endpoint is not None:
            server = builder.server(self.endpoint, (*path, "endpoint"))
            with naming(f"endpoints.{self.endpoint}"):
                return server.model(str(self.id), name, system=self.system, sampling=sampling, price=price)
        return Leaf(
            name,
            self._backend(builder, name, path),
            price=price,
            system=self.system,
            sampling=sampling,
            journal=builder.journal,
            limiter=Limiter(most=_UNLIMITED, start=_UNLIMITED),
        )

    def own_price(self, name: str, path: Path) -> Price | None:
        """The price that the config gives, or that a simulated model brings along. `path` is where the model stands."""
        if self.price is not None:
            return FREE if self.price == "free" else self.price.price()
        if self.simulated is None:
            return None
        model = simulated_model(self, self.simulated, name, path)
        return Price(input=model.input_price, output=model.output_price)

    def _backend(self, builder: "Builder", name: str, path: Path) -> Backend:
        if self.simulated is not None:
            return self._simulated(builder, name, self.simulated, path)
        if self.recorded is not None:
            return self._recorded(builder, self.recorded)
        return _of_pydantic_ai(str(self.pydantic_ai), path)

    def _simulated(self, builder: "Builder", name: str, spec: SimulatedSpec, path: Path) -> Backend:
        return SimulatedBackend(builder.world(spec.seed), simulated_model(self, spec, name, path))

    def _recorded(self, builder: "Builder", spec: RecordedSpec) -> Backend:
        chars = {item.id: item.private["input_chars"] for item in builder.known if "input_chars" in item.private}
        return RecordedBackend(builder.file(spec.path), spec.model, fields=spec.fields, input_chars=chars)


def simulated_model(model: ModelSpec, spec: SimulatedSpec, name: str, path: Path) -> SimulatedModel:
    """The SimulatedModel that a config describes; its price is the model's."""
    values: dict[str, Any] = _alike(spec.like, path)
    for part in ("skill", "judging", "acting", "pace"):
        values[part] = values.get(part, {}) | getattr(spec, part)
    if isinstance(model.price, PriceSpec):
        values |= {"input_price": str(model.price.input), "output_price": str(model.price.output)}
    try:
        return msgspec.convert({**values, "name": name}, SimulatedModel, strict=False)
    except (msgspec.ValidationError, ConfigError) as error:
        raise ConfigError(
            f"{dotted((*path, 'simulated'))}: {error}", hint="docs/simulation.md lists the parameters"
        ) from error


def _alike(like: str | None, path: Path) -> dict[str, Any]:
    """The parameters of a bundled model."""
    if like is None:
        return {}
    at = dotted((*path, "simulated", "like"))
    group, _, name = like.partition("/")
    if group not in POPULATIONS:
        raise unknown("population", group, POPULATIONS, at=at)
    found = {model.name: model for model in population(group)}
    if name not in found:
        raise unknown("model", name, found, at=at)
    values: dict[str, Any] = msgspec.to_builtins(found[name])
    return values


def _of_pydantic_ai(name: str, path: Path) -> Backend:
    from escalade.models.pydantic_ai import PydanticAI  # noqa: PLC0415  (an extra)

    try:
        from pydantic_ai.exceptions import UserError  # noqa: PLC0415  (an extra)
        from pydantic_ai.models import infer_model  # noqa: PLC0415
    except ModuleNotFoundError as error:
        hint = "pip install 'escalade[pydantic-ai]'"
        raise ConfigError(f"{dotted(path)}: pydantic-ai is not installed", hint=hint) from error
    try:
        return PydanticAI(infer_model(name))
    except (UserError, ValueError, ImportError) as error:
        raise ConfigError(f"{dotted((*path, 'pydantic_ai'))}: {error}") from error
