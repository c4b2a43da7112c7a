"""Official judgments and answers as a run of ours, so that reports, tables and comparisons read them like any other.

Nothing is known of what the answers cost, how long they took, or what the judge was told: each has one Call, whose cost
is unknown. The run is named by its content: imported twice, it is one run.
"""

import time
from collections.abc import Mapping, Sequence

from escalade.core.battle import Battle
from escalade.core.errors import DataError
from escalade.core.ids import fingerprint
from escalade.core.money import NOTHING
from escalade.core.scheme import Scheme
from escalade.core.structure import Structure
from escalade.ledger.call import Call
from escalade.store import Record, Run, Store
from escalade.store.adding import add_run
from escalade.store.record import SystemFacts
from escalade.tasks.arena_hard.answers import Answers
from escalade.tasks.arena_hard.judgments import Imported
from escalade.tasks.arena_hard.task import ArenaHard, graded

_NOTE = "Imported from official files: costs, latencies and the judges' prompts are not known."


async def import_run(store: Store, imported: Sequence[Imported], scheme: Scheme, name: str = "imported") -> Run:
    """Keep the judgments as a finished run. Raises DataError where an answer is missing."""
    if missing := next((one for one in imported if one.answer is None), None):
        raise DataError(
            f"there is no answer of {missing.model} to question {missing.item}",
            hint="name the folder of answer files with --answers; without answers, `escalade arena score` can do",
        )
    run = _run(imported, scheme, name)
    await add_run(store, run, (_record(run, one, scheme) for one in imported))
    return run


def read_folder(answers: Sequence[Answers]) -> Mapping[str, Answers]:
    """By model. Raises DataError for a model that has two files."""
    found: dict[str, Answers] = {}
    for one in answers:
        if one.model in found:
            raise DataError(f"two files hold answers of {one.model}", hint="leave one of them out")
        found[one.model] = one
    return found


def _run(imported: Sequence[Imported], scheme: Scheme, name: str) -> Run:
    systems = dict.fromkeys(one.model for one in imported)
    judged = [(one.model, one.item, _facts(one.battle)) for one in imported]
    data = fingerprint([*judged, [one.answer.text for one in imported if one.answer], scheme])
    return Run(
        id=f"{name}-{data[:8]}",
        experiment=name,
        task="arena_hard (imported)",
        task_fingerprint=fingerprint(["arena_hard, imported", _conditions(imported), scheme]),
        metric=ArenaHard.metric,
        items=len({one.item for one in imported}),
        systems={
            system: SystemFacts(
                structure=Structure("model", system),
                fingerprint=fingerprint(system),
                simulated=any(one.simulated for one in imported if one.model == system),
            )
            for system in systems
        },
        notes=[_NOTE],
        at=round(time.time(), 3),
    )


def _facts(battle: Battle) -> list[object]:
    return [battle.baseline, *((r.judge, [game.label for game in r.games]) for r in battle.rulings)]


def _conditions(imported: Sequence[Imported]) -> list[tuple[str, str, tuple[str, ...]]]:
    """Which categories, baselines and judges there are: imports that differ in them are not comparable."""
    return sorted({(o.category, o.battle.baseline, tuple(r.judge for r in o.battle.rulings)) for o in imported})


def _record(run: Run, one: Imported, scheme: Scheme) -> Record:
    assert one.answer is not None
    return Record(
        run=run.id,
        system=one.model,
        item=one.item,
        labels={"category": one.category},
        status="answered",
        text=one.answer.text,
        grade=graded(one.battle, scheme),
        calls=[Call(id=f"imported-{fingerprint([run.id, one.model, one.item])}", model=one.model, paid=NOTHING)],
        at=round(time.time(), 3),
    )
