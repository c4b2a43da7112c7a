"""`escalade simulate`: a simulated provider over HTTP, for trying everything without a key."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from escalade.cli.options import DataFolder, choices_of
from escalade.core.errors import ConfigError

if TYPE_CHECKING:
    from escalade.simulate import SimulatedModel, World
    from escalade.simulate.server import Served


def simulate(
    *,
    population: Annotated[str, typer.Option(help="Which population of simulated models to serve.")] = "ladder",
    config: Annotated[
        Path | None,
        typer.Option(
            "--config", "-c", help="Serve this config's simulated models, on its task, instead.", show_default=False
        ),
    ] = None,
    experiment: Annotated[
        str | None, typer.Option(help="Which experiment of the config gives the task.", show_default=False)
    ] = None,
    data: DataFolder = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.")] = 8765,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    seed: Annotated[int, typer.Option(help="Decides every draw.")] = 0,
    questions: Annotated[int, typer.Option(min=1, help="How many bundled questions a population knows.")] = 400,
    faults: Annotated[
        float, typer.Option(min=0, max=1, help="Share of responses that fail, in equal parts of every kind.")
    ] = 0.0,
    stall: Annotated[float, typer.Option(min=0, help="Seconds until a stalled connection is dropped.")] = 60.0,
    latency: Annotated[float, typer.Option(min=0, help="Seconds before every answer.")] = 0.0,
    report_cost: Annotated[bool, typer.Option(help="Say what a call cost, as OpenRouter does.")] = True,
    own_key: Annotated[
        bool, typer.Option(help="Report costs as for calls with the client's own upstream key.")
    ] = False,
    fresh_repeats: Annotated[
        bool, typer.Option(help="Answer a repeated request anew, as servers do above temperature 0.")
    ] = False,
    bill: Annotated[Path | None, typer.Option(help="Also keep the bill in this file of JSON lines.")] = None,
) -> None:
    """Serve simulated models as an OpenAI-compatible server that keeps its own bill (GET /bill).

    Examples, for a config whose endpoint is `url: http://127.0.0.1:8765/v1`:

        escalade simulate --population ladder --faults 0.3

        escalade simulate --config simulated.yaml --latency 0.5
    """
    from escalade.simulate.faults import Faults  # noqa: PLC0415  (heavy: --help must be quick)
    from escalade.simulate.server import Service, serve  # noqa: PLC0415

    service = Service(
        faults=Faults.in_equal_parts(faults, stall_s=stall),
        seed=seed,
        latency_s=latency,
        report_cost=report_cost,
        own_key=own_key,
        fresh_repeats=fresh_repeats,
        bill=bill,
    )
    if config is None:
        world, models = _bundled(population, questions, seed)
    else:
        world, models = asyncio.run(_of_config(config, experiment, data, seed))
    asyncio.run(serve(world, models, service, host=host, port=port, ready=_greet))


def _bundled(name: str, questions: int, seed: int) -> "tuple[World, list[SimulatedModel]]":
    """A world of bundled questions, and a population."""
    from escalade.simulate import World, demo_questions, population  # noqa: PLC0415  (heavy: --help must be quick)

    return World(demo_questions(questions), seed=seed), list(population(name))


async def _of_config(
    path: Path, experiment: str | None, data: str | None, seed: int
) -> "tuple[World, list[SimulatedModel]]":
    """The simulated world of a config's task, and the config's simulated models."""
    from escalade.config.models import simulated_model  # noqa: PLC0415  (heavy: --help must be quick)
    from escalade.config.opening import open_experiment  # noqa: PLC0415

    async with open_experiment(path, experiment, choices_of(store="sqlite://", data=data, asks=False)) as opened:
        models = [
            simulated_model(spec, spec.simulated, name, ("models", name))
            for name, spec in opened.config.models.items()
            if spec.simulated is not None
        ]
        if not models:
            raise ConfigError(f"{path} has no simulated models to serve")
        world: World = opened.builder.world(seed)
        await opened.experiment.task.close()
    return world, models


def _greet(served: "Served") -> None:
    typer.echo(f"simulated models at {served.url} (no real model answers); its bill is at {served.bill_url}", err=True)
