"""What a search found, or has so far, put together from its board, its evidence and the store."""

from collections.abc import Mapping

from escalade.analysis.spending import spent
from escalade.analysis.trial import PerItem
from escalade.core.money import Total
from escalade.search.advice import advice, held_out
from escalade.search.division import PARTS
from escalade.search.evidence import Evidence
from escalade.search.path import Found
from escalade.search.result import Searched, measured, optimisms, structures
from escalade.search.setting import Setting
from escalade.store import Store


def findings(
    setting: Setting, found: Found, evidence: Evidence, store: Store, *, beside: Mapping[str, PerItem], unfinished: str
) -> Searched:
    """The object that is reported. `beside` are the figures of further systems on the held-out items.

    Where a round is `unfinished`, that run's records count for nothing but what it paid, and nothing is advised.
    """
    rows, worth = structures(found.board, evidence), setting.plan.worth_usd
    versus = {} if unfinished else held_out(found, beside)
    by_merit = {} if unfinished or worth is None else held_out(found, beside, worth)
    division = setting.division
    return Searched(
        search=setting.name,
        task=division.task.name,
        metric=division.task.metric,
        seed=setting.plan.seed,
        simulated=evidence.simulated,
        parts={part: setting.described(part) for part in PARTS},
        left_out=division.left_out,
        limit=setting.limit,
        plan=setting.plan,
        head=found.head,
        structures=rows,
        heats=found.heats,
        gains=found.gains,
        ended=found.ended,
        best_model=found.best_model,
        champion=found.champion,
        finalists=found.finalists,
        winner="" if unfinished else found.winner,
        held_out=versus,
        held_out_merit=by_merit,
        compared={name: measured(figures, setting.plan, name, "test") for name, figures in beside.items()},
        optimism=[] if unfinished or not found.champion else optimisms(found, rows),
        advice="" if unfinished else advice(found, versus if worth is None else by_merit),
        paid=spent(_paid(store, [*evidence.runs, *([unfinished] if unfinished else [])])),
        runs=evidence.runs,
        rounds=evidence.rounds,
        unfinished=unfinished,
    )


def _paid(store: Store, runs: list[str]) -> Total:
    whole = Total()
    for run_id in runs:
        for (_, account), total in store.paid(run_id).items():
            whole += total if account == "system" else Total()
    return whole
