"""A user's own questions, from a CSV or JSONL file, with the grader of their choice.

Two items with one id are an error, as is every row that lacks what its grading needs; no row is left out.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import get_args

from escalade.core.errors import ConfigError, DataError
from escalade.core.grade import Grade
from escalade.core.ids import fingerprint
from escalade.core.messages import Expects
from escalade.core.reply import Reply
from escalade.ledger.span import Span
from escalade.models.structure import Worst
from escalade.tasks.asking import instructed
from escalade.tasks.fetch import sha256_of
from escalade.tasks.grader import Grader
from escalade.tasks.match import MatchGrader, RegexGrader
from escalade.tasks.maths import MathGrader
from escalade.tasks.protocol import Item, worst_by
from escalade.tasks.row_item import Fields, Grading, expects_of, item_of
from escalade.tasks.rows import Row, read_rows
from escalade.tasks.rubric import RubricGrader


class Table:
    """`instruct=False` asks the questions exactly as they stand, without a sentence on how to mark the answer.

    With a `grader` of your own, `exact` asks for no form of answer either: how it is written is that grader's affair.
    """

    redacted = False

    def __init__(
        self,
        path: Path | str,
        grading: Grading = "exact",
        fields: Fields | None = None,
        *,
        name: str = "",
        grader: Grader | None = None,
        instruct: bool = True,
    ) -> None:
        self._path = Path(path)
        self.name = name or self._path.name.split(".")[0]
        self._grading = grading
        self._fields = fields or Fields()
        self._instruct = instruct
        self._free = grader is not None and grading == "exact"
        self._grader = grader or grader_for(grading)

    @property
    def fingerprint(self) -> str:
        expects = Expects() if self._free else expects_of(self._grading)
        form = instructed("", expects) if self._instruct else ""
        return fingerprint(
            [sha256_of(self._path), self._grading, self._fields, form, self._grader.fingerprint, expects.form]
        )

    @property
    def metric(self) -> str:
        return self._grader.metric

    @property
    def grades_steps(self) -> bool:
        return not self._grader.pays

    async def items(self) -> Sequence[Item]:
        items = items_of_rows(
            read_rows(self._path),
            lambda row: item_of(row, self._fields, self._grading, instruct=self._instruct, free=self._free),
        )
        if not items:
            raise DataError(f"{self._path} holds no rows")
        return items

    async def grade(self, item: Item, reply: Reply, span: Span) -> Grade:
        return await self._grader.grade(item, reply, span)

    def worst(self, item: Item, answer_tokens: int) -> Worst:
        """The worst case of grading one reply."""
        return worst_by(self._grader, item, answer_tokens, pays=self._grader.pays)

    async def close(self) -> None:
        await self._grader.close()


def items_of_rows(rows: Iterable[Row], make: Callable[[Row], Item]) -> list[Item]:
    """The items that `make` makes of the rows, in their order. Raises DataError where two have one id."""
    items: list[Item] = []
    lines: dict[str, int] = {}
    for row in rows:
        item = make(row)
        if item.id in lines:
            raise row.error(
                f"the id {item.id!r} is also that of line {lines[item.id]}",
                hint="ids must be unique; rows without one are named by their content, which must then differ",
            )
        lines[item.id] = row.line
        items.append(item)
    return items


def grader_for(grading: Grading) -> Grader:
    """The grader of that kind, for those that need no judge. Raises ConfigError."""
    match grading:
        case "exact" | "choice" | "number":
            return MatchGrader()
        case "regex":
            return RegexGrader()
        case "expression":
            return MathGrader()
        case "rubric":
            raise ConfigError("grading by a rubric needs a judge", hint=f"give a {RubricGrader.__name__} as `grader`")
        case _:
            raise ConfigError(f"there is no grading {grading!r}", hint=f"there are: {', '.join(get_args(Grading))}")
