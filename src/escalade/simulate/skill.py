"""What a simulated model is: its skill, its manner of judging and of using tools, its pace and its price.

Values only. Shares and probabilities are between 0 and 1; anything else is refused when the value is made.
docs/simulation.md has the formulas in which these parameters stand.
"""

from collections.abc import Iterable
from decimal import Decimal

from msgspec import Struct

from escalade.core.errors import ConfigError


def _check_shares(owner: Struct, names: Iterable[str]) -> None:
    for name in names:
        value = getattr(owner, name)
        if value is not None and not 0 <= value <= 1:
            raise ConfigError(
                f"{type(owner).__name__}.{name} is {value}", hint="give a probability or share between 0 and 1"
            )


def _check_not_negative(owner: Struct, names: Iterable[str]) -> None:
    for name in names:
        value = getattr(owner, name)
        if value < 0:
            raise ConfigError(f"{type(owner).__name__}.{name} is {value}", hint="give a value of at least 0")


class Skill(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """How often a model is right, with whom it is wrong, and what it does with others' opinions."""

    ability: float = 0.0
    """In the units of item difficulty, whose mean is 0. Used where no accuracy is asked for."""
    ability_by_topic: dict[str, float] = {}
    """Instead of `ability`, on these topics."""
    accuracy: float | None = None
    """Target share of right and readable answers over the world's items; the ability is solved from it."""
    accuracy_by_topic: dict[str, float] = {}
    """Targets on single topics; `accuracy` or `ability` then governs the others."""
    slope: float = 1.0
    """How sharply the chance of being right falls with difficulty (the discrimination of item response theory)."""
    topic_spread: float = 0.3
    """Standard deviation, in units of difficulty, of the model's private strengths and weaknesses by topic."""
    shared: float = 0.3
    """Share of the variance of its luck on an item that all models have in common: 1 makes them fail together."""
    steadiness: float = 0.5
    """Share of the rest of that variance which its own samples on one item have in common."""
    lure: float = 0.7
    """Probability that a wrong answer is the item's common wrong answer and not another one."""
    calibration: float = 0.5
    """1: states its true chance of being right as its confidence; 0: always states 0.9; linear between."""
    sycophancy: float = 0.3
    """Probability of giving up its own answer for another one that most of the shown answers give."""
    mend: float = 0.3
    """Probability that feedback on a wrong answer leads straight to the right one."""
    spoil: float = 0.05
    """Probability that feedback on a right answer leads to a wrong one."""
    format_failure: float = 0.02
    """Probability of an answer without a readable final answer."""

    def __post_init__(self) -> None:
        shares = ("accuracy", "shared", "steadiness", "lure", "calibration", "sycophancy")
        _check_shares(self, (*shares, "mend", "spoil", "format_failure"))
        _check_not_negative(self, ("slope", "topic_spread"))
        for topic, target in self.accuracy_by_topic.items():
            if not 0 <= target <= 1:
                raise ConfigError(f"Skill.accuracy_by_topic[{topic!r}] is {target}", hint="give a share from 0 to 1")


class Judging(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """How a model judges answers. At any threshold between `reject_below` and `accept_from` it accepts at its rates."""

    true_accept: float = 0.9
    """Probability of accepting a right answer."""
    false_accept: float = 0.2
    """Probability of accepting a wrong answer."""
    accept_from: float = 0.95
    """Accepted answers score uniformly between this and 1, before noise."""
    reject_below: float = 0.6
    """Rejected answers score uniformly between 0 and this, before noise."""
    score_noise: float = 0.0
    """Standard deviation, in score points, of normal noise on every score; scores stay between 0 and 1."""
    unparseable: float = 0.01
    """Probability of a verdict in prose from which no score or label can be read."""
    fenced: float = 0.3
    """Probability of putting the JSON in a code fence."""
    position_bias: float = 0.1
    """Probability of preferring the answer shown first, whatever the answers say."""
    verbosity_bias: float = 0.0
    """Score points that an answer gains, in a pairwise comparison, per doubling of its length over the other's."""

    def __post_init__(self) -> None:
        shares = ("true_accept", "false_accept", "accept_from", "reject_below", "unparseable", "fenced")
        _check_shares(self, (*shares, "position_bias"))
        _check_not_negative(self, ("score_noise",))


class Acting(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """How a model uses tools."""

    malformed: float = 0.03
    """Probability that a step cannot be followed: no input, an unknown tool, arguments that are no JSON."""
    hallucinated: float = 0.03
    """Probability that a text step goes on to invent the observation and a final answer from it."""
    hasty: float = 0.1
    """Probability, at each step after the first, of answering before every tool was used."""

    def __post_init__(self) -> None:
        _check_shares(self, ("malformed", "hallucinated", "hasty"))


class Pace(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """How much a model writes and how long it takes; both are log-normal."""

    tokens: float = 120.0
    """Mean output tokens of an answer, reasoning included (4 characters each)."""
    token_spread: float = 0.4
    """Standard deviation of the output tokens, as a share of their mean."""
    reasoning_share: float = 0.0
    """Share of the output tokens that is hidden reasoning: billed and counted, not in the text."""
    latency_s: float = 2.0
    """Mean seconds to answer; slept only in real time."""
    latency_spread: float = 0.3
    """Standard deviation of the latency, as a share of its mean."""

    def __post_init__(self) -> None:
        _check_shares(self, ("reasoning_share",))
        _check_not_negative(self, ("tokens", "token_spread", "latency_s", "latency_spread"))


class SimulatedModel(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One simulated model. Its name seeds its draws: two models that differ in name alone err independently."""

    name: str
    skill: Skill = Skill()
    judging: Judging = Judging()
    acting: Acting = Acting()
    pace: Pace = Pace()
    input_price: Decimal = Decimal("0.10")
    """USD per million input tokens."""
    output_price: Decimal = Decimal("0.40")
    """USD per million output tokens, reasoning included."""

    def __post_init__(self) -> None:
        if not self.name:
            raise ConfigError("a simulated model has no name", hint="give it one: its draws are seeded by it")
        _check_not_negative(self, ("input_price", "output_price"))
