"""Prices as a user calls them: INPUT/OUTPUT in USD per million tokens, a model of a config or of the catalogue."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path

from escalade.config.build import Builder
from escalade.config.models import ModelSpec
from escalade.config.opening import Choices, load
from escalade.config.problems import naming
from escalade.core.errors import ConfigError
from escalade.experiment.reprice import Wanted
from escalade.prices import Price, catalogue_price


class PricesByName:
    """Looks prices up, in the models of the config at `path` too where one is given."""

    def __init__(self, path: Path | None = None, changes: tuple[str, ...] = ()) -> None:
        self._path = path
        self._builder: Builder | None = None
        if path is not None:
            config = load(path, Choices(changes=changes, asks=False))
            with naming(path):
                self._builder = Builder(config, path.parent, asks=False)

    def wanted(self, told: Sequence[str]) -> dict[str, Wanted]:
        """The prices of `told`, each MODEL=INPUT/OUTPUT, over those of the config's models. Raises ConfigError."""
        with naming(self._path):
            found = {} if self._builder is None else _of_config(self._builder)
        for text in told:
            name, equals, rates = text.rpartition("=")
            price = _rates(rates)
            if not equals or not name or price is None:
                raise ConfigError(f"--price {text}: write it as MODEL=INPUT/OUTPUT, such as small=0.05/0.20")
            found[name] = Wanted(price)
        if not found:
            raise ConfigError("no prices are given", hint="give them with --price or --config")
        return found

    def find(self, name: str) -> Price:
        """INPUT/OUTPUT, a model of the config, or the catalogue's PROVIDER/MODEL. Raises ConfigError."""
        if (price := _rates(name)) is not None:
            return price
        if self._builder is not None and name in self._builder.config.models:
            with naming(self._path):
                found = price_of(self._builder.config.models[name], name, self._builder)
                if found is None:
                    raise ConfigError(f"the price of models.{name} is not known", hint="give it a `price`")
            return found
        provider, _, model_id = name.partition("/")
        found = catalogue_price(provider, model_id) or catalogue_price("openrouter", name)
        if found is None:
            raise ConfigError(
                f"the catalogue lists no price of {name!r}",
                hint="write PROVIDER/MODEL, such as openai/gpt-4.1, or the price itself as INPUT/OUTPUT",
            )
        return found


def price_of(spec: ModelSpec, name: str, builder: Builder) -> Price | None:
    """The price that a model of the config has: its own, else the catalogue's."""
    path = ("models", name)
    price = spec.own_price(name, path)
    if price is None and spec.endpoint is not None:
        return builder.server(spec.endpoint, (*path, "endpoint")).list_price(str(spec.id))
    return price


def _of_config(builder: Builder) -> dict[str, Wanted]:
    found = {}
    for name, spec in builder.config.models.items():
        price = price_of(spec, name, builder)
        if price is not None:
            found[name] = Wanted(price, str(spec.id) if spec.endpoint is not None else "", named=False)
    return found


def _rates(text: str) -> Price | None:
    """The price that INPUT/OUTPUT says; None for any other text."""
    parts = text.split("/")
    try:
        rates = [Decimal(part.strip()) for part in parts]
    except InvalidOperation:
        return None
    if len(rates) != 2 or not all(rate.is_finite() and rate >= 0 for rate in rates):
        return None
    return Price(input=rates[0], output=rates[1])
