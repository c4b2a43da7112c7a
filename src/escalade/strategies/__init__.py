"""Ways to combine Models; each is a Model, and each is one file."""

from escalade.strategies.cascade import Cascade, CascadePrompts
from escalade.strategies.fuse import Fuse
from escalade.strategies.sample import Sampled, sample
from escalade.strategies.vote import Vote

__all__ = ["Cascade", "CascadePrompts", "Fuse", "Sampled", "Vote", "sample"]
