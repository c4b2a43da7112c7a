"""Ready populations, each made to show one thing. Plausible, invented, and no evidence about any real model."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

import msgspec

from escalade.core.errors import ConfigError
from escalade.simulate.skill import Acting, Judging, Pace, SimulatedModel, Skill

_JUDGE = SimulatedModel(
    name="judge",
    skill=Skill(accuracy=0.62),
    judging=Judging(true_accept=0.93, false_accept=0.12),
    pace=Pace(tokens=60, latency_s=1.0),
    input_price=Decimal("0.10"),
    output_price=Decimal("0.40"),
)

LADDER = (
    SimulatedModel(
        name="small",
        skill=Skill(accuracy=0.45, shared=0.35, calibration=0.3, sycophancy=0.4, mend=0.2, format_failure=0.03),
        acting=Acting(malformed=0.06, hallucinated=0.06),
        pace=Pace(tokens=160, latency_s=1.2),
        input_price=Decimal("0.05"),
        output_price=Decimal("0.20"),
    ),
    SimulatedModel(
        name="medium",
        skill=Skill(accuracy=0.62, shared=0.35, calibration=0.5, mend=0.3),
        pace=Pace(tokens=220, latency_s=2.5),
        input_price=Decimal("0.40"),
        output_price=Decimal("1.60"),
    ),
    SimulatedModel(
        name="large",
        skill=Skill(accuracy=0.70, shared=0.35, calibration=0.7, sycophancy=0.2, mend=0.4, format_failure=0.01),
        acting=Acting(malformed=0.01, hallucinated=0.01),
        pace=Pace(tokens=400, reasoning_share=0.4, latency_s=6.0),
        input_price=Decimal("2.50"),
        output_price=Decimal("10.00"),
    ),
    _JUDGE,
)
"""Three models of rising skill and price whose errors overlap in part, and a judge: cascades pay."""

DOMINANT = (
    SimulatedModel(
        name="cheap_and_best",
        skill=Skill(accuracy=0.78, shared=0.8, mend=0.05, spoil=0.15, format_failure=0.01),
        pace=Pace(tokens=150, latency_s=1.5),
        input_price=Decimal("0.15"),
        output_price=Decimal("0.60"),
    ),
    SimulatedModel(
        name="older",
        skill=Skill(accuracy=0.55, shared=0.8, mend=0.05, spoil=0.15),
        pace=Pace(tokens=200, latency_s=3.0),
        input_price=Decimal("1.00"),
        output_price=Decimal("4.00"),
    ),
    SimulatedModel(
        name="grand",
        skill=Skill(accuracy=0.66, shared=0.8, mend=0.05, spoil=0.15),
        pace=Pace(tokens=450, latency_s=7.0),
        input_price=Decimal("3.00"),
        output_price=Decimal("15.00"),
    ),
    msgspec.structs.replace(_JUDGE, judging=Judging(true_accept=0.75, false_accept=0.65)),
)
"""The cheapest model is the best, errors overlap much, feedback mends little and the judge tells right from wrong
poorly: no way of combining the models beats the one alone.
"""

JUDGES = (
    SimulatedModel(name="strict", judging=Judging(true_accept=0.75, false_accept=0.03), pace=Pace(tokens=60)),
    SimulatedModel(name="lenient", judging=Judging(true_accept=0.98, false_accept=0.55), pace=Pace(tokens=60)),
    SimulatedModel(name="noisy", judging=Judging(score_noise=0.25, unparseable=0.1), pace=Pace(tokens=60)),
    SimulatedModel(name="biased", judging=Judging(position_bias=0.5, verbosity_bias=0.15), pace=Pace(tokens=60)),
)
"""Judges that err each in its own way."""

POPULATIONS: Mapping[str, tuple[SimulatedModel, ...]] = MappingProxyType(
    {"ladder": LADDER, "dominant": DOMINANT, "judges": JUDGES}
)


def population(name: str) -> tuple[SimulatedModel, ...]:
    """The models of a ready population. Raises ConfigError for an unknown name."""
    if name not in POPULATIONS:
        raise ConfigError(f"there is no population named {name!r}", hint=f"there are: {', '.join(POPULATIONS)}")
    return POPULATIONS[name]
