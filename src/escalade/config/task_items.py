"""A task of a config with its items, and what builds systems that may be asked about them."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from escalade.config.build import Builder
from escalade.config.problems import Path
from escalade.search import ItemPart
from escalade.tasks.protocol import Item, Task


class TaskWithItems(Struct, frozen=True, kw_only=True):
    task: Task
    items: Sequence[Item]
    builder: Builder
    """Its simulated and recorded models know the items, and those of other parts of the same task."""


async def task_with_items(builder: Builder, value: Any, path: Path) -> TaskWithItems:
    """The task that `value` names, its items read. `builder` itself knows none of them.

    Its grader may ask a simulated model, which must know the items that only the task can name. Such a task is built
    to name them, and built again with models that know them.
    """
    task = builder.task(value, path)
    items = await task.items()
    knowing = builder.for_items(await task.division.everything() if isinstance(task, ItemPart) else items)
    if builder.has_models:
        task = knowing.task(value, path)
        await task.items()  # reads what its grader needs, such as a baseline's answers
    return TaskWithItems(task=task, items=items, builder=knowing)
