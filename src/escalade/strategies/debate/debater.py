"""A debater: a model with a style and a sampling of its own.

The style is a system message, put before the request's own if it has one; it takes the place of one that the model has
by its configuration. `max_tokens` stays with the model, where the bound of the price rests on it.
"""

from collections.abc import Mapping, Sequence
from random import Random

import msgspec
from msgspec import Struct
from msgspec.structs import force_setattr

from escalade.core.checked import number
from escalade.core.errors import ConfigError
from escalade.core.messages import Message, Request, Sampling
from escalade.core.structure import Part, Structure
from escalade.models.given import checked
from escalade.models.protocol import Model
from escalade.models.structure import Worst, structure_of, worst_of
from escalade.prompts import Template, template


class TemperatureRange(Struct, frozen=True):
    """Where the temperature for items with one value of a label is drawn from, evenly, to two decimals."""

    low: float
    high: float

    def __post_init__(self) -> None:
        force_setattr(self, "low", number(self.low, "the low end of a range of temperatures", 0))
        force_setattr(self, "high", number(self.high, "the high end of a range of temperatures", self.low))


class Debater:
    """`model` in a debate. `style` is a bundled style's name (strict, very_strict, medium_strict) or a template.

    `temperatures` holds ranges by label and value, such as `{"category": {"hard_prompt": TemperatureRange(0.3, 0.7)}}`;
    what is drawn depends on the item and the place of the member alone. It goes before `sampling`.
    """

    def __init__(
        self,
        model: Model,
        *,
        style: Template | str | None = None,
        sampling: Sampling | None = None,
        temperatures: Mapping[str, Mapping[str, TemperatureRange]] | None = None,
    ) -> None:
        if sampling is not None and sampling.max_tokens is not None:
            raise ConfigError("a debater has no max_tokens of its own: set it at the model, whose price it bounds")
        self.model = checked(model, "a debater's model")
        self.name = model.name
        self.style = template(f"style_{style}") if isinstance(style, str) else style
        self.sampling = sampling or Sampling()
        self.temperatures = {label: dict(ranges) for label, ranges in (temperatures or {}).items()}

    def voice(self, request: Request, random: Random) -> Request:
        """`request` as this debater hears it."""
        sampling = self._drawn(request.labels, random).over(self.sampling)
        messages = request.messages
        if self.style is not None:
            own = [m.content for m in messages if m.role == "system"]
            system = Message("system", "\n\n".join([self.style.text, *own]))
            messages = (system, *(m for m in messages if m.role != "system"))
        return msgspec.structs.replace(request, messages=messages, sampling=sampling.over(request.sampling))

    def _drawn(self, labels: Mapping[str, str], random: Random) -> Sampling:
        for label, ranges in self.temperatures.items():
            if found := ranges.get(labels.get(label, "")):
                return Sampling(temperature=round(random.uniform(found.low, found.high), 2))
        return Sampling()

    def structure(self) -> Structure:
        """The model's own where nothing is added to it."""
        settings = {
            "style": self.style and self.style.name,
            "prompt": self.style and self.style.fingerprint,
            "sampling": self.sampling if self.sampling != Sampling() else None,
            "temperatures": {
                label: {value: [between.low, between.high] for value, between in ranges.items()}
                for label, ranges in self.temperatures.items()
            }
            or None,
        }
        said = {key: value for key, value in settings.items() if value is not None}
        model = structure_of(self.model)
        return Structure("debater", self.name, said, (Part("worker", model),)) if said else model

    def worst(self, prompt_tokens: int) -> Worst:
        return worst_of(self.model, prompt_tokens + (len(self.style.text.encode()) if self.style else 0))


def debaters(members: Sequence[Debater | Model]) -> list[Debater]:
    """The members as debaters; a plain model has neither style nor sampling of its own."""
    return [member if isinstance(member, Debater) else Debater(member) for member in members]
