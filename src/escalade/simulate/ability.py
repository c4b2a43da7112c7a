"""From ability to the chance of being right, and from a target accuracy back to ability.

The model is the two-parameter normal ogive of item response theory with one common factor (a Gaussian copula): the
model is right where slope * (ability - difficulty) exceeds its luck, and a share `shared` of the luck's variance is
the item's own, common to all models.
"""

import difflib
import math
from collections.abc import Iterable, Sequence

from escalade.core.errors import ConfigError
from escalade.simulate.draws import Draws, normal_cdf, normal_quantile
from escalade.simulate.skill import SimulatedModel
from escalade.simulate.world import Latent, World

_FURTHEST = 40.0
"""No ability is further from 0: beyond it every chance is 0 or 1 in floating point."""
_HALVINGS = 60


class Abilities:
    """One model's ability on every topic of one world."""

    def __init__(self, world: World, model: SimulatedModel) -> None:
        """Solves target accuracies. Raises ConfigError for a misspelt topic, and where a target cannot be reached."""
        self._world = world
        self._model = model
        self._skill = model.skill
        self._check_topics([*self._skill.ability_by_topic, *self._skill.accuracy_by_topic])
        self._by_topic = dict(self._skill.ability_by_topic)
        for topic, target in self._skill.accuracy_by_topic.items():
            self._by_topic[topic] = self._solve(target, self._latents(only=topic), offsets=False)
        self._overall = self._skill.ability
        if self._skill.accuracy is not None:
            self._overall = self._solve(self._skill.accuracy, self._latents(), offsets=True)

    def ability(self, topic: str) -> float:
        """In units of item difficulty."""
        own = self._by_topic.get(topic)
        return self._overall + self._offset(topic) if own is None else own

    def chance(self, latent: Latent) -> float:
        """The probability of knowing the right answer to this very item."""
        return self._chance(self.ability(latent.topic), latent)

    def margin(self, latent: Latent) -> float:
        """What the model's luck on the item must stay below for a right answer."""
        return self._skill.slope * (self.ability(latent.topic) - latent.difficulty)

    def _check_topics(self, said: Sequence[str]) -> None:
        """Refuses a topic that is spelt almost like one of the world; others may be those of another task."""
        if not said:
            return
        there = {topic.casefold(): topic for topic in map(self._world.topic, self._world.items.values())}
        for topic in said:
            near = difflib.get_close_matches(topic.casefold(), there, n=1, cutoff=0.8)
            if near and topic not in there.values() and there[near[0]] not in said:
                raise ConfigError(
                    f"the simulated model {self._model.name!r} has a skill on the topic {topic!r}, of which nothing is"
                    " asked",
                    hint=f"did you mean {there[near[0]]!r}?",
                )

    def _chance(self, ability: float, latent: Latent) -> float:
        margin = self._skill.slope * (ability - latent.difficulty) - math.sqrt(self._skill.shared) * latent.luck
        own = math.sqrt(1.0 - self._skill.shared)
        return normal_cdf(margin / own) if own > 0 else float(margin > 0)

    def _offset(self, topic: str) -> float:
        spread = self._skill.topic_spread
        return spread * Draws(self._world.seed, self._model.name, "topic", topic).normal() if spread else 0.0

    def _latents(self, only: str | None = None) -> list[Latent]:
        """Those of the known items on the topic `only`, or on all topics without an ability of their own."""
        latents = map(self._world.latent, self._world.items.values())
        if only is not None:
            return [latent for latent in latents if latent.topic == only]
        return [latent for latent in latents if latent.topic not in self._by_topic]

    def _solve(self, target: float, latents: Iterable[Latent], *, offsets: bool) -> float:
        readable = 1.0 - self._skill.format_failure
        if target > readable:
            raise ConfigError(
                f"the simulated model {self._model.name!r} cannot reach accuracy {target}: "
                f"{self._skill.format_failure} of its answers are unreadable",
                hint="lower `format_failure` or the target",
            )
        known = list(latents)
        target /= readable
        if not known:
            return self._solve_at_large(target)
        moves = {latent.topic: self._offset(latent.topic) if offsets else 0.0 for latent in known}
        low, high = -_FURTHEST, _FURTHEST
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            expected = sum(self._chance(middle + moves[latent.topic], latent) for latent in known) / len(known)
            low, high = (middle, high) if expected < target else (low, middle)
        return high

    def _solve_at_large(self, target: float) -> float:
        """For no known items: over the distribution that items are drawn from."""
        if target in (0.0, 1.0) or self._skill.slope == 0:
            return _FURTHEST * (1 if target > 0.5 else -1)
        slope, spread = self._skill.slope, self._world.difficulty_spread
        return normal_quantile(target) * math.sqrt(1 + (slope * spread) ** 2) / slope
