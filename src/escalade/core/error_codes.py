"""What is known of an error by its code alone, as stores keep it; of a plug-in's code, once that is imported."""

from escalade.core.errors import CallError, EscaladeError


def passing_codes(kind: type[CallError] = CallError) -> frozenset[str]:
    """The codes of what may be gone another day: of all kinds of CallError that another try may help."""
    own = {kind.code} if kind.retryable else set()
    return frozenset(own.union(*(passing_codes(narrower) for narrower in kind.__subclasses__())))


def hint_of(code: str, kind: type[EscaladeError] = EscaladeError) -> str:
    """What errors of this code advise if they know nothing more particular; "" for none."""
    if kind.code == code and kind is not EscaladeError:
        return kind.hint
    return next((hint for narrower in kind.__subclasses__() if (hint := hint_of(code, narrower))), "")
