"""Whatever is wrong with a config, one sentence names file and key, and the nearest right spelling."""

import asyncio

import pytest

from escalade.cli.main import app
from escalade.config.opening import Choices, chosen, load, open_experiment
from escalade.config.prices import PricesByName
from escalade.core.errors import ConfigError

GOOD = """
endpoints: {local: {url: "http://localhost:1/v1"}}
models:
  small: {endpoint: local, id: s, price: free}
  large: {simulated: {like: ladder/large}, sampling: {max_tokens: 500}}
systems:
  ladder: {cascade: [small, large], accept: {judge: large, at_least: 0.8}}
  panel: {vote: [{sample: small, n: 3}, large], tie: {all: [{agree: 0.5}, {regex: "[0-9]"}]}}
experiments:
  first: {task: {demo: {count: 5}}, systems: [ladder, panel, small], reference: small}
"""
WRONG = {
    "no system": ("experiments.first.systems=[]", "experiments.first: name the `systems`, or a `search` for one", ""),
    "a key": ("modles={}", "there is no key 'modles'", "'models'"),
    "a key of a model": ("models.small.samplng={}", "models.small: there is no key 'samplng'", "'sampling'"),
    "a key further in": (
        "models.large.sampling.temprature=1",
        "models.large.sampling: there is no key 'temprature'",
        "'temperature'",
    ),
    "a key of an endpoint": ("endpoints.local.kee=x", "endpoints.local: there is no key 'kee'", "'key'"),
    "a key of a price": ("models.small.price={imput: 1, output: 1}", "models.small.price", ""),
    "a key of a budget": (
        "experiments.first.budget.dollars=1",
        "experiments.first.budget: there is no key 'dollars'",
        "there are: usd",
    ),
    "a key of a system": ("systems.ladder.atempts=2", "systems.ladder: there is no key 'atempts'", "'attempts'"),
    "a key of a gate": (
        "systems.ladder.accept.at_most=1",
        "systems.ladder.accept: there is no key 'at_most'",
        "'at_least'",
    ),
    "a key of a nested gate": (
        "systems.panel.tie.all.1.flags=i",
        "systems.panel.tie.all.1: there is no key 'flags'",
        "there are: regex",
    ),
    "a key of a task": (
        "experiments.first.task.demo.cuont=5",
        "experiments.first.task.demo: there is no key 'cuont'",
        "'count'",
    ),
    "a key of samples": ("systems.panel.vote.0.m=2", "systems.panel.vote.0: there is no key 'm'", ""),
    "a missing key": ("systems.panel.vote.0={sample: small}", "systems.panel.vote.0: the key 'n' is missing", ""),
    "a missing key of a model": ("endpoints.local={key: x}", "endpoints.local: the key 'url' is missing", ""),
    "a kind of system": ("systems.ladder={cascde: [small]}", "systems.ladder: there is no kind of system", "'cascade'"),
    "a kind of gate": (
        "systems.ladder.accept={juge: large}",
        "systems.ladder.accept: there is no kind of gate",
        "'judge'",
    ),
    "a kind of task": (
        "experiments.first.task={dmo: {}}",
        "experiments.first.task: there is no task 'dmo'",
        "'demo'",
    ),
    "two kinds at once": ("systems.ladder.vote=[small]", "cascade and vote stand side by side", ""),
    "a model": (
        "systems.ladder.cascade.0=smal",
        "systems.ladder.cascade.0: there is no model or system 'smal'",
        "'small'",
    ),
    "a judge": ("systems.ladder.accept.judge=lrge", "systems.ladder.accept.judge: there is no", "'large'"),
    "a system of an experiment": ("experiments.first.systems.1=pannel", "experiments.first.systems", "'panel'"),
    "a reference": ("experiments.first.reference=large", "the reference 'large' is none of its systems", "ladder"),
    "an endpoint": ("models.small.endpoint=locl", "models.small.endpoint: there is no endpoint 'locl'", "'local'"),
    "a population": (
        "models.large.simulated.like=lader/large",
        "models.large.simulated.like: there is no population 'lader'",
        "'ladder'",
    ),
    "a bundled model": ("models.large.simulated.like=ladder/larg", "there is no model 'larg'", "'large'"),
    "a parameter": ("models.large.simulated.skill={acuracy: 1}", "models.large.simulated: ", "simulation"),
    "a prompt": ("prompts.jduge=x.md", "prompts: there is no prompt 'jduge'", "'judge'"),
    "a prompt's file": ("prompts.judge=x.md", "cannot read the prompt 'judge'", ""),
    "a provider": ("endpoints.local.provider=opnai", "endpoints.local: there is no provider 'opnai'", ""),
    "no origin": ("models.new={id: x}", "models.new: give exactly one of endpoint, simulated", ""),
    "two origins": ("models.large.pydantic_ai=test", "models.large: give exactly one of", ""),
    "no id": ("models.new={endpoint: local}", "models.new: a model at an endpoint needs its `id`", ""),
    "a number": ("experiments.first.limit=few", "experiments.first.limit: expected a whole number", ""),
    "true for a number": ("experiments.first.limit=true", "experiments.first.limit: expected a whole number", ""),
    "false for an amount": ("experiments.first.budget.usd=false", "experiments.first.budget.usd: expected a num", ""),
    "true for a share by name": (
        "systems.panel={react: [small, large], reliability: {small: true}}",
        "systems.panel.reliability: expected a number",
        "",
    ),
    "a number too small": ("experiments.first.limit=-1", "experiments.first.limit: input should be greater", ""),
    "a threshold": ("systems.ladder.accept.at_least=90", "systems.ladder.accept.at_least: input should be less", ""),
    "not a number": ("systems.ladder.min_gain=.nan", "systems.ladder.min_gain: input should be a finite", ""),
    "a choice": ("systems.ladder.carry=bst", "systems.ladder.carry: expected 'best', 'last'", ""),
    "a list": ("experiments.first.systems=ladder", "experiments.first.systems: expected a list", ""),
    "a pattern": ("systems.panel.tie.all.1.regex='['", "systems.panel.tie.all.1.regex: [ is no regular expression", ""),
    "a schema": (
        "systems.ladder.accept={json_schema: {type: 7}}",
        "systems.ladder.accept.json_schema: this is no JSON Schema",
        "",
    ),
    "a function": ("systems.ladder.accept={function: 'nowhere:f'}", "accept.function: cannot import nowhere:f", ""),
    "a function's name": ("systems.ladder.accept={function: 'os:nothing'}", "accept.function: cannot import", ""),
    "no function": ("systems.ladder.accept={function: 'os:sep'}", "accept.function: os:sep is no function", ""),
    "samples as a system": ("systems.ladder={sample: small, n: 3}", "put them into a vote or a fuse", ""),
    "a price or free": ("models.small.price=fre", "models.small.price: expected keys with values, or 'free'", "input"),
    "a price that is a slip": ("models.small.price={input: 1e30, output: 1}", "models.small.price.input: input sh", ""),
    "text for keys": ("experiments.first.budget=2", "experiments.first.budget: expected keys with", "{usd: ...}"),
    "a name that is a number": ("models={5: {endpoint: e, id: x}}", "models: the name 5 is no text", "in quotes"),
    "a system twice": ("experiments.first.systems=[small, small]", "experiments.first: small stands twice", ""),
    "concurrency without end": ("experiments.first.concurrency=1000000", "experiments.first.concurrency: input sh", ""),
    "samples without end": ("systems.panel.vote.0.n=1000000", "systems.panel.vote.0.n: input should be less", ""),
    "no samples": ("systems.panel.vote.0.n=0", "systems.panel.vote.0.n: input should be greater", ""),
    "a name for a list": ("systems.panel.vote=small", "systems.panel.vote: expected a list", "[NAME, ...]"),
    "a system for a list": ("systems.panel.vote={vote: [small]}", "systems.panel.vote: expected a list", "sample"),
    "nobody": ("systems.panel.vote=[]", "systems.panel.vote: name at least one", ""),
    "a gate by name": ("systems.ladder.accept=large", "systems.ladder.accept: expected a gate, not 'large'", "judge"),
    "two tasks": ("experiments.first.task={demo: {}, mmlu_pro: {}}", "experiments.first.task: write the task as", ""),
    "a name twice": ("systems.small=large", "small names both a model and a system", ""),
    "a key that ends like ours": (
        "models.mySpec={simulated: {}, seed: 1}",
        "models.mySpec: there is no key 'seed'",
        "",
    ),
    "a name that looks like a type": ("models.str={simulated: {}, seed: 1}", "models.str: there is no key 'seed'", ""),
}


