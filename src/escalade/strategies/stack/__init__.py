"""Agents of agents, from the notation that names them."""

from escalade.strategies.stack.build import Known, Stack, find
from escalade.strategies.stack.notation import Agent, Layer, Tree, depth, names_in, parse, tools_of

__all__ = ["Agent", "Known", "Layer", "Stack", "Tree", "depth", "find", "names_in", "parse", "tools_of"]
