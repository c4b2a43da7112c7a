"""Families of models: whether a judge is kin to a contestant or to the baseline, since judges favour their own.

By the names under which providers sell them; a name that is not recognised has no family, and two models of one name
are kin whatever it is. A flag is a warning and changes no figure.
"""

import re
from collections.abc import Iterable, Mapping

import msgspec
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
    """A judge and a contestant, or the baseline, of one family."""

    system: str
    judge: str
    model: str
    """The contestant's model that is kin to the judge."""
    family: str
    is_baseline: bool = False
    """True where `system` is what all contestants were set against."""


class Cast(Struct, frozen=True):
    """Who took part, by the models' ids: in systems, and as judges by their names."""

    systems: dict[str, set[str]]
    judges: dict[str, set[str]]
    baselines: dict[str, set[str]]
    """The models' ids, and the name itself, which is all that a file of answers tells."""
    providers: set[str]

    @classmethod
    def empty(cls) -> "Cast":
        return cls({}, {}, {}, set())

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
        if record.grade and record.grade.battle:
            name = record.grade.battle.baseline
            gave = {call.asked or call.model for call in record.grading if call.role == "baseline"}
            self.baselines.setdefault(name, {name}).update(gave)

    def kinships(self, judges: Iterable[str]) -> list[Kinship]:
        """Who is kin to one of these judges: contestants first, then baselines."""
        ruling = {name: self.judges[name] for name in judges if name in self.judges}
        of_baseline = (msgspec.structs.replace(one, is_baseline=True) for one in kin(self.baselines, ruling))
        return [*kin(self.systems, ruling), *of_baseline]


def family(model: str) -> str | None:
    """Who makes it, by its name; the first that is recognised, so that a distilled model is its student's."""
    name = model.rpartition("/")[2].lower()
    matches = [(match.start(), -match.end(), maker) for maker, p in _PATTERNS.items() if (match := p.search(name))]
    return max(matches)[2] if matches and "distill" in name else min(matches)[2] if matches else None


def kin(systems: Mapping[str, Iterable[str]], judges: Mapping[str, Iterable[str]]) -> list[Kinship]:
    """Every pair of a contestant's and a judge's model that are of one family, in order."""
    kinships = set()
    for system, models in systems.items():
        for model in models:
            for judge, ids in judges.items():
                for other in ids:
                    shared = family(model)
                    if shared is not None and shared == family(other):
                        kinships.add(Kinship(system, judge, model, shared))
                    elif model == other:
                        kinships.add(Kinship(system, judge, model, model))
    return sorted(kinships)
