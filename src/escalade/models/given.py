"""Given: what a caller hands in as a Model is one, or is refused where it is handed in, with what to write instead.

Python would find out only when the first question is under way, in words about an attribute that is not there.
"""

from collections.abc import Iterable
from typing import TypeVar

from escalade.models.protocol import Model

M = TypeVar("M", bound=Model)


def checked(given: M, place: str) -> M:
    """`given`, which stands at `place`, if it is a Model. Raises TypeError."""
    if isinstance(given, Model) and not isinstance(given, type):
        return given
    raise TypeError(f"{place} must be a Model, not {_shown(given)}: {_remedy(given)}")


def all_checked(given: Iterable[M], place: str) -> list[M]:
    """The Models in `given`, each of which stands at `place`. Raises TypeError."""
    if isinstance(given, Model | str) or not isinstance(given, Iterable):
        raise TypeError(f"a list of Models is wanted, not {_shown(given)}: write [model], or sample(model, n)")
    return [checked(model, place) for model in given]


def _shown(given: object) -> str:
    return f"the class {given.__name__}" if isinstance(given, type) else f"a {type(given).__name__}"


def _remedy(given: object) -> str:
    if isinstance(given, list | tuple):
        return "let a strategy make one answer of several, as in Vote(sample(model, 3)), or unpack it with *"
    if isinstance(given, type):
        return f"make one, as in {given.__name__}(...)"
    if isinstance(given, str) or callable(getattr(given, "model", None)):
        return "make one with server.model(id)"
    return "a Model has a `name` and an `async def reply(self, request, span)`"
