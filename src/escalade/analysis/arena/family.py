"""Families of models: whether a judge and a contestant are kin, since judges favour their own.

By the names under which providers sell them; a name that is not recognised has no family, and two models of one name
are kin whatever it is. A flag is a warning and changes no figure.
"""

import re
from collections.abc import Iterable, Mapping

from msgspec import Struct

from escalade.store.record import Record

_FAMILIES = {
    "OpenAI": r"gpt|chatgpt|o1|o3|o4|davinci",
    "Anthropic": r"claude",
    "Google": r"gemini|gemma|palm",
    "Meta": r"llama",
    "Alibaba": r"qwen\d*|qwq|qvq",
    "DeepSeek": r"deepseek",
    "Mistral": r"mistral|mixtral|magistral|ministral|codestral|devstral|mathstral",
    "xAI": r"grok",
    "Microsoft": r"phi|wizardlm",
    "Cohere": r"command|aya",
    "Zhipu": r"glm|chatglm",
    "Moonshot": r"kimi|moonshot",
    "Amazon": r"nova|titan",
    "NVIDIA": r"nemotron",
    "MiniMax": r"minimax",
}
_PATTERNS = {name: re.compile(rf"(?<![a-z])(?:{words})(?![a-z])") for name, words in _FAMILIES.items()}


class Kinship(Struct, frozen=True, order=True):
    """A judge and a contestant of one family."""

    system: str
    judge: str
    model: str
    """The contestant's model that is kin to the judge."""
    family: str


class Cast(Struct, frozen=True):
    """Who took part, by the models' ids: in systems, and as judges by their names."""

    systems: dict[str, set[str]]
    judges: dict[str, set[str]]
    providers: set[str]

    @classmethod
    def empty(cls) -> "Cast":
        return cls({}, {}, set())

    @property
    def simulated(self) -> bool:
        """Whether any Call was answered by a simulated model."""
        return "simulated" in self.providers

    def add(self, record: Record) -> None:
        """Take in who answered and who judged in one trial. A system's own gates do not answer."""
        mine = self.systems.setdefault(record.system, set())
        mine |= {call.asked or call.model for call in record.calls if call.role != "gate"}
        self.providers.update(call.provider for call in (*record.calls, *record.grading))
        for call in record.grading:
            if call.role == "grader":
                self.judges.setdefault(call.model, set()).add(call.asked or call.model)


def family(model: str) -> str | None:
    """Who makes it, by its name; the first that is recognised, so that a distilled model is its student's."""
    name = model.rpartition("/")[2].lower()
    found = [(match.start(), -match.end(), maker) for maker, p in _PATTERNS.items() if (match := p.search(name))]
    return max(found)[2] if found and "distill" in name else min(found)[2] if found else None


def kin(systems: Mapping[str, Iterable[str]], judges: Mapping[str, Iterable[str]]) -> list[Kinship]:
    """Every pair of a contestant's and a judge's model that are of one family, in order."""
    found = set()
    for system, models in systems.items():
        for model in models:
            for judge, ids in judges.items():
                for other in ids:
                    shared = family(model)
                    if shared is not None and shared == family(other):
                        found.add(Kinship(system, judge, model, shared))
                    elif model == other:
                        found.add(Kinship(system, judge, model, model))
    return sorted(found)
