"""Candidates: what a search compares, described by values alone, and the Models that they become.

A candidate is named in the notation of stacks (`A_0` is the model A itself), a vote and self-consistency in words. All
agents of all candidates have one head, so that a structure inside another is the very one that was scored.
"""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from escalade.models.protocol import Model
from escalade.strategies import Stack, Vote, sample
from escalade.strategies.react import Rules
from escalade.strategies.stack import Agent, Known, Layer, Tree, depth, tools_of

Kind = Literal["model", "stack", "vote", "self_consistency"]


class Candidate(Struct, frozen=True, kw_only=True, omit_defaults=True):
    name: str
    kind: Kind
    tree: Tree | None = None
    """Of a model or stack."""
    head: str = ""
    """The model that leads all agents of a stack."""
    members: tuple[str, ...] = ()
    """The models of a vote; of self-consistency the one."""
    samples: int = 0

    @property
    def layers(self) -> int:
        """How many agents stand in one another."""
        return 0 if self.tree is None else depth(self.tree)


def single(model: str) -> Candidate:
    """A model alone."""
    tree = Layer(model, 0)
    return Candidate(name=str(tree), kind="model", tree=tree, members=(model,))


def stacked(tree: Tree, head: str) -> Candidate:
    """An agent, led by the model `head`."""
    return Candidate(name=str(tree), kind="stack", tree=tree, head=head)


def plain_vote(models: tuple[str, ...]) -> Candidate:
    """The vote of all models, each asked once."""
    return Candidate(name="plain vote", kind="vote", members=models)


def self_consistency(model: str, samples: int) -> Candidate:
    """The vote of several samples of one model."""
    return Candidate(name=f"{model} x{samples}", kind="self_consistency", members=(model,), samples=samples)


def reduced(tree: Tree) -> Tree:
    """The same structure in its shortest spelling: an agent with the tools A_k and A_0 is A_{k+1}."""
    tools = tuple(reduced(tool) for tool in tools_of(tree))
    if not tools:
        return tree
    if len(tools) == 2 and isinstance(tools[0], Layer) and isinstance(tools[1], Layer):
        for inner, base in (tools, tools[::-1]):
            if isinstance(inner, Layer) and base == Layer(inner.name, 0):
                return Layer(inner.name, inner.layer + 1)
    return Agent(tools)


class Kit(Struct, frozen=True, kw_only=True):
    """What candidates are built from."""

    models: Mapping[str, Model]
    """By name: the tools, and the head where it is none of them."""
    rules: Rules = Rules()
    known: Known = Known()

    def build(self, candidate: Candidate) -> Model:
        """The Model that a candidate describes. Raises ConfigError for a name that is not there."""
        if candidate.kind == "model":
            return self.models[candidate.members[0]]
        if candidate.kind == "vote":
            return Vote([self.models[name] for name in candidate.members], name=candidate.name)
        if candidate.kind == "self_consistency":
            return Vote(sample(self.models[candidate.members[0]], candidate.samples), name=candidate.name)
        assert candidate.tree is not None
        return Stack(
            candidate.tree,
            self.models,
            head=self.models[candidate.head],
            rules=self.rules,
            known=self.known,
            name=candidate.name,
        )
