"""Reading a judge's reviews of several answers: valid scores under ids that were shown, and nothing else.

Only an object that holds `reviews` and ends with `best` is believed, so that a reply that was cut off is none. An id
that was not shown is no review; an id that got two different scores got none.
"""

from collections.abc import Collection, Iterator
from typing import Any

from msgspec import Struct

from escalade.answers import last_json, without_reasoning
from escalade.gates.protocol import LONGEST_REASON
from escalade.gates.reading import Scored, as_reason, as_score

_SHAPE: dict[str, Any] = {"type": "object", "required": ["reviews", "best"]}


class Reviewed(Struct, frozen=True):
    by_id: dict[str, Scored]
    best: str | None
    """The id that the judge named as the best; None if it named none that was shown."""


def read_reviews(text: str, ids: Collection[str]) -> Reviewed | None:
    """The reviews in `text` of the answers under `ids`; None where not one can be read."""
    value = last_json(without_reasoning(text), _SHAPE)
    if not isinstance(value, dict):
        return None
    found: dict[str, set[Scored]] = {}
    for said, review in _entries(value["reviews"]):
        scored = _scored(review)
        if said in ids and scored is not None:
            found.setdefault(said, set()).add(scored)
    by_id = {said: next(iter(all_of)) for said, all_of in found.items() if len({s.score for s in all_of}) == 1}
    best = _id(value["best"])
    return Reviewed(by_id, best if best in ids else None) if by_id else None


def _entries(reviews: Any) -> Iterator[tuple[str, Any]]:
    """Id and review, from a list of reviews or from a map by id."""
    if isinstance(reviews, dict):
        yield from ((_id(said), review) for said, review in reviews.items())
    elif isinstance(reviews, list):
        yield from ((_id(review.get("id")), review) for review in reviews if isinstance(review, dict))


def _id(said: Any) -> str:
    return said.strip(" <>[]()\"'`").upper().removeprefix("ANSWER").strip() if isinstance(said, str) else ""


def _scored(review: Any) -> Scored | None:
    said = review if isinstance(review, dict) else {"score": review}
    score, reason = as_score(said.get("score")), said.get("reason")
    if score is None:
        return None
    return Scored(score, as_reason(reason)[:LONGEST_REASON] if isinstance(reason, str) else "")
