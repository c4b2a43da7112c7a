import os
import subprocess
import sys

import pytest
from asking import asked

from escalade.core.money import usd
from escalade.core.usage import Usage
from escalade.models.backend import Backend
from escalade.simulate import Mind, Pace, SimulatedBackend, SimulatedModel, Skill, World

SCRIPT = """
from escalade.core.messages import Request
from escalade.simulate import Mind, World, demo_questions, population
items = demo_questions(40, seed=5)
minds = [Mind(World(items, seed=1), model) for model in population("ladder")]
for item in items:
    for mind in minds:
        print(repr(mind.answer(Request.of(item.text))))
"""


def test_answers_are_equal_in_every_process():
    """Hash seeds and processes change nothing: the same question gets the same text and counts."""
    outputs = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
    assert len(outputs.pop()) > 10_000


async def test_the_backend_keeps_its_protocol(world, items):
    """It says that it is simulated, goes by item, and names its provider."""
    backend: Backend = SimulatedBackend(world, SimulatedModel(name="m"))
    request = asked(items[0])
    received = await backend.send(backend.encode(request), request)
    assert (backend.simulated, backend.by_item, backend.model_id) == (True, True, "m")
    assert (received.provider, received.model) == ("simulated", "simulated")
    assert received == await backend.send(backend.encode(request), request)


def test_the_identity_names_world_and_parameters(world, items):
    """Whatever may change an answer changes the identity."""
    one, skilled = SimulatedModel(name="m"), SimulatedModel(name="m", skill=Skill(ability=1))
    backends = [
        SimulatedBackend(world, one),
        SimulatedBackend(world, skilled),
        SimulatedBackend(World(items, seed=12), one),
        SimulatedBackend(World(items[:9], seed=11), one),
    ]
    assert len({b.identity for b in backends}) == 4
    assert SimulatedBackend(World(items, seed=11), one).identity == backends[0].identity


def test_equal_requests_have_equal_bytes(world, items):
    """The encoding holds words and sampling, and not the item or the sample number."""
    backend = SimulatedBackend(world, SimulatedModel(name="m"))
    assert backend.encode(asked(items[0])) == backend.encode(asked(items[0], sample=3))
    assert backend.encode(asked(items[0])) != backend.encode(asked(items[0], temperature=0.5))


async def test_real_time_takes_the_models_latency(world, items):
    """Latency is drawn around its mean, and slept only where asked for."""
    pace = Pace(latency_s=0.01, latency_spread=0.1)
    backend = SimulatedBackend(world, SimulatedModel(name="m", pace=pace), real_time=True)
    assert (await backend.send(b"", asked(items[0]))).text
    mean = sum(backend.mind.latency_s(asked(i)) for i in items) / len(items)
    assert mean == pytest.approx(0.01, rel=0.05)


def test_cost_is_exact(world):
    """Tokens times prices per million, in decimals."""
    model = SimulatedModel(name="m", input_price=usd("0.05"), output_price=usd("0.20"))
    assert Mind(world, model).cost(Usage(input=7, output=11)) == usd("0.00000255")
    price = SimulatedBackend(world, model).price
    assert price.of(Usage(input=7, output=11)).usd == usd("0.00000255")
