"""What a search says to use, in a sentence that rests on the held-out items and says no more than they do.

Saving money is advised only where it is shown: the winner costs less, and loses less than `MARGIN` if anything. Where
a right answer has a price, merit decides here as it did in the search.
"""

from collections.abc import Mapping

from escalade.analysis.sentence import against, too_few
from escalade.analysis.summary import Comparison
from escalade.analysis.trial import PerItem
from escalade.search.merit import merits
from escalade.search.path import Found
from escalade.search.race import Racer
from escalade.search.race import against as compared

MARGIN = 0.05
"""What a structure that saves money may lose: the interval of its difference must end above minus this."""


def held_out(found: Found, beside: Mapping[str, PerItem], worth_usd: float | None = None) -> dict[str, Comparison]:
    """All that were asked the held-out items less the best base model, with Holm's correction over all.

    By score or, with `worth_usd`, by merit. `beside` are the figures of systems that are no structures of the search.
    """
    board = found.board
    figures = {name: entry.figures["test"] for name, entry in board.entries.items() if "test" in entry.figures}
    racers = {name: Racer(name, merits(of, worth_usd)) for name, of in (figures | dict(beside)).items()}
    best = racers.pop(found.best_model)
    return compared(list(racers.values()), best, board.plan.seed)


def advice(found: Found, versus: Mapping[str, Comparison]) -> str:
    """What to use. `versus` is `held_out`: by merit where the plan says what a right answer is worth, else by score."""
    board, winner = found.board, found.winner
    model, worth = board.entries[found.best_model].candidate.members[0], board.plan.worth_usd
    versus = {name: told for name, told in versus.items() if name in board.entries}
    if winner == found.best_model and found.champion:
        alone = f"Use model {model} alone: no structure did better where the winner was chosen."
        return alone + _surprises(winner, model, versus)
    if winner not in versus:
        return ""
    by_merit = "" if worth is None else f"by merit, with a right answer worth ${worth:g}, "
    told = f"On the held-out items, {by_merit}{against(winner, f'{model} alone', versus[winner])}"
    if few := too_few(versus[winner].n):
        return f"{few} {told}"
    if versus[winner].verdict == "better":
        where = " where its quality is worth its cost" if worth is None else ""
        return f"Use {winner}{where}. {told}"
    if worth is None and (saving := _saving(winner, model, versus[winner])):
        return f"{saving} {told}"
    unless = "" if versus[winner].verdict == "worse" else ", unless more items show otherwise"
    return f"Use model {model} alone{unless}. {told}{_surprises(winner, model, versus)}"


def _saving(winner: str, model: str, versus: Comparison) -> str:
    """On a winner that is shown to cost less and not shown to be worse; "" for others."""
    if versus.verdict == "worse" or versus.cost_ratio_high is None or versus.cost_ratio_high >= 1:
        return ""
    margin = f"less than {100 * MARGIN:g} points"
    if versus.low is not None and versus.low > -MARGIN:
        return f"Use {winner} to save money: it loses {margin} if anything."
    return f"Use model {model} alone, unless more items show that {winner}, which costs less, loses {margin}."


def _surprises(winner: str, model: str, versus: Mapping[str, Comparison]) -> str:
    """What did well on the held-out items without having been chosen: worth another look, and no finding."""
    better = [name for name, comparison in versus.items() if comparison.verdict == "better" and name != winner]
    if not better:
        return ""
    those = f" There {' and '.join(better)}, which was not chosen, did better than {model}:"
    return f"{those} look on further items before you believe it."
