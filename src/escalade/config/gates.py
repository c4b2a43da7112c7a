"""The gates that a config can describe: one class a kind, whose first key is its name.

A plug-in's class comes by the entry point `escalade.gates`.
"""

import importlib
from typing import TYPE_CHECKING, Any

from pydantic import Field, field_validator

from escalade.answers import trouble_with
from escalade.config.deciders import DecidedSpec, words
from escalade.config.problems import Path, Spec, dotted
from escalade.config.strategies import GateRef, SystemRef
from escalade.core.errors import ConfigError
from escalade.gates import Agree, Check, Combined, Gate, Judge, matches, satisfies

if TYPE_CHECKING:
    from escalade.config.build import Builder


class JudgeSpec(Spec):
    """A model scores the answer from 0 to 1."""

    judge: SystemRef = Field(description="who judges")
    at_least: float = Field(0.9, ge=0, le=1, description="the lowest score that is accepted")
    strictness: str | None = Field(None, description="medium_strict, strict, very_strict or a file")

    def build(self, builder: "Builder", path: Path) -> Gate:
        return Judge(
            builder.system(self.judge, (*path, "judge")),
            self.at_least,
            prompt=builder.prompt("judge"),
            again=builder.prompt("judge_again"),
            strictness=words("judging", self.strictness, builder, (*path, "strictness")),
        )


class AgreeSpec(Spec):
    """Enough members of a vote gave the same answer."""

    agree: float = Field(description="the smallest share of the members that is accepted", gt=0, le=1)

    def build(self, builder: "Builder", path: Path) -> Gate:  # noqa: ARG002  (the signature of every kind)
        return Agree(self.agree)


class RegexSpec(Spec):
    """A regular expression is found in the answer."""

    regex: str = Field(description="a Python regular expression")

    @field_validator("regex")
    @classmethod
    def _compiles(cls, value: str) -> str:
        if trouble := trouble_with(value):
            raise ValueError(trouble)
        return value

    def build(self, builder: "Builder", path: Path) -> Gate:  # noqa: ARG002  (the signature of every kind)
        return matches(self.regex)


class JsonSpec(Spec):
    """The answer holds JSON that satisfies a schema."""

    json_schema: dict[str, Any] = Field(description="a JSON Schema")

    @field_validator("json_schema")
    @classmethod
    def _is_a_schema(cls, value: dict[str, Any]) -> dict[str, Any]:
        try:
            satisfies(value)
        except ConfigError as error:
            raise ValueError(str(error)) from error
        return value

    def build(self, builder: "Builder", path: Path) -> Gate:  # noqa: ARG002  (the signature of every kind)
        return satisfies(self.json_schema)


class FunctionSpec(Spec):
    """A Python function looks at the answer's text and returns None, or what is wrong with it."""

    function: str = Field(description='"package.module:name"', pattern=r"^[\w.]+:\w+$")

    def build(self, builder: "Builder", path: Path) -> Gate:  # noqa: ARG002  (the signature of every kind)
        module, _, name = self.function.partition(":")
        try:
            test = getattr(importlib.import_module(module), name)
        except Exception as error:  # a user's module may raise anything
            raise ConfigError(f"{dotted(path)}.function: cannot import {self.function}: {error}") from error
        if not callable(test):
            raise ConfigError(f"{dotted(path)}.function: {self.function} is no function")
        return Check(test, name, identity=self.function)


class AllSpec(Spec):
    """Every one of the gates must accept; asked in order, the first rejection ends it."""

    all: list[GateRef] = Field(min_length=1)

    def build(self, builder: "Builder", path: Path) -> Gate:
        gates = [builder.gate(gate, (*path, "all", place)) for place, gate in enumerate(self.all)]
        return Combined(gates, all_must=True)


class AnySpec(Spec):
    """One of the gates must accept; asked in order, the first acceptance ends it."""

    any: list[GateRef] = Field(min_length=1)

    def build(self, builder: "Builder", path: Path) -> Gate:
        gates = [builder.gate(gate, (*path, "any", place)) for place, gate in enumerate(self.any)]
        return Combined(gates, all_must=False)


GATES: dict[str, type[Any]] = {
    "judge": JudgeSpec,
    "agree": AgreeSpec,
    "regex": RegexSpec,
    "json_schema": JsonSpec,
    "function": FunctionSpec,
    "all": AllSpec,
    "any": AnySpec,
    "decided": DecidedSpec,
}
