"""`escalade plan` and `models`: what will be asked of whom and what it may cost, before anything is spent."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from escalade.cli.options import AsJson, Changes, ConfigFile, DataFolder, ExperimentName, Limit, choices_of
from escalade.cli.output import print_json, say, table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from escalade.config.build import Builder
    from escalade.config.endpoints import EndpointSpec
    from escalade.config.opening import Choices, Opened


def plan(
    config: ConfigFile,
    experiment: ExperimentName = None,
    *,
    mermaid: Annotated[bool, typer.Option("--mermaid", help="Draw the systems for mermaid.")] = False,
    limit: Limit = None,
    data: DataFolder = None,
    change: Changes = None,
    json: AsJson = False,
) -> None:
    """Draw an experiment's systems and bound their calls and dollars. Nothing is called.

    The worst case assumes that every gate rejects, every prompt is as long as it can be and every answer uses all of
    its `max_tokens`; a run mostly costs a small part of it.

    For example:

        escalade plan escalade.yaml --mermaid
    """
    choices = choices_of(store="sqlite://", data=data, change=change, limit=limit, asks=False)
    asyncio.run(_plan(config, experiment, choices, mermaid=mermaid, json=json))


async def _plan(path: Path, name: str | None, choices: "Choices", *, mermaid: bool, json: bool) -> None:
    from escalade.config.opening import open_experiment  # noqa: PLC0415  (heavy: --help must be quick)
    from escalade.models.structure import structure_of, worst_sum  # noqa: PLC0415
    from escalade.report.money import money  # noqa: PLC0415
    from escalade.report.plan import as_mermaid, as_text  # noqa: PLC0415

    async with open_experiment(path, name, choices) as opened:
        experiment = opened.experiment
        items = await experiment.items()
        worst, grading = experiment.worst(items), experiment.worst_grading(items)
        fit = await _worst_of_fitting(opened)
        await experiment.task.close()
        endpoints = [opened.config.endpoints[name] for name in opened.builder.servers]
    _say_unset(endpoints)
    structures = {system: structure_of(model) for system, model in experiment.systems.items()}
    if json:
        print_json(
            {
                "experiment": experiment.name,
                "task": experiment.task.name,
                "items": len(items),
                "samples": experiment.samples,
                "systems": [
                    {
                        "name": system,
                        "worst": worst[system],
                        "grading": grading[system],
                        "structure": structure,
                        "mermaid": as_mermaid(structure),
                    }
                    for system, structure in structures.items()
                ],
                "fit": fit,
            }
        )
        return
    for system, structure in structures.items():
        typer.echo(as_mermaid(structure) if mermaid else f"{system}:\n{_indented(as_text(structure))}")
        typer.echo()
    if mermaid:
        return
    trials = len(items) * experiment.samples
    rows = [
        [
            system,
            f"{w.calls / max(1, trials):.4g}",
            str(w.calls),
            money(w.usd),
            "" if w.usd is not None else "a price is missing",
        ]
        for system, w in worst.items()
    ]
    title = f"worst case over {len(items)} items of {experiment.task.name}, before anything is found in the journal"
    table(title, ["system", "calls a question", "calls", "USD", ""], rows)
    whole = worst_sum(list(grading.values()))
    if whole.calls:
        typer.echo(
            f"grading their answers, on an account apart that no budget limits: at most {whole.calls:,} calls,"
            f" {money(whole.usd)}"
        )
    if fit is not None:
        typer.echo(
            f"before that, fitted weights are measured on {fit['items']} other items:"
            f" at most {fit['worst'].calls} calls, {money(fit['worst'].usd)}"
        )


async def _worst_of_fitting(opened: "Opened") -> dict[str, Any] | None:
    """What measuring fitted weights may take, where the experiment has any."""
    from escalade.models.structure import worst_sum  # noqa: PLC0415  (heavy: --help must be quick)

    if opened.to_fit is None:
        return None
    items = await opened.to_fit.experiment.items()
    worst = opened.to_fit.experiment.worst(items)
    return {"items": len(items), "models": list(worst), "worst": worst_sum(list(worst.values()))}


def _say_unset(endpoints: "Iterable[EndpointSpec]") -> None:
    from escalade.config.secrets import unset  # noqa: PLC0415  (heavy: --help must be quick)

    if missing := unset(endpoint.key for endpoint in endpoints):
        say(f"before a run, set {', '.join(missing)} in the environment, or in the .env beside the config")


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())


def models(
    config: Annotated[Path, typer.Argument(help="The config.")] = Path("escalade.yaml"),
    *,
    data: DataFolder = None,
    change: Changes = None,
    json: AsJson = False,
) -> None:
    """List the models of a config with their prices, where each price comes from and how old it is.

    For example:

        escalade models escalade.yaml
    """
    from escalade.config.build import Builder  # noqa: PLC0415  (heavy: --help must be quick)
    from escalade.config.opening import load  # noqa: PLC0415
    from escalade.config.problems import naming  # noqa: PLC0415

    loaded = load(config, choices_of(data=data, change=change, asks=False))
    with naming(config):
        builder = Builder(loaded, config.parent, asks=False)
        rows = [_model_row(name, spec, builder) for name, spec in loaded.models.items()]
    _say_unset(loaded.endpoints.values())
    if json:
        print_json(rows)
        return
    shown = [[str(row[key] if row[key] is not None else "unknown") for key in _COLUMNS] for row in rows]
    table(f"models of {config}, USD per million tokens", _COLUMNS, shown, words=3)
    if any(row["price from"] == "catalogue" for row in rows):
        from escalade.prices import catalogue_age  # noqa: PLC0415

        age = catalogue_age()
        typer.echo(
            f"catalogue: genai-prices {age.version}, its newest price change is of {age.newest} ({age.days} days ago)"
        )


_COLUMNS = ("model", "id", "at", "input", "cached", "output", "reasoning", "price from")


def _model_row(name: str, spec: Any, builder: "Builder") -> dict[str, str | None]:
    from escalade.config.prices import price_of  # noqa: PLC0415  (heavy: --help must be quick)

    price = price_of(spec, name, builder)
    origin = next(o for o in ("endpoint", "simulated", "recorded", "pydantic_ai") if getattr(spec, o) is not None)
    return {
        "model": name,
        "id": spec.id or spec.pydantic_ai or name,
        "at": spec.endpoint or origin,
        "input": _rate(price and price.input),
        "cached": _rate(price and (price.cached if price.cached is not None else price.input)),
        "output": _rate(price and price.output),
        "reasoning": _rate(price and (price.reasoning if price.reasoning is not None else price.output)),
        "price from": ("population" if spec.simulated and not spec.price else price.source) if price else None,
    }


def _rate(rate: Any) -> str | None:
    return None if rate is None else f"{rate.normalize():f}"
