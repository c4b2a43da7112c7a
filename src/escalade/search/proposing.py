"""Which structures a search tries next. Pure: from structures to structures."""

from collections.abc import Collection, Sequence
from itertools import combinations

from escalade.search.board import Plan
from escalade.search.candidate import Candidate, plain_vote, reduced, self_consistency, single, stacked
from escalade.strategies.stack import Agent, Layer, Tree, depth
from escalade.strategies.stack.notation import MOST_LAYERS


def self_stacks(models: Sequence[str], layer: int) -> list[Tree]:
    """Each model stacked upon itself `layer` times."""
    return [Layer(model, layer) for model in models]


def agents_of(tools: Sequence[Tree], tool_number: int, known: Collection[str]) -> list[Tree]:
    """Every agent with `tool_number` of these tools, or with all where there are fewer, that is none of the `known`.

    The better tool stands first where `tools` are in that order. An agent of a self-stack and its own model is the next
    self-stack, which the warm-up has tried or given up.
    """
    number = min(tool_number, len(tools))
    if number < 2:
        return []
    new: dict[str, Tree] = {}
    for chosen in combinations(tools, number):
        tree = reduced(Agent(chosen))
        if not isinstance(tree, Layer) and depth(tree) <= MOST_LAYERS and str(tree) not in known:
            new[str(tree)] = tree
    return list(new.values())


def first_candidates(plan: Plan) -> list[Candidate]:
    """What is tried whatever the figures say, for planning; the head and the best model are only supposed here."""
    head = plan.head or plan.tools[0]
    singles = [single(name) for name in plan.tools]
    rivals = [plain_vote(plan.tools)] if len(singles) > 1 else []
    if plan.self_consistency > 1:
        rivals.append(self_consistency(plan.tools[0], plan.self_consistency))
    bases = [tool.tree for tool in singles[: plan.top_n] if tool.tree]
    trees = [*self_stacks(plan.tools, 1), *agents_of(bases, plan.tool_number, ())]
    return [*singles, *rivals, *(stacked(tree, head) for tree in trees)]
