"""RUN[:SYSTEM] on the command line: which run, which of its systems, and their Records reduced to what is compared."""

from collections.abc import Sequence
from typing import NamedTuple

from escalade.analysis.comparison.contestant import Contestant
from escalade.analysis.comparison.duel import Entrant
from escalade.core.errors import ConfigError, StoreError
from escalade.experiment.revised import Revised, revised
from escalade.store import Store


class Named(NamedTuple):
    """A run and those of its systems that were named: all of them, where none was."""

    seen: Revised
    systems: list[str]


def named(store: Store, text: str) -> Named:
    """What RUN or RUN:SYSTEM means; the run's id may be shortened. A name may hold colons of its own."""
    starts = [place for place, character in enumerate(text) if character == ":"]
    unknown: StoreError | None = None
    for end in (len(text), *starts):
        try:
            seen = revised(store, text[:end])
        except StoreError as error:
            unknown = unknown or error
            continue
        return Named(seen, _systems(seen, text[end + 1 :]))
    assert unknown is not None
    if starts:
        raise StoreError(f"there is no run {text[: starts[0]]!r} in {store.shown}", hint="`escalade runs` lists them")
    raise unknown


def _systems(seen: Revised, system: str) -> list[str]:
    known = seen.run.systems
    if not system:
        return list(known)
    if system not in known:
        raise ConfigError(f"run {seen.run.id} has no system {system!r}", hint=f"it has {', '.join(known)}")
    return [system]


def entrants(chosen: Sequence[Named]) -> list[Entrant]:
    """One entrant for each system named, once, in the order of naming. Each run is read once."""
    runs = {each.seen.run.id: each.seen for each in chosen}
    wanted = list(dict.fromkeys((each.seen.run.id, system) for each in chosen for system in each.systems))
    contestants: dict[tuple[str, str], Contestant] = {}
    for run_id, seen in runs.items():
        rates = seen.prices.prices if seen.prices else {}
        own = {system: Contestant(seen.run, system, rates=rates) for run, system in wanted if run == run_id}
        for record in seen.records():
            if record.system in own:
                own[record.system].add(record)
        contestants |= {(run_id, system): contestant for system, contestant in own.items()}
    alone = len(runs) == 1
    return [Entrant(key[1] if alone else f"{key[0]}:{key[1]}", contestants[key]) for key in wanted]
