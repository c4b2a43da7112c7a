"""`escalade ask`: one question of the user's own to one system."""

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from escalade.cli.interrupting import interruptible
from escalade.cli.options import AsJson, Budget, Changes, DataFolder, Offline, StoreUrl, choices_of
from escalade.cli.output import print_json, say, say_overrun

if TYPE_CHECKING:
    from escalade.config.opening import Choices
    from escalade.models.answer import Answer


def ask(
    question: Annotated[str, typer.Argument(help="The question; - reads it from standard input.", show_default=False)],
    system: Annotated[str, typer.Option("--system", "-s", help="A system or model of the config.")],
    *,
    config: Annotated[Path, typer.Option("--config", "-c", help="The config.")] = Path("escalade.yaml"),
    budget: Budget = None,
    store: StoreUrl = None,
    offline: Offline = False,
    data: DataFolder = None,
    change: Changes = None,
    json: AsJson = False,
) -> None:
    """Ask one question and say what the answer cost.

    For example:

        escalade ask "Why is the sky blue?" --system simple

        cat letter.txt | escalade ask - --system panel --budget 0.05
    """
    text = _text(question)
    choices = choices_of(store=store, data=data, change=change, offline=offline, budget=budget)
    asyncio.run(_ask(text, system, config, choices, json=json))


def _text(question: str) -> str:
    """The question as text that can be sent."""
    try:
        text = typer.get_text_stream("stdin").read().strip() if question == "-" else question
        text.encode()
    except UnicodeError as error:
        raise typer.BadParameter(f"the question is not UTF-8: {error}") from error
    if not text:
        raise typer.BadParameter("the question is empty")
    return text


async def _ask(question: str, system: str, config: Path, choices: "Choices", *, json: bool) -> None:
    from escalade.config.opening import open_system  # noqa: PLC0415  (heavy: --help must be quick)
    from escalade.models.answer import answer  # noqa: PLC0415

    async with open_system(config, system, choices) as (model, _):
        tags = {"run": f"ask-{time.time_ns():x}", "system": system}
        async with interruptible():
            answered = await answer(model, question, budget=choices.budget_usd, tags=tags)
        _print(answered, json=json)
        paid, limit = answered.paid.usd, choices.budget_usd
        if limit is not None and paid is not None and paid > limit:
            say_overrun(paid - limit)


def _print(answered: "Answer", *, json: bool) -> None:
    from escalade.analysis.spending import spent  # noqa: PLC0415  (heavy: --help must be quick)
    from escalade.report.money import money  # noqa: PLC0415
    from escalade.report.untrusted import safe  # noqa: PLC0415

    reply = answered.reply
    if json:
        facts = {"accepted": reply.accepted, "level": reply.level, "stopped": reply.stopped, "model": reply.model}
        sums = {"cost": spent(answered.cost), "paid": spent(answered.paid)}
        print_json({"answer": reply.text, **facts, **sums, "calls": answered.calls})
        return
    typer.echo(safe(reply.text))
    simulated = any(call.provider == "simulated" for call in answered.calls)
    level = f"level {reply.level}" if reply.level else ""
    rejected = "not accepted" if reply.accepted is False else ""
    count = "1 call" if len(answered.calls) == 1 else f"{len(answered.calls):,} calls"
    said = ", ".join(
        part for part in ("SIMULATED" if simulated else "", reply.model, level, rejected, reply.stopped) if part
    )
    say(f"— {said}; cost {money(answered.cost)}, paid {money(answered.paid)}, {count}")
