"""Dividing a task's items into train, selection and test: seeded, disjoint, asserted, and said in every name.

What a search looks at must not be what its winner is reported on. Items are drawn by a hash of seed and id, whatever
their order; without another source, all three parts come from the task itself, and what remains is `test`. Items with
the same words are one question: those that an earlier part has are left out of the later ones, and counted.
"""

from collections.abc import Sequence
from typing import Any, Literal, get_args

from msgspec import Struct

from escalade.core.errors import ConfigError
from escalade.core.grade import Grade
from escalade.core.ids import digest, fingerprint
from escalade.core.reply import Reply
from escalade.ledger.span import Span
from escalade.tasks.protocol import Item, Task

PartName = Literal["train", "selection", "test"]
PARTS: tuple[PartName, ...] = get_args(PartName)


class Shares(Struct, frozen=True, kw_only=True):
    """How many items a search may look at."""

    train: int = 100
    selection: int = 100
    seed: int = 0


class Division:
    """A task in three parts. `source` is another task to draw train and selection items from: `test` is then whole."""

    def __init__(self, task: Task, shares: Shares, source: Task | None = None) -> None:
        self.task = task
        self.shares = shares
        self.source = source
        self.left_out = 0
        """Items whose words an earlier part has already."""
        self._parts: dict[PartName, list[Item]] = {}
        self._everything: list[Item] = []
        self._sizes: dict[PartName, int] = {}

    async def items(self, part: PartName) -> Sequence[Item]:
        """The items of a part; `test` in the publisher's order. Raises ConfigError where nothing is left for it."""
        if not self._parts:
            self._divide(await self.task.items(), await self.source.items() if self.source else ())
        return self._parts[part]

    async def everything(self) -> Sequence[Item]:
        """The items of all parts and those left out, each id once: what a simulated world must know."""
        await self.items("test")
        return self._everything

    def part(self, name: PartName, *, stays_open: bool = False) -> "ItemPart":
        """A part as a task. One that `stays_open` leaves its worker processes to the rounds that follow."""
        return ItemPart(self, name, stays_open=stays_open)

    def origin(self, part: PartName) -> Task:
        """The task that a part's items are of: it grades them."""
        return self.source if self.source is not None and part != "test" else self.task

    def described(self, part: PartName, limit: int = 0) -> str:
        """The part's name, with its size as far as it is known; `limit` is how many of its items are drawn, 0 all."""
        name = f"{self.origin(part).name}: {part}"
        if not self._parts:
            return name
        size, whole = len(self._parts[part]), self._sizes[part]
        if 0 < limit < size:
            return f"{name}, {limit} drawn of {size} held out (of {whole})"
        return f"{name}, {size} of {whole} items"

    async def close(self) -> None:
        await self.task.close()
        if self.source is not None:
            await self.source.close()

    def _divide(self, task: Sequence[Item], source: Sequence[Item]) -> None:
        shares, tested = self.shares, {words(item) for item in task}
        ids = {item.id for item in task}
        pool = [i for i in source if i.id not in ids and words(i) not in tested] if self.source else list(task)
        drawn = sorted(pool, key=lambda item: digest("division", str(shares.seed), item.id))
        train = drawn[: shares.train]
        seen = {words(item) for item in train}
        later = [item for item in drawn[shares.train :] if words(item) not in seen]
        selection = later[: shares.selection]
        seen |= {words(item) for item in selection}
        chosen = {item.id for item in (*train, *selection)}
        test = [item for item in task if item.id not in chosen and words(item) not in seen]
        if len(train) < shares.train or len(selection) < shares.selection or not test:
            raise self._too_few(len(pool))
        self._parts = {"train": train, "selection": selection, "test": test}
        _assert_disjoint(self._parts)
        self._everything = list({item.id: item for item in (*source, *task)}.values())
        self._sizes = {"train": len(pool), "selection": len(pool), "test": len(task)}
        self.left_out = len(task) - len(test) - (0 if self.source else len(chosen))

    def _too_few(self, pool: int) -> ConfigError:
        shares = self.shares
        whose = self.origin("train").name
        return ConfigError(
            f"{whose} has {pool} items to draw {shares.train} train and {shares.selection} selection items from"
            + ("" if self.source else ", and a held-out one at least must remain"),
            hint="lower `train_items` or `selection_items`, or name another task to draw them from under `train`",
        )


class ItemPart:
    """One part of a divided task, as a task."""

    def __init__(self, division: Division, part: PartName, *, stays_open: bool = False) -> None:
        self.division = division
        self._part: PartName = part
        self._stays_open = stays_open

    @property
    def name(self) -> str:
        return self.division.described(self._part)

    @property
    def fingerprint(self) -> str:
        source = self.division.source
        drawn: list[Any] = [self._part, self.division.shares, source.fingerprint if source else ""]
        return fingerprint([self.division.task.fingerprint, drawn])

    @property
    def metric(self) -> str:
        return self._origin.metric

    @property
    def grades_steps(self) -> bool:
        return self._origin.grades_steps

    @property
    def redacted(self) -> bool:
        return self._origin.redacted

    async def items(self) -> Sequence[Item]:
        return await self.division.items(self._part)

    async def grade(self, item: Item, reply: Reply, span: Span) -> Grade:
        return await self._origin.grade(item, reply, span)

    async def close(self) -> None:
        if not self._stays_open:
            await self.division.close()

    @property
    def _origin(self) -> Task:
        return self.division.origin(self._part)


def words(item: Item) -> str:
    """What an item asks, without regard to spacing: two items with the same words are one question."""
    return "".join("\n".join((item.system, *item.turns)).split())


def _assert_disjoint(parts: dict[PartName, list[Item]]) -> None:
    for naming in (words, _id):
        names = [{naming(item) for item in items} for items in parts.values()]
        assert len(set().union(*names)) == sum(map(len, names)), "two parts of a division share an item"


def _id(item: Item) -> str:
    return item.id
