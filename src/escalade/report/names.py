"""What the figures of a Summary are called by people, in one place."""

from escalade.analysis.summary import RivalKind

RIVALS: dict[RivalKind, str] = {
    "best_single": "best single model",
    "random_mixing": "random mixing",
    "majority_vote": "majority vote",
    "self_consistency": "self-consistency",
    "oracle": "oracle router of single models",
}
