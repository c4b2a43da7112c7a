"""Grouping answers that are the same: what votes and agreement are counted on."""

from collections.abc import Sequence

from escalade.answers.reading import read
from escalade.core.messages import Expects


def modal(texts: Sequence[str], expects: Expects) -> list[list[int]]:
    """The positions of texts with the same final answer, largest group first, earlier groups first among equals.

    A text in which no answer can be read is in no group.
    """
    groups: dict[str, list[int]] = {}
    for position, text in enumerate(texts):
        answer = read(text, expects)
        if answer is not None:
            groups.setdefault(answer.value, []).append(position)
    return sorted(groups.values(), key=lambda members: -len(members))
