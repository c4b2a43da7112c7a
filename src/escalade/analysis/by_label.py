"""Quality by label: the same mean and interval for the items of each category, subject, level, domain, ...

Only labels that sort the run's items into a few groups are told: one value says nothing, and one with as many values
as there are items (an id, a source) is no group. A label is forgotten as soon as it has too many values, so that memory
grows with the items and not with what their labels hold. Groups are small, so that intervals are wide: differences
between groups or, within a group, between systems are not tested here.
"""

from collections.abc import Callable, Mapping, Sequence

from escalade.analysis.figures import quality
from escalade.analysis.summary import Quality
from escalade.analysis.trial import PerItem

MOST_VALUES = 40


class Labels:
    """Which items have which value of each label."""

    def __init__(self) -> None:
        self._groups: dict[str, dict[str, list[str]]] = {}
        self._dropped: set[str] = set()

    def add(self, item: str, labels: Mapping[str, str]) -> None:
        """Take in an item's labels, once for each item, in any order."""
        for label, value in labels.items():
            if label in self._dropped:
                continue
            groups = self._groups.setdefault(label, {})
            groups.setdefault(value, []).append(item)
            if len(groups) > MOST_VALUES:
                del self._groups[label]
                self._dropped.add(label)

    def groups(self) -> dict[str, dict[str, Sequence[str]]]:
        """By label and value, both sorted, the ids of the items; labels with 2 to `MOST_VALUES` values."""
        return {
            label: {value: sorted(values[value]) for value in sorted(values, key=_numbers_first)}
            for label, values in sorted(self._groups.items())
            if len(values) > 1
        }


def by_label(
    figures: PerItem, groups: Mapping[str, Mapping[str, Sequence[str]]], seed: Callable[[str, str], int]
) -> dict[str, dict[str, Quality]]:
    """One system's quality on the items of each group; `n` counts those that it has finished."""
    return {
        label: {value: quality(figures.on(items), seed(label, value)) for value, items in values.items()}
        for label, values in groups.items()
    }


def _numbers_first(value: str) -> tuple[bool, int, str]:
    """Levels in their order, 2 before 10; then words."""
    number = value.isascii() and value.isdecimal()
    return not number, int(value) if number else 0, value
