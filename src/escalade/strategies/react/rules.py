"""Rules: how an agent goes about a question. Values only."""

from typing import Literal, get_args

import msgspec
from msgspec import Struct

from escalade.core.checked import choice, whole
from escalade.prompts import Template, template

MOST_STEPS = 15
Speech = Literal["text", "native"]


class ReactPrompts(Struct, frozen=True):
    """The words that a head is given."""

    text: Template = msgspec.field(default_factory=lambda: template("react"))
    native: Template = msgspec.field(default_factory=lambda: template("react_native"))
    correction: Template = msgspec.field(default_factory=lambda: template("react_correction"))


class Rules(Struct, frozen=True, kw_only=True):
    protocol: Speech = "text"
    """How the head asks: in labelled text, or by native tool calls where its endpoint has them."""
    use_all: bool = True
    """A final answer counts only after every tool was asked."""
    steps: int = MOST_STEPS
    """Turns of the head at most, corrected ones included."""
    corrections: int = 3
    """How often a turn that cannot be followed is sent back; the next one ends the conversation."""
    prompts: ReactPrompts = msgspec.field(default_factory=ReactPrompts)

    def __post_init__(self) -> None:
        choice(self.protocol, "protocol", get_args(Speech))
        whole(self.steps, "steps", 2, MOST_STEPS)
        whole(self.corrections, "corrections", 0)

    @property
    def prompt(self) -> Template:
        """The words that open the conversation."""
        return self.prompts.text if self.protocol == "text" else self.prompts.native

    @property
    def duty(self) -> str:
        return "Ask every tool at least once before you answer." if self.use_all else "Ask as many tools as you need."
