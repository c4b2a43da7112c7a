"""A secret that a config holds shows nowhere: not in the config, not in what is built of it, not in an error."""

import asyncio
import traceback

import pytest

from escalade.config.build import Builder
from escalade.config.opening import Choices, load, open_experiment
from escalade.config.schema import ConfigSpec
from escalade.core.errors import ConfigError, StoreError
from escalade.models.structure import structure_of

SECRET = "sk-hunter2-0123456789"
TEXT = """
store: postgresql+psycopg://user:${KEY}@localhost:1/runs
endpoints: {local: {url: "http://localhost:1/v1", key: "${KEY}"}}
models: {small: {endpoint: local, id: s, price: free}}
systems: {panel: {vote: [small, small]}}
experiments: {first: {task: demo, systems: [panel]}}
"""


@pytest.fixture
def config(written, monkeypatch):
    monkeypatch.setenv("KEY", SECRET)
    return written(TEXT)


def test_config_does_not_show_it(config):
    """Neither repr nor str of a config, nor of any part of it, holds the key or the store's password."""
    spec = load(config, Choices())
    for shown in (repr(spec), str(spec), repr(spec.endpoints["local"]), f"{spec.endpoints}"):
        assert SECRET not in shown
    assert spec.endpoints["local"].key.get_secret_value() == SECRET


def test_what_is_built_does_not_show_it(config):
    """Neither a model nor its structure, which is stored and printed, holds the key."""
    builder = Builder(load(config, Choices()), config.parent)
    model = builder.named("panel")
    for shown in (repr(model), repr(vars(builder.named("small"))), str(structure_of(model))):
        assert SECRET not in shown


@pytest.mark.parametrize(
    "change",
    [
        "endpoints.local.key={a: '${KEY}'}",
        "endpoints.local.key=['${KEY}']",
        "endpoints.local.kee='${KEY}'",
        "endpoints.local.timeout_s='${KEY}'",
        "endpoints.local.concurrency='${KEY}'",
        "endpoints.local.stream='${KEY}'",
        "endpoints.local={url: 'http://localhost:1/v1', key: '${KEY}', attempts: 0}",
        "endpoints='${KEY}'",
        "models.small.price='${KEY}'",
        "models.small.sampling.max_tokens='${KEY}'",
        "models.small.simulated='${KEY}'",
        "experiments.first.budget.usd='${KEY}'",
        "store=['${KEY}']",
        f"endpoints..key={SECRET}",
        f"endpoints.local.key.inner={SECRET}",
    ],
)
def test_error_does_not_show_it(config, change):
    """Whatever is wrong around a secret, neither the error nor its traceback shows it."""

    async def build():
        async with open_experiment(config, None, Choices(store="sqlite://", changes=(change,))):
            raise AssertionError("the config is wrong")

    with pytest.raises(ConfigError) as error:
        asyncio.run(build())
    assert SECRET not in f"{error.value} {error.value.hint}"
    assert SECRET not in "".join(traceback.format_exception(error.value))


def test_validation_alone_does_not_show_it():
    """Also pydantic's own error, for whoever validates without our wrapper, hides what was put in."""
    with pytest.raises(ValueError, match="timeout_s") as error:
        ConfigSpec.model_validate({"endpoints": {"e": {"url": "x", "key": SECRET, "timeout_s": SECRET}}})
    assert SECRET not in str(error.value)


def test_store_that_cannot_be_opened_does_not_show_it(config):
    """The store's password is in no error about the store."""

    async def build():
        async with open_experiment(config, None, Choices()):
            raise AssertionError("there is no such store")

    with pytest.raises(StoreError) as error:
        asyncio.run(build())
    assert SECRET not in f"{error.value}"
