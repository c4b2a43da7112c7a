"""Trials of systems on a task: bounded, resumable, within a budget. Knows nothing but Models."""

from escalade.experiment.plan import Experiment
from escalade.experiment.run import Outcome, Runner, Watcher

__all__ = ["Experiment", "Outcome", "Runner", "Watcher"]
