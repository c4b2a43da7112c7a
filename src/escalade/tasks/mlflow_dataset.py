"""A benchmark that lies in MLflow as a GenAI data set, found by name or id in any of its experiments.

Three layouts are read: ours, which holds whole items but for what graders keep private; Sigmoid MLM's (`question`,
`question_id`, `category`, `turns`, `reference_answer`); and any other, whose fields the config names. Nothing is
written to MLflow here. A name that two data sets bear, which MLflow allows, is refused with their ids.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from escalade.core.errors import ConfigError, DataError
from escalade.core.grade import Grade
from escalade.core.ids import fingerprint
from escalade.core.reply import Reply
from escalade.ledger.span import Span
from escalade.models.structure import Worst
from escalade.tasks.grader import Grader
from escalade.tasks.mlflow_layout import COMPLETE, ITEMS, evened, fields_of, is_ours, our_item, row_of
from escalade.tasks.mlflow_listing import data_sets
from escalade.tasks.mlflow_server import Address, opened
from escalade.tasks.protocol import Item, worst_by
from escalade.tasks.row_item import Grading, item_of
from escalade.tasks.rows import Row
from escalade.tasks.table import grader_for, items_of_rows
from escalade.tasks.ungraded import Ungraded

if TYPE_CHECKING:
    from mlflow import MlflowClient

_BY_FORM: dict[str, Grading] = {"choice": "choice", "number": "number", "expression": "expression"}


class Source(Struct, frozen=True, kw_only=True):
    """Which data set: its `name` or its `id`."""

    where: Address
    name: str = ""
    id: str = ""


class _Loaded(Struct, frozen=True):
    name: str
    redacted: bool
    items: list[Item]
    grader: Grader


class MlflowDataSet:
    """`grading` None takes it from the data set: by the form of our items' answers, exact where right answers are
    known, and none, said so of every answer, where they are not.

    `fields` says which field means what in a foreign layout; what it leaves out is looked for under known names.
    """

    def __init__(
        self,
        source: Source,
        grading: Grading | None = None,
        fields: Mapping[str, Any] | None = None,
        *,
        grader: Grader | None = None,
        instruct: bool = True,
    ) -> None:
        if bool(source.name) == bool(source.id):
            raise ConfigError("a data set of MLflow is named by its `name` or by its `id`", hint="give one of them")
        self._source = source
        self._grading = grading
        self._fields = fields or {}
        self._given = grader
        self._instruct = instruct
        self._read: _Loaded | None = None

    @property
    def name(self) -> str:
        return self._loaded().name

    @property
    def fingerprint(self) -> str:
        """By content: MLflow's own digest changes with every write."""
        return fingerprint([self._loaded().items, self._loaded().grader.fingerprint])

    @property
    def metric(self) -> str:
        return self._loaded().grader.metric

    @property
    def grades_steps(self) -> bool:
        grader = self._loaded().grader
        return not grader.pays and not isinstance(grader, Ungraded)

    @property
    def redacted(self) -> bool:
        """True where the data set was pushed from a task that keeps its texts private."""
        return self._loaded().redacted

    async def items(self) -> Sequence[Item]:
        return (await asyncio.to_thread(self._loaded)).items

    async def grade(self, item: Item, reply: Reply, span: Span) -> Grade:
        return await self._loaded().grader.grade(item, reply, span)

    def worst(self, item: Item, answer_tokens: int) -> Worst:
        """The worst case of grading one reply."""
        grader = self._loaded().grader
        return worst_by(grader, item, answer_tokens, pays=grader.pays)

    async def close(self) -> None:
        if self._read is not None:
            await self._read.grader.close()

    def _loaded(self) -> _Loaded:
        """The data set, read once. Raises TrackingError, DataError, ConfigError."""
        if self._read is None:
            with opened(self._source.where) as client:
                found = find(client, self._source)
                name, tags = str(found.name), dict(found.tags or {})
                rows = [row_of(name, line, record) for line, record in enumerate(_in_order(found.records), start=1)]
            _check_whole(name, tags, len(rows))
            items, grader = self._understood(rows)
            self._read = _Loaded(name, tags.get("escalade.redacted") == "true", items, grader)
        return self._read

    def _understood(self, rows: list[Row]) -> tuple[list[Item], Grader]:
        """The items, and who grades them."""
        if not self._fields and all(is_ours(row) for row in rows):
            items = items_of_rows(rows, our_item)
            forms = {item.expects.form for item in items}
            by_form = _BY_FORM.get(forms.pop(), "exact") if len(forms) == 1 else "exact"
            return items, self._grader(by_form, has_gold=all(item.gold for item in items))
        rows = evened(rows, self._fields)
        fields = fields_of(rows[0], self._fields)
        has_gold = all(row.values.get(fields.gold) for row in rows)
        grading = self._grading or ("exact" if has_gold else "rubric")  # of these, a rubric alone can do without gold
        items = items_of_rows(rows, lambda row: item_of(row, fields, grading, instruct=self._instruct))
        return items, self._grader("exact", has_gold=has_gold)

    def _grader(self, otherwise: Grading, *, has_gold: bool) -> Grader:
        if self._given is not None:
            return self._given
        if self._grading is None and not has_gold:
            return Ungraded()
        return grader_for(self._grading or otherwise)


def find(client: "MlflowClient", source: Source) -> Any:
    """MLflow's data set. Raises DataError where there is none, or more than one of that name."""
    if source.id:
        try:
            return client.get_dataset(source.id)
        except Exception as error:
            if getattr(error, "error_code", "") != "RESOURCE_DOES_NOT_EXIST":
                raise
            raise DataError(
                f"MLflow at {source.where.shown} has no data set of the id {source.id}",
                hint="`escalade data list` shows names and ids",
            ) from None
    found = [one for one in data_sets(client) if one.name == source.name]
    if len(found) == 1:
        return found[0]
    if not found:
        raise DataError(
            f"MLflow at {source.where.shown} has no data set {source.name!r}",
            hint="`escalade data list` shows those that it has; `escalade data push` makes one",
        )
    ids = ", ".join(str(one.dataset_id) for one in found)
    raise DataError(f"MLflow has {len(found)} data sets {source.name!r}: {ids}", hint="name one of them by its `id`")


def _check_whole(name: str, tags: Mapping[str, str], records: int) -> None:
    """Raises DataError where records are missing that were pushed: a benchmark would silently be shorter."""
    said = tags.get(ITEMS, "")
    if tags.get(COMPLETE) == "false" or (said.isdecimal() and records < int(said)):
        of = f"{records:,} of {int(said):,} records" if said.isdecimal() else f"{records:,} records"
        raise DataError(
            f"the data set {name!r} of MLflow is not whole: it holds {of}, or a push into it did not end",
            hint="push it again, with `escalade data push` of the task that it was made from",
        )
    if not records:
        raise DataError(f"the data set {name!r} of MLflow holds no records")


def _in_order(records: Sequence[Any]) -> list[Any]:
    """Records in the order in which they were pushed, or by their ids: MLflow keeps none."""

    def place(record: Any) -> tuple[int, str]:
        position = (record.tags or {}).get("position", "")
        return (int(position) if position.isdecimal() else 0, str(record.inputs.get("question_id", "")))

    return sorted(records, key=lambda record: (*place(record), str(record.dataset_record_id)))
