"""Unquoted: an error in words that quote no question, for questions that must not be shown or stored.

A provider's message may quote the request that it refuses, and an error of a plug-in's whatever it likes. What an error
is, whom it concerns and what to do about it stay; it decides nothing.
"""

from escalade.core.errors import BudgetExceeded, CallError, ConfigError, EscaladeError, NotInJournal, StoreError

_OUR_WORDS = (BudgetExceeded, ConfigError, NotInJournal, StoreError)
"""Of these no message has a word of a provider's."""


def unquote(error: EscaladeError) -> None:
    """Replace the message of `error`, unless it is certainly ours, by the error's code and its HTTP status."""
    if isinstance(error, _OUR_WORDS):
        return
    status = f" ({error.status})" if isinstance(error, CallError) and error.status else ""
    error.args = (f"{error.code.replace('_', ' ')}{status}: the message is withheld, as it may quote the question",)
