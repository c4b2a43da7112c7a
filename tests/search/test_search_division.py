"""Train, selection and test: seeded, disjoint, and never two items with the same words apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalade.core.errors import ConfigError
from escalade.search import Division, Shares
from escalade.search.division import PARTS, words
from escalade.tasks import Item


class Questions:
    """A task with these words, by id."""

    metric, grades_steps, redacted = "accuracy", True, False

    def __init__(self, asked: dict[str, str], name: str = "questions") -> None:
        self.name = name
        self.fingerprint = name
        self.closed = 0
        self._items = [Item(id=id_, turns=(text,)) for id_, text in asked.items()]

    async def items(self):
        return self._items

    async def grade(self, item, reply, span): ...

    async def close(self):
        self.closed += 1


def different(count, name="q"):
    return {f"{name}{n}": f"question {name} {n}" for n in range(count)}


async def parts_of(division):
    return {part: [item.id for item in await division.items(part)] for part in PARTS}


@given(st.data(), st.integers(2, 40), st.integers(0, 3))
async def test_parts_share_neither_an_item_nor_words(data, count, seed):
    """Whatever is repeated in the data: every item stands in one part or is counted as left out."""
    texts = data.draw(st.lists(st.sampled_from("abcdefgh"), min_size=count, max_size=count))
    task = Questions({f"i{n}": text for n, text in enumerate(texts)})
    train = data.draw(st.integers(0, count))
    selection = data.draw(st.integers(0, count - train))
    division = Division(task, Shares(train=train, selection=selection, seed=seed))
    try:
        parts = {part: await division.items(part) for part in PARTS}
    except ConfigError:
        return
    said = [{words(item) for item in items} for items in parts.values()]
    assert len(set().union(*said)) == sum(map(len, said))
    assert sum(map(len, parts.values())) + division.left_out == count
    assert (len(parts["train"]), len(parts["selection"])) == (train, selection)


async def test_the_draw_is_the_seed_s_and_not_the_order_s():
    """Items in another order are in the same parts; another seed draws others."""
    asked = different(60)
    shares = Shares(train=20, selection=15, seed=3)
    one = await parts_of(Division(Questions(asked), shares))
    other = await parts_of(Division(Questions(dict(reversed(asked.items()))), shares))
    assert {part: set(ids) for part, ids in one.items()} == {part: set(ids) for part, ids in other.items()}
    assert one["test"] == [id_ for id_ in asked if id_ in one["test"]], "held-out items keep the publisher's order"
    assert await parts_of(Division(Questions(asked), Shares(train=20, selection=15, seed=4))) != one


async def test_another_source_leaves_the_task_whole():
    """What the source has in common with the task, by id or by words, is nobody's train item."""
    task = different(30)
    source = different(40, "s") | {"q7": "the same id"} | {"again": "question q 9"}
    division = Division(Questions(task), Shares(train=20, selection=20), Questions(source, "source"))
    parts = await parts_of(division)
    assert parts["test"] == list(task)
    assert set(parts["train"]) | set(parts["selection"]) == set(different(40, "s"))
    assert division.described("train") == "source: train, 20 of 40 items"
    assert division.described("test") == "questions: test, 30 of 30 items"
    assert len(await division.everything()) == 30 + 40 + 1, "the item of that id once, and the one with other words"


@pytest.mark.parametrize("shares", [Shares(train=5, selection=5), Shares(train=11, selection=0)])
async def test_nothing_held_out_is_an_error(shares):
    """Ten items: none may be left over for the test."""
    with pytest.raises(ConfigError, match="questions has 10 items to draw") as caught:
        await Division(Questions(different(10)), shares).items("test")
    assert "train_items" in caught.value.hint


async def test_a_part_says_how_many_and_of_what():
    """Name and fingerprint of a part are its own, and closing one that stays open closes nothing."""
    task = Questions(different(10))
    division = Division(task, Shares(train=3, selection=2))
    test, train = division.part("test"), division.part("train", stays_open=True)
    assert test.fingerprint != train.fingerprint != task.fingerprint
    await test.items()
    assert test.name == "questions: test, 5 of 10 items"
    await train.close()
    assert task.closed == 0
    await test.close()
    assert task.closed == 1
