"""The names that a search gives to its structures: no system beside it may have one, or their figures would be mixed.

Which structures a search will try nobody knows before it; so every name that it could give is refused.
"""

from collections.abc import Collection

from escalade.core.errors import ConfigError
from escalade.search.board import Plan
from escalade.search.candidate import plain_vote, reduced, self_consistency
from escalade.strategies.stack import Tree, names_in, parse


def check_names(beside: Collection[str], plan: Plan, structure: Tree | None = None) -> None:
    """Raises ConfigError for a name `beside` the search that one of its own structures may have."""
    tools = {*plan.tools, *(names_in(structure) if structure else ())}
    votes = {plain_vote(()).name, *(self_consistency(tool, plan.self_consistency).name for tool in tools)}
    for name in beside:
        if name in votes or _is_stack(name, tools):
            raise ConfigError(
                f"the system {name!r} is called like a structure of the search", hint="rename it under `systems`"
            )


def _is_stack(name: str, tools: Collection[str]) -> bool:
    """Whether it is a structure of these tools, spelt as a search spells it."""
    try:
        tree = parse(name)
    except ConfigError:
        return False
    return str(reduced(tree)) == name and set(names_in(tree)) <= set(tools)
