"""Tags: what a question is asked for, stored with every Call made for it. Checked before anything is asked: a tag that
no store can hold would lose a call that is paid.
"""

from msgspec import Struct

from escalade.core.checked import text, whole

_MOST_INTEGER = 2**63 - 1


class Tags(Struct, frozen=True):
    """Raises TypeError for a tag of another type, ConfigError for one that cannot be stored."""

    run: str = ""
    system: str = ""
    item: str = ""
    sample: int = 0
    account: str = "system"
    """Who pays: "system", or "grading" for the laboratory."""
    redacted: bool = False
    """True where the question must not be stored."""

    def __post_init__(self) -> None:
        for name in ("run", "system", "item", "account"):
            text(getattr(self, name), f"the tag `{name}`")
        whole(self.sample, "the tag `sample`", 0, _MOST_INTEGER)
        if not isinstance(self.redacted, bool):
            raise TypeError(f"the tag `redacted` is True or False, not {self.redacted!r}")
