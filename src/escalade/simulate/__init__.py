"""The simulated world: models and judges with skill that need no key, and a server with faults that keeps a bill.

`server` is not imported here, so that worlds in process never load the web framework.
"""

from escalade.simulate.backend import SimulatedBackend
from escalade.simulate.mind import Mind
from escalade.simulate.population import POPULATIONS, population
from escalade.simulate.questions import demo_questions
from escalade.simulate.skill import Acting, Judging, Pace, SimulatedModel, Skill
from escalade.simulate.world import KnownItem, World

__all__ = [
    "POPULATIONS",
    "Acting",
    "Judging",
    "KnownItem",
    "Mind",
    "Pace",
    "SimulatedBackend",
    "SimulatedModel",
    "Skill",
    "World",
    "demo_questions",
    "population",
]
