"""Trials of systems on a task: bounded, resumable, within a budget. Knows nothing but Models."""

from escalade.experiment.figures import summary_of
from escalade.experiment.fitting import Alone, Halves, alone, halves
from escalade.experiment.outcome import RunOutcome
from escalade.experiment.plan import Experiment
from escalade.experiment.run import Runner
from escalade.experiment.watcher import Watcher

__all__ = ["Alone", "Experiment", "Halves", "RunOutcome", "Runner", "Watcher", "alone", "halves", "summary_of"]