def opened(path, *changes):
    async def build():
        async with open_experiment(path, None, Choices(store="sqlite://", changes=changes)) as found:
            return found

    return asyncio.run(build())


def test_config_without_faults_is_built(written):
    """The config that the tests below spoil one key of is good."""
    assert list(opened(written(GOOD)).experiment.systems) == ["ladder", "panel", "small"]


@pytest.mark.parametrize(("change", "said", "hint"), WRONG.values(), ids=WRONG)
def test_error_names_file_key_and_spelling(written, change, said, hint):
    """Each fault is one ConfigError that names the file, the key with its path, and what it may have meant."""
    path = written(GOOD)
    with pytest.raises(ConfigError) as error:
        opened(path, change)
    message = str(error.value)
    assert message.startswith(f"{path}: ")
    assert message.count(str(path)) == 1
    assert said in message
    assert hint in error.value.hint


@pytest.mark.parametrize(
    ("systems", "circle"),
    [
        ("a: {vote: [a]}", "a -> a"),
        ("a: a", "a -> a"),
        ("a: {cascade: [x, b], accept: {agree: 1}}\n  b: {vote: [c]}\n  c: {fuse: [x], by: a}", "a -> b -> c -> a"),
        ("a: {cascade: [x], accept: {any: [{judge: b}]}}\n  b: a", "a -> b -> a"),
    ],
)
def test_circles_are_found(written, systems, circle):
    """A system that contains itself, by whatever way, is an error that shows the way."""
    text = (
        f"models: {{x: {{simulated: {{}}}}}}\nsystems:\n  {systems}\nexperiments: {{e: {{task: demo, systems: [a]}}}}"
    )
    with pytest.raises(ConfigError, match=circle):
        opened(written(text))


