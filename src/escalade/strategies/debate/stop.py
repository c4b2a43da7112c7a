"""When a debate has said enough: the members agree, or nobody changes their answer any more.

Final answers are compared as they are read from the texts. An answer that cannot be read agrees with nobody, and is
unchanged only where its text is.
"""

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import force_setattr

from escalade.answers import modal, read
from escalade.core.checked import number
from escalade.core.messages import Expects
from escalade.core.reply import Reply


class Stop(Struct, frozen=True):
    """The rules that end a debate before its last round."""

    share: float | None = 1.0
    """The share of the answers that must be the modal one: 1 is unanimity; None, no agreement ends it."""
    stable: bool = True
    """Whether a round in which no final answer changed ends it."""

    def __post_init__(self) -> None:
        if self.share is not None:
            force_setattr(self, "share", number(self.share, "share", None, 1, above=0))

    def agreed(self, answers: Mapping[int, Reply], expects: Expects) -> str:
        """Why the answers are agreed enough: "unanimous" or "share"; "" if they are not."""
        if self.share is None:
            return ""
        groups = modal([reply.text for reply in answers.values()], expects)
        share = len(groups[0]) / len(answers) if groups else 0.0
        if share < self.share:
            return ""
        return "unanimous" if share == 1 else "share"

    def enough(self, before: Mapping[int, Reply], after: Mapping[int, Reply], expects: Expects) -> str:
        """Why a round was the last that is needed: agreement, or "stable" where no final answer changed; "" if not."""
        if why := self.agreed(after, expects):
            return why
        if self.stable and not any(changed(before[m].text, reply.text, expects) for m, reply in after.items()):
            return "stable"
        return ""


def changed(before: str, after: str, expects: Expects) -> bool:
    """Whether the final answer of `after` is another than that of `before`."""
    if before == after:
        return False
    old, new = read(before, expects), read(after, expects)
    return old is None or new is None or old.value != new.value
