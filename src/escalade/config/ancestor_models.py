"""The models of a `cascade_models.yaml`: each definition once, with its endpoint and, where it has only one, its price.

A model that stands in several places with the same endpoint and parameters becomes one model here. Prices that
contradict each other are not chosen between, and a key that stands in the file is not copied: both are reported.
"""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct, field

from escalade.config.references import free_name
from escalade.core.errors import ConfigError

_OPENROUTER = "https://openrouter.ai/api/v1"
_KNOWN = ("model_name", "short_model_name", "endpoint", "pricing", "parameters")
_SAMPLING = ("temperature", "top_p", "max_tokens", "stop", "seed", "frequency_penalty", "presence_penalty")
_VARIABLE = re.compile(r"\$\{([^}]*)\}")


class Report(Struct):
    """What whoever imports a file must know, a sentence each, with its place in the file."""

    left_out: list[str] = field(default_factory=list)
    """What could not be carried."""
    prices: list[str] = field(default_factory=list)
    """Where prices contradict each other."""
    changed: list[str] = field(default_factory=list)
    """What is carried and will act otherwise."""

    def unknown(self, place: str, values: Mapping[str, Any], known: Iterable[str]) -> None:
        """Report the keys of `values` that have no meaning here."""
        self.left_out += [f"{place}.{key}: there is no such key here" for key in values if key not in known]


class Entry(Struct, frozen=True):
    """One model as it stands at one place of the file."""

    place: str
    id: str
    short: str
    url: str
    key: str
    price: tuple[Decimal, Decimal] | None
    """USD per million tokens, input and output."""
    sampling: dict[str, Any]

    @property
    def definition(self) -> tuple[str, str, str, str]:
        return self.id, self.url, self.key, repr(sorted(self.sampling.items()))


def entry_of(place: str, values: Any, report: Report) -> Entry:
    """The model at `place`. Raises ConfigError where it has no name to ask for."""
    values = section(place, values)
    report.unknown(place, values, _KNOWN)
    name = values.get("model_name")
    if not isinstance(name, str) or not name.strip():
        raise ConfigError(f"{place}: the key 'model_name' is missing")
    endpoint = section(f"{place}.endpoint", values.get("endpoint"))
    report.unknown(f"{place}.endpoint", endpoint, ("api_base_url", "api_key"))
    return Entry(
        place=place,
        id=_variables(name.strip(), f"{place}.model_name", report),
        short=str(values.get("short_model_name") or ""),
        url=_variables(str(endpoint.get("api_base_url") or _OPENROUTER), f"{place}.endpoint.api_base_url", report),
        key=_key(endpoint.get("api_key"), f"{place}.endpoint.api_key", report),
        price=_price(values.get("pricing"), f"{place}.pricing", report),
        sampling=_sampling(values.get("parameters"), f"{place}.parameters", report),
    )


def section(place: str, values: Any) -> dict[str, Any]:
    """`values` as a mapping; nothing is an empty one. Raises ConfigError."""
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise ConfigError(f"{place}: expected keys with values, not {type(values).__name__}")
    return {str(key): value for key, value in values.items()}


