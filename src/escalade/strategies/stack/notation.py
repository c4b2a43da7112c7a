"""The notation of stacks, as a tree: parsed, bounded and printed back as it was written.

    Name_0          the model itself
    Name_1          an agent with the tools Name_0 and Name_0
    Name_k          an agent with the tools Name_{k-1} and Name_0
    ['A_2', 'B_1']  an agent with these tools; lists nest

The digits after the last underscore are the layer, so that a name may hold underscores and digits of its own. Nothing
is ever evaluated: brackets, commas and quoted or bare names are all there is.
"""

import re
from collections.abc import Sequence
from typing import Any, TypeAlias

from msgspec import Struct

from escalade.core.errors import ConfigError

MOST_LAYERS = 16
"""How deep agents may stand in agents: the worst case grows with the power of this."""
_LONGEST = 10_000
_LAYERED = re.compile(r"(.+)_(0|[1-9][0-9]{0,2})", re.DOTALL)
_PLAIN = re.compile(r"[^\s\[\],'\"\\](?:[^\[\],'\"\\]*[^\s\[\],'\"\\])?")
"""A name that needs no quotes, also in a list."""
_HINT = "write NAME_0, NAME_1, ... or a list such as ['A_2', 'B_1']"


class Layer(Struct, frozen=True, tag=True):
    """A model stacked upon itself `layer` times."""

    name: str
    layer: int

    def __str__(self) -> str:
        written = f"{self.name}_{self.layer}"
        return written if _PLAIN.fullmatch(written) else _quoted(written)


class Agent(Struct, frozen=True, tag=True):
    """An agent with these tools."""

    tools: tuple["Tree", ...]

    def __str__(self) -> str:
        return f"[{', '.join(_in_list(tool) for tool in self.tools)}]"


Tree: TypeAlias = Layer | Agent


def parse(written: str | Sequence[Any]) -> Tree:
    """The tree that is written as text or as lists of text.

    `str` of it is the same notation with single quotes and one space after each comma. Raises ConfigError.
    """
    tree = _Reader(written).whole() if isinstance(written, str) else _of_lists(written, 0)
    if (layers := depth(tree)) > MOST_LAYERS:
        raise ConfigError(f"a stack of {layers} layers: at most {MOST_LAYERS} are allowed", hint="stack less deeply")
    return tree


def tools_of(tree: Tree) -> tuple[Tree, ...]:
    """The tools of the agent that `tree` is; none for a model itself."""
    if isinstance(tree, Agent):
        return tree.tools
    return (Layer(tree.name, tree.layer - 1), Layer(tree.name, 0)) if tree.layer else ()


def names_in(tree: Tree) -> list[str]:
    """The models in `tree`, each once, from left to right."""
    if isinstance(tree, Layer):
        return [tree.name]
    return list(dict.fromkeys(name for tool in tree.tools for name in names_in(tool)))


def depth(tree: Tree) -> int:
    """How many agents stand in one another."""
    if isinstance(tree, Layer):
        return tree.layer
    return 1 + max(depth(tool) for tool in tree.tools)


def _layer(written: str) -> Layer:
    found = _LAYERED.fullmatch(written)
    if found is None:
        raise ConfigError(f"{written[:80]!r} in a stack has no layer", hint=f"{_HINT}; NAME_0 is the model itself")
    return Layer(found[1], int(found[2]))


def _of_lists(written: Any, above: int) -> Tree:
    if isinstance(written, str):
        return _layer(written)
    if not isinstance(written, Sequence) or not written:
        raise ConfigError(f"{str(written)[:80]!r} cannot stand in a stack", hint=_HINT)
    if above == MOST_LAYERS:
        raise ConfigError(f"a stack of more than {MOST_LAYERS} layers", hint="stack less deeply")
    return Agent(tuple(_of_lists(part, above + 1) for part in written))


def _in_list(tree: Tree) -> str:
    return str(tree) if isinstance(tree, Agent) else _quoted(f"{tree.name}_{tree.layer}")


def _quoted(text: str) -> str:
    quote = '"' if "'" in text and '"' not in text else "'"
    return quote + text.replace("\\", "\\\\").replace(quote, f"\\{quote}") + quote


class _Reader:
    """Reads one notation from left to right."""

    def __init__(self, text: str) -> None:
        if len(text) > _LONGEST:
            raise ConfigError(f"a stack's notation of {len(text):,} characters: at most {_LONGEST:,} are allowed")
        self._text = text
        self._at = 0

    def whole(self) -> Tree:
        tree = self._tree(0)
        if self._next():
            raise self._problem("the end was expected")
        return tree

    def _tree(self, above: int) -> Tree:
        sign = self._next()
        if sign == "[":
            if above == MOST_LAYERS:
                raise ConfigError(f"a stack of more than {MOST_LAYERS} layers", hint="stack less deeply")
            return self._agent(above)
        if sign and sign in "'\"":
            return _layer(self._quoted(sign))
        plain = _PLAIN.match(self._text, self._at)
        if plain is None:
            raise self._problem("a name or a list was expected")
        self._at = plain.end()
        return _layer(plain[0])

    def _agent(self, above: int) -> Agent:
        tools: list[Tree] = []
        sign = ","
        while sign == ",":
            self._at += 1
            tools.append(self._tree(above + 1))
            sign = self._next()
        if sign != "]":
            raise self._problem("a comma or ] was expected")
        self._at += 1
        return Agent(tuple(tools))

    def _quoted(self, quote: str) -> str:
        """The text in quotes; a backslash stands before a quote or a backslash that belongs to it."""
        said: list[str] = []
        self._at += 1
        while (sign := self._text[self._at : self._at + 1]) != quote:
            if sign == "\\":
                self._at += 1
                sign = self._text[self._at : self._at + 1]
                if sign not in ("\\", "'", '"'):
                    raise self._problem("a backslash stands before something that is neither a quote nor a backslash")
            if not sign:
                raise self._problem("a quote is not closed")
            said.append(sign)
            self._at += 1
        self._at += 1
        return "".join(said)

    def _next(self) -> str:
        """The next sign that is no space, "" at the end."""
        while self._text[self._at : self._at + 1].isspace():
            self._at += 1
        return self._text[self._at : self._at + 1]

    def _problem(self, what: str) -> ConfigError:
        shown = self._text if len(self._text) <= 80 else f"{self._text[:80]}..."
        return ConfigError(f"the stack {shown!r} cannot be read at character {self._at + 1}: {what}", hint=_HINT)
