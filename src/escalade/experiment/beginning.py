"""What is settled before the first trial: how the run is described, prices for its budget, the order of trials."""

import time
from collections.abc import Iterator, Sequence

from escalade import __version__
from escalade.core.errors import ConfigError
from escalade.experiment.plan import Experiment
from escalade.experiment.trial import Trial
from escalade.store import Run
from escalade.tasks.protocol import Item


def described(experiment: Experiment, items: Sequence[Item]) -> Run:
    """The run as the store remembers it."""
    return Run(
        id=experiment.run_id(items),
        experiment=experiment.name,
        task=experiment.task.name,
        task_fingerprint=experiment.task.fingerprint,
        metric=experiment.task.metric,
        items=len(items),
        samples=experiment.samples,
        seed=experiment.seed,
        reference=experiment.reference or next(iter(experiment.systems)),
        systems=experiment.described(),
        limit_usd=experiment.budget.usd,
        redacted=experiment.task.redacted,
        notes=list(experiment.notes),
        at=round(time.time(), 3),
        version=__version__,
    )


def check_prices(experiment: Experiment, items: Sequence[Item]) -> None:
    """Raises ConfigError where a budget in USD meets a model without a price."""
    if experiment.budget.usd is None and experiment.question.usd is None:
        return
    unpriced = [name for name, worst in experiment.worst(items[:1]).items() if worst.usd is None]
    if unpriced:
        raise ConfigError(
            f"a budget in USD needs a price for every model; {', '.join(unpriced)} has one without",
            hint="give the model a `price`, or limit `calls` or `tokens` instead; `escalade models` shows prices",
        )


def trials_of(experiment: Experiment, run: Run, items: Sequence[Item]) -> Iterator[Trial]:
    """Item by item, so that systems that share calls meet in the journal."""
    for item in items:
        for sample in range(run.samples):
            for system in experiment.systems:
                yield Trial(run.id, system, item, sample)
