"""Stack: agents whose tools are agents, from the notation `['A_2', 'B_1']`, built by constructors alone.

Equal sub-queries within one question run once. Every call of every nested agent is made under the question's own span
and budget, and so is counted. The worst case is that of the tree: it does not bet on repetitions, and so grows with
the power of the depth.
"""

import difflib
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from msgspec import Struct

from escalade.core.errors import ConfigError
from escalade.core.messages import Request
from escalade.core.reply import Reply
from escalade.core.structure import Part, Structure
from escalade.ledger.span import Span
from escalade.models.protocol import Model, ask, reply_or_raise
from escalade.models.structure import Worst, structure_of, worst_of
from escalade.strategies.react import ModelTool, React, Rules, first_base
from escalade.strategies.stack.memo import Memo, Node
from escalade.strategies.stack.notation import Layer, Tree, names_in, parse, tools_of

T = TypeVar("T")


class Known(Struct, frozen=True, kw_only=True):
    """What heads are told of a stack's nodes."""

    good_at: Mapping[str, str] = {}
    """By the name of a model: what it is good at, as a phrase."""
    reliability: Mapping[str, float] = {}
    """By notation, such as "A_0" or "['A_1', 'B_0']": the share of questions answered rightly, 0 to 1."""


class Stack:
    """The stack that `tree` describes over `models`, by name. One `head` leads all its agents.

    Without a head, the first model of the notation is it. Raises ConfigError for names that are not there.
    """

    def __init__(
        self,
        tree: Tree | str | Sequence[Any],
        models: Mapping[str, Model],
        *,
        head: Model | None = None,
        rules: Rules | None = None,
        known: Known | None = None,
        name: str = "",
    ) -> None:
        self.tree: Tree = parse(tree) if isinstance(tree, str | Sequence) else tree
        self.name = name or str(self.tree)
        self.rules = rules or Rules()
        self._models = {wanted: find(wanted, models) for wanted in names_in(self.tree)}
        self._good_at = known.good_at if known else {}
        self._reliability = {str(parse(node)): share for node, share in known.reliability.items()} if known else {}
        self.head = head or (first_base(next(iter(self._models.values()))) if tools_of(self.tree) else None)
        self._whole = _Assembly(self).model(self.tree)

    async def reply(self, request: Request, span: Span) -> Reply:
        root = _Assembly(self, Memo(span)).model(self.tree)
        return reply_or_raise(await ask(root, request, span))

    def structure(self) -> Structure:
        return Structure(
            "stack", self.name, {"structure": str(self.tree)}, (Part("worker", structure_of(self._whole)),)
        )

    def worst(self, prompt_tokens: int) -> Worst:
        return worst_of(self._whole, prompt_tokens)


class _Assembly:
    """Makes each distinct node once: with a memo for one question, without one to be described."""

    def __init__(self, stack: Stack, memo: Memo | None = None) -> None:
        self._stack = stack
        self._memo = memo
        self._nodes: dict[str, Model] = {}

    def model(self, tree: Tree) -> Model:
        """The model or agent that `tree` is."""
        tools = tools_of(tree)
        if not tools and isinstance(tree, Layer):
            return self._stack._models[tree.name]
        offered = [self._tool(tool) for tool in tools]
        return React(offered, self._stack.head, rules=self._stack.rules, name=str(tree))

    def _tool(self, tree: Tree) -> ModelTool:
        written = str(tree)
        return ModelTool(self._node(tree), written, self._good_at(tree), self._stack._reliability.get(written))

    def _node(self, tree: Tree) -> Model:
        written = str(tree)
        if written not in self._nodes:
            model = self.model(tree)
            number = len(self._nodes) + 1
            self._nodes[written] = Node(written, model, number, self._memo) if self._memo else model
        return self._nodes[written]

    def _good_at(self, tree: Tree) -> str:
        phrases = {name: self._stack._good_at.get(name, "") for name in names_in(tree)}
        if not tools_of(tree):
            return next(iter(phrases.values()))
        strengths = "; ".join(f"{name} {phrase}" for name, phrase in phrases.items() if phrase)
        agent = f"an agent that weighs what {' and '.join(map(str, tools_of(tree)))} say"
        return f"{agent} ({strengths})" if strengths else agent


def find(name: str, models: Mapping[str, T]) -> T:
    """What the model of that name is. Raises ConfigError with the nearest right spelling."""
    if name in models:
        return models[name]
    near = difflib.get_close_matches(name, models, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(models)}"
    longer = next((other for other in models if other.rpartition("_")[0] == name), None)
    if longer is not None:
        hint = f"the model {longer!r} itself is written {str(Layer(longer, 0))!r}"
    raise ConfigError(f"the stack names a model {name!r}, and there is none", hint=hint)