class Models:
    """The `endpoints` and `models` of a config, and by which name each place of the file is known there."""

    def __init__(self, entries: Iterable[Entry], reserved: Iterable[str], report: Report) -> None:
        self.endpoints: dict[str, dict[str, str]] = {}
        self.models: dict[str, dict[str, Any]] = {}
        self.names: dict[str, str] = {}
        self._reserved = frozenset(reserved)
        self._servers: dict[tuple[str, str], str] = {}
        entries = list(entries)
        prices = _settled(entries, report)
        known: dict[tuple[str, ...], str] = {}
        for entry in entries:
            if entry.definition not in known:
                known[entry.definition] = self._add(entry, prices.get((entry.id, entry.url)))
            self.names[entry.place] = known[entry.definition]

    def _add(self, entry: Entry, price: tuple[Decimal, Decimal] | None) -> str:
        name = free_name(_word(entry.short or entry.id.rpartition("/")[2]) or "model", {*self.models, *self._reserved})
        model: dict[str, Any] = {"endpoint": self._server(entry), "id": entry.id}
        if entry.sampling:
            model["sampling"] = entry.sampling
        if price:
            model["price"] = {"input": float(price[0]), "output": float(price[1])}
        self.models[name] = model
        return name

    def _server(self, entry: Entry) -> str:
        if (entry.url, entry.key) not in self._servers:
            host = "" if "${" in entry.url else urlsplit(entry.url).hostname or ""
            labels = [label for label in host.split(".")[:-1] if label not in ("api", "www")]
            name = free_name(_word(labels[-1]) if labels else host or "endpoint", self.endpoints)
            key = entry.key or f"${{{re.sub(r'[^A-Z0-9]', '_', name.upper())}_API_KEY}}"
            self.endpoints[name] = {"url": entry.url, "key": key}
            self._servers[entry.url, entry.key] = name
        return self._servers[entry.url, entry.key]


def _settled(entries: list[Entry], report: Report) -> dict[tuple[str, str], tuple[Decimal, Decimal]]:
    """The price of each model at each address, where the file has one and not several."""
    found: dict[tuple[str, str], dict[tuple[Decimal, Decimal], list[str]]] = {}
    for entry in entries:
        if entry.price:
            found.setdefault((entry.id, entry.url), {}).setdefault(entry.price, []).append(entry.place)
    for (name, _), prices in found.items():
        if len(prices) > 1:
            told = "; ".join(f"{i:f}/{o:f} at {', '.join(places)}" for (i, o), places in prices.items())
            report.prices.append(
                f"{name}: {told}. None of them is carried: the provider's report or the catalogue counts"
            )
    return {model: next(iter(prices)) for model, prices in found.items() if len(prices) == 1}


def _variables(text: str, place: str, report: Report) -> str:
    """`text` with its `${VARIABLES}` under names that an environment can have."""

    def named(match: re.Match[str]) -> str:
        name = re.sub(r"\W|^(?=\d)", "_", match[1], flags=re.ASCII)
        if name != match[1]:
            report.changed.append(f"{place}: the variable {match[1]!r} is called {name} now")
        return f"${{{name}}}"

    return _VARIABLE.sub(named, text)


def _key(value: Any, place: str, report: Report) -> str:
    """The key as a variable; "" where a variable must be made up for it."""
    if value is None:
        return "${OPENROUTER_API_KEY}"
    text = str(value)
    if _VARIABLE.fullmatch(text):
        return _variables(text, place, report)
    report.left_out.append(f"{place}: the key stands there in plain and is not copied; put it into .env")
    return ""


def _price(value: Any, place: str, report: Report) -> tuple[Decimal, Decimal] | None:
    pricing = section(place, value)
    report.unknown(place, pricing, ("input", "output"))
    if not pricing:
        return None
    prices = _amount(pricing.get("input")), _amount(pricing.get("output"))
    if prices[0] is None or prices[1] is None:
        report.left_out.append(f"{place}: `input` and `output` must both be amounts in USD")
        return None
    return prices[0], prices[1]


def _amount(value: Any) -> Decimal | None:
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and amount >= 0 else None


def _sampling(value: Any, place: str, report: Report) -> dict[str, Any]:
    parameters = {key: setting for key, setting in section(place, value).items() if setting is not None}
    extra = {key: setting for key, setting in parameters.items() if key not in _SAMPLING}
    sampling = {key: setting for key, setting in parameters.items() if key in _SAMPLING}
    if extra:
        report.changed.append(f"{place}: {', '.join(extra)} will be sent as written, under `extra`")
        sampling["extra"] = extra
    return sampling


def _word(text: str) -> str:
    return re.sub(r"[^\w.-]+", "-", text).strip("-.").lower()
