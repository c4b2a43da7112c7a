"""Answers under drawn ids in a drawn order, so that neither their author nor their place can count.

Nobody can foresee the ids: an answer that holds a verdict on itself cannot name itself in it. The draws belong to the
place in the structure, never to the order of arrival.
"""

from collections.abc import Sequence
from random import Random

from msgspec import Struct

_IDS = [f"{letter}{number}" for letter in "CDFGHJKLMNPQRSTVWXYZ" for number in range(10, 100)]
_AROUND = '<answer id="{}">\n{}\n</answer>'
_BETWEEN = "\n\n"
AROUND_TOKENS = len(_AROUND) + len(_BETWEEN)
"""More than any tokenizer makes of what `listed` puts around one answer."""


class Shown(Struct, frozen=True):
    id: str
    text: str
    place: int
    """Where the answer stood before it was shuffled, counted from 0."""


def blinded(texts: Sequence[str], random: Random) -> tuple[Shown, ...]:
    """The texts with an id each, shuffled."""
    ids = random.sample(_IDS, len(texts))
    shown = [Shown(*both, place) for place, both in enumerate(zip(ids, texts, strict=True))]
    random.shuffle(shown)
    return tuple(shown)


def listed(shown: Sequence[Shown]) -> str:
    """The answers as a prompt shows them."""
    return _BETWEEN.join(_AROUND.format(one.id, one.text) for one in shown)
