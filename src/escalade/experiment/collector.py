"""Python's collector of reference cycles, made rarer while runs are under way.

A finished trial leaves no cycles behind, so that there is next to nothing to collect; yet with many trials under way
the collector would look again and again at all that is alive in the process, and hold up every answer meanwhile. It is
not switched off: what libraries and plug-ins leave behind is collected, later.
"""

import gc

_RARELY = 50_000
"""Objects made and not yet freed until the collector looks: more than hundreds of trials under way have."""


class RareCollections:
    """A context for a run. The setting is the process's: the last run to end restores what the first one found."""

    def __init__(self) -> None:
        self._runs = 0
        self._found = gc.get_threshold()

    def __enter__(self) -> None:
        if not self._runs:
            self._found = youngest, *older = gc.get_threshold()
            if 0 < youngest < _RARELY:  # 0: somebody switched it off
                gc.set_threshold(_RARELY, *older)
        self._runs += 1

    def __exit__(self, *_: object) -> None:
        self._runs -= 1
        if not self._runs:
            gc.set_threshold(*self._found)


rare_collections = RareCollections()
