"""What a search is about: the plan, the items, the models, and the limits that hold for all of its rounds."""

from collections.abc import Mapping

from msgspec import Struct

from escalade.core.errors import ConfigError
from escalade.ledger.budget import Limits
from escalade.models.protocol import Model
from escalade.models.structure import worst_of
from escalade.search.board import Plan
from escalade.search.candidate import Kit
from escalade.search.division import Division, PartName
from escalade.search.naming import check_names
from escalade.search.path import Round
from escalade.strategies.stack import Tree


class Setting(Struct, frozen=True, kw_only=True):
    """What a search is about."""

    name: str
    plan: Plan
    division: Division
    kit: Kit
    structure: Tree | None = None
    """Search nothing, and measure this one on the held-out items."""
    compared: Mapping[str, Model] = {}
    """Further systems to show beside the winner on the held-out items; never chosen."""
    limit: int = 0
    """How many held-out items, drawn by the seed; 0 is all."""
    samples: int = 1
    concurrency: int = 64
    budget: Limits = Limits()
    """Of all rounds together; `seconds` are each start's."""
    question: Limits = Limits()
    notes: tuple[str, ...] = ()

    def described(self, part: PartName) -> str:
        """A part's name, with how many items it has and how many of them are asked."""
        return self.division.described(part, self.limit if part == "test" else 0)

    def note(self, asked: Round) -> str:
        """What a reader of the round alone must know of it."""
        if asked.part == "test":
            return (
                f"Held-out items of a search: {self.described('test')}; none of them had a part in any choice. "
                "Quote the verdicts of the search's own report: those of this run are corrected for other comparisons."
            )
        what = f"{asked.stage}, heat {asked.heat}" if asked.part == "train" else asked.stage
        return (
            f"One round of a search ({what}), on {len(asked.items)} items of {self.described(asked.part)}: "
            "figures by which something is chosen are too good on the items of the choice."
        )

    def check_names(self) -> None:
        """Raises ConfigError for a system beside the search that is called like a structure of it."""
        check_names(self.compared, self.plan, self.structure)

    def check_prices(self) -> None:
        """Raises ConfigError where cost is weighed and unknown."""
        if self.plan.worth_usd is None:
            return
        unpriced = [name for name, model in self.kit.models.items() if worst_of(model, 1).usd is None]
        if unpriced:
            raise ConfigError(
                f"a search that weighs cost needs a price for every model; {', '.join(unpriced)} has none",
                hint="give the model a `price`, or leave `worth_usd` out",
            )