@pytest.mark.parametrize("levels", [200, 2000])
def test_what_is_nested_too_deep_is_refused(written, levels):
    """What is too deep to be built, or to be read at all, is told as any other error."""
    nested = "{vote: [" * levels + "small" + ", large]}" * levels
    path = written(GOOD.replace("ladder: {cascade: [small, large]", f"ladder: {{cascade: [{nested}, large]"))
    with pytest.raises(ConfigError, match=r"escalade\.yaml: nested too deep") as caught:
        opened(path)
    assert caught.value.hint == "use fewer levels"


@pytest.mark.parametrize(
    ("text", "name", "hint"),
    [(GOOD, "frist", "'first'"), (GOOD + "  second: {task: demo, systems: [small]}\n", None, "first, second")],
)
def test_experiment_is_named_or_the_only_one(written, text, name, hint):
    """A misspelt experiment, or none where there are several, is an error with the names to choose from."""
    path = written(text)
    with pytest.raises(ConfigError, match=r"escalade\.yaml") as error:
        chosen(load(path, Choices()), name, path)
    assert hint in error.value.hint


@pytest.mark.parametrize(
    "look",
    [
        lambda path: app(["models", str(path)], standalone_mode=False),
        lambda path: PricesByName(path).wanted([]),
        lambda path: PricesByName(path).find("large"),
    ],
)
def test_prices_are_looked_up_at_a_place(written, look):
    """What lists or takes over the prices of models names file and key as `plan` does."""
    path = written(GOOD.replace("ladder/large", "ladder/larg"))
    with pytest.raises(ConfigError) as error:
        look(path)
    assert str(error.value) == f"{path}: models.large.simulated.like: there is no model 'larg'"
