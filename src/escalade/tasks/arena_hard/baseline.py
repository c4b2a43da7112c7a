"""The baseline: whose answers the contestants are measured against, from a file of answers or from a model.

A model's answers are asked for on the grading account when they are needed, and found in the journal from then on:
where the baseline is a system of the same run, its answers are paid for once.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from escalade.core.errors import ConfigError, DataError, Failure
from escalade.core.ids import fingerprint
from escalade.ledger.span import Span
from escalade.models.protocol import Model, ask
from escalade.models.structure import Worst, is_simulated, structure_of, worst_of
from escalade.tasks.arena_hard.answers import Answer, Answers, read_answers
from escalade.tasks.arena_hard.questions import category_of, kind_of
from escalade.tasks.fetch import USUAL, DataFiles, Published, sha256_of
from escalade.tasks.protocol import Item


class Baseline(Protocol):
    async def prepare(self) -> None:
        """Read what is to be read. Raises DataError."""
        ...

    @property
    def simulated(self) -> bool: ...

    @property
    def identity(self) -> str:
        """Names the answers; may be asked for before `prepare`."""
        ...

    async def answer(self, item: Item, span: Span) -> Answer | Failure: ...

    def worst(self, item: Item) -> Worst:
        """The worst case of getting one answer; `output` bounds its tokens."""
        ...


class FromFile:
    """Answers that were given earlier, in a file of the official form: `path`, else where the published file lies."""

    simulated = False

    def __init__(
        self, path: Path | None = None, published: Published | None = None, *, files: DataFiles = USUAL
    ) -> None:
        if path is None and published is None:
            raise ConfigError("neither a path nor a published file is named")
        self._path = path
        self._published = published
        self._files = files
        self._answers: Answers | None = None

    async def prepare(self) -> None:
        if self._answers is None:
            path = await self._files.obtain(self._published, self._path) if self._published else self._path
            assert path is not None
            self._answers = read_answers(path)

    @property
    def identity(self) -> str:
        if self._path is not None:
            return sha256_of(self._path) if self._path.is_file() else str(self._path)
        assert self._published is not None
        return self._published.sha256

    async def answer(self, item: Item, span: Span) -> Answer | Failure:  # noqa: ARG002  (nobody is asked)
        await self.prepare()
        assert self._answers is not None
        try:
            return self._answers.of(item.id)
        except DataError as error:
            return Failure(error)

    def worst(self, item: Item) -> Worst:
        if self._answers is None:
            return Worst(0, None)
        found = self._answers.by_item.get(item.id)
        return Worst(output=len(found.text.encode()) if found else 0)


class FromModel:
    """Answers that a model or system of ours gives, one to each question; only to questions of a single turn."""

    def __init__(self, model: Model) -> None:
        self._model = model

    async def prepare(self) -> None:
        """Nothing is read."""

    @property
    def simulated(self) -> bool:
        return is_simulated(structure_of(self._model))

    @property
    def identity(self) -> str:
        return structure_of(self._model).fingerprint

    async def answer(self, item: Item, span: Span) -> Answer | Failure:
        if len(item.turns) > 1:
            several = f"question {item.id} has several turns: the baseline's answers must come from a file"
            return Failure(ConfigError(several))
        outcome = await ask(self._model, item.request(), span, "baseline")
        return outcome if isinstance(outcome, Failure) else Answer(item.id, self._model.name, outcome.text)

    def worst(self, item: Item) -> Worst:
        return worst_of(self._model, sum(len(text.encode()) for text in (item.system, *item.turns)))


class Baselines:
    """One baseline for each category, `chosen` before the official ones; the key "" is for every category."""

    def __init__(self, chosen: Mapping[str, Baseline] | None = None, *, files: DataFiles = USUAL) -> None:
        """`files` says where the official answers are looked for."""
        self._by_category = dict(chosen or {})
        self._files = files

    def of(self, category: str) -> Baseline:
        """Raises ConfigError where there is none."""
        if category not in self._by_category:
            self._by_category[category] = self._by_category.get("") or _official(category, self._files)
        return self._by_category[category]

    @property
    def simulated(self) -> bool:
        """Whether any that was chosen is; the official ones are answers of real models."""
        return any(baseline.simulated for baseline in self._by_category.values())

    def fingerprint(self, categories: list[str]) -> str:
        return fingerprint({category: self.of(category).identity for category in categories})

    async def answer(self, item: Item, span: Span) -> Answer | Failure:
        return await self.of(category_of(item)).answer(item, span)

    def worst(self, item: Item) -> Worst:
        return self.of(category_of(item)).worst(item)


def _official(category: str, files: DataFiles) -> Baseline:
    published = kind_of(category).baseline
    if published is None:
        raise ConfigError(
            f"the category {category!r} has no official baseline", hint="give `baseline` a file of answers or a model"
        )
    return FromFile(published=published, files=files)
