"""What is asked: messages, sampling, tools and the form of the final answer that a request expects.

Frozen values only. The gold answer of a benchmark item is no part of any of them.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, Literal, Self, get_args

import msgspec
from msgspec import Struct

from escalade.core.checked import choice, number, whole

Form = Literal["text", "phrase", "choice", "number", "expression", "json"]
Role = Literal["system", "user", "assistant", "tool"]


class ToolCall(Struct, frozen=True):
    """A model's wish to use a tool; `arguments` is JSON text exactly as the model wrote it."""

    id: str
    name: str
    arguments: str


class Message(Struct, frozen=True, omit_defaults=True):
    role: Role
    content: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None
    """On a `tool` message: which call it answers."""


class Tool(Struct, frozen=True):
    name: str
    description: str
    parameters: dict[str, Any]
    """A JSON Schema of the arguments."""


_CHECKED: dict[str, Callable[[Any], float]] = {
    "temperature": partial(number, name="sampling.temperature", least=0),
    "top_p": partial(number, name="sampling.top_p", above=0, most=1),
    "max_tokens": partial(whole, name="sampling.max_tokens", least=1),
    "seed": partial(whole, name="sampling.seed"),
    "frequency_penalty": partial(number, name="sampling.frequency_penalty"),
    "presence_penalty": partial(number, name="sampling.presence_penalty"),
}


class Sampling(Struct, frozen=True, omit_defaults=True):
    """How to draw an answer. `None` means "not said": a model's own setting, then the server's, applies.

    Raises TypeError for what is no number or no tuple of texts, ConfigError for a number out of range.
    """

    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    """The most output tokens, reasoning included. A leaf always sends one, since it bounds the price."""
    stop: tuple[str, ...] = ()
    seed: int | None = None
    """Sample number n is sent seed + n, so that repeated samples differ."""
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    reasoning_effort: str | None = None
    extra: dict[str, Any] = {}
    """Further fields of the request body, sent as they are (`top_k`, `provider`, ...)."""

    def __post_init__(self) -> None:
        """Numbers are kept as floats or ints, as their field says: 0 and 0.0 are one temperature."""
        for name, checked in _CHECKED.items():
            if (given := getattr(self, name)) is not None:
                msgspec.structs.force_setattr(self, name, checked(given))
        if isinstance(self.stop, str):
            raise TypeError(f"stop is a tuple of texts, such as ({self.stop!r},)")
        msgspec.structs.force_setattr(self, "stop", tuple(self.stop))

    def over(self, default: "Sampling") -> "Sampling":
        """These settings where said, `default`'s elsewhere."""
        said = {f: getattr(self, f) for f in self.__struct_fields__ if getattr(self, f) not in (None, (), {})}
        if "extra" in said:
            said["extra"] = default.extra | self.extra
        return msgspec.structs.replace(default, **said)


class Expects(Struct, frozen=True, omit_defaults=True):
    """The form of the final answer and how it is marked in the text; readers are in `escalade.answers`.

    Raises ConfigError for a form that there is not, TypeError for one that is no text.
    """

    form: Form = "text"
    """`text`: the whole reply is the answer; `phrase`: a few words that it declares, or its last line."""
    choices: tuple[str, ...] = ()
    """For `choice`: the letters on offer, such as ("A", "B", "C")."""
    json_schema: dict[str, Any] | None = None
    """For `json`: the schema that the answer must satisfy."""

    def __post_init__(self) -> None:
        choice(self.form, "form of answer", get_args(Form))


class Request(Struct, frozen=True, omit_defaults=True):
    messages: tuple[Message, ...]
    sampling: Sampling = Sampling()
    tools: tuple[Tool, ...] = ()
    response_schema: dict[str, Any] | None = None
    """Ask for JSON by this schema where the endpoint offers it; the prompt must ask for it too."""
    expects: Expects = Expects()
    item: str = ""
    """The id of the benchmark item that this is about, "" outside a benchmark."""
    labels: dict[str, str] = {}
    """Public labels of the item, such as its category. Never the gold answer."""
    sample: int = 0
    """Which of many independent answers to the same words is wanted; part of the journal's key."""

    @classmethod
    def of(cls, question: str, *, system: str | None = None, expects: Expects | None = None) -> "Request":
        messages: tuple[Message, ...] = (Message("user", question),)
        if system:
            messages = (Message("system", system), *messages)
        return cls(messages, expects=expects or Expects())

    def also(self, role: Role, content: str) -> Self:
        """The same request with one more message at the end."""
        return msgspec.structs.replace(self, messages=(*self.messages, Message(role, content)))

    def saying(self, content: str) -> Self:
        """The same request with its last user message replaced, or one added where there is none.

        Whatever was said before and after it stays, such as what tools answered.
        """
        last = max((i for i, m in enumerate(self.messages) if m.role == "user"), default=len(self.messages))
        messages = (*self.messages[:last], Message("user", content), *self.messages[last + 1 :])
        return msgspec.structs.replace(self, messages=messages)

    def sampled(self, index: int, of: int) -> Self:
        """The `index`-th of `of` independent samples of this request; sample 0 of sample 0 is the request itself."""
        return msgspec.structs.replace(self, sample=self.sample * of + index)

    @property
    def asked(self) -> str:
        """The last user message, which `saying` replaces; "" where there is none."""
        return next((m.content for m in reversed(self.messages) if m.role == "user"), "")

    @property
    def question(self) -> str:
        """What is being asked, for a reader who was not there: the last user message, after the earlier turns."""
        turns = [m for m in self.messages if m.role in ("user", "assistant") and m.content]
        if len(turns) == 1:
            return turns[0].content
        said = {"user": "User", "assistant": "Assistant"}
        return "\n\n".join(f"{said[m.role]}: {m.content}" for m in turns)
