"""Answer: a final answer as it was read in a reply. The gold answer is none of its business."""

from msgspec import Struct


class Answer(Struct, frozen=True, omit_defaults=True):
    value: str
    """The canonical spelling: equal for answers that differ in their spelling alone."""
    method: str
    """How it was found, such as "last declaration" or "boxed"."""
    said: str = ""
    """The answer as the model spelt it, without its wrapping: for those who show it or prove it."""
