"""Templates: text with `${variables}`, strict both ways, named by a fingerprint of their text.

A missing variable is an error where it is filled; a variable that the code does not offer, or one that it needs and
the text does not use, is an error where the template is loaded. Values are put in once and never read as templates.
"""

from collections import defaultdict
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from string import Template as StringTemplate

from msgspec import Struct

from escalade.core.errors import ConfigError
from escalade.core.ids import digest
from escalade.core.messages import Request

_BUNDLED = resources.files("escalade.prompts") / "data"


class Template(Struct, frozen=True):
    name: str
    text: str
    source: str
    """Where it was read: "bundled" or the user's file."""

    @property
    def fingerprint(self) -> str:
        return digest(self.text)[:12]

    @property
    def variables(self) -> frozenset[str]:
        return frozenset(StringTemplate(self.text).get_identifiers())

    def fill(self, **values: str) -> str:
        first, *others = _pieces(self.text)
        return first[1] + "".join([values[name] + text for name, text in others])

    def around(self, request: Request, **values: str) -> Request:
        """`request` asked in these words: its last user message becomes `${question}`, all else that was said stays."""
        return request.saying(self.fill(question=request.asked, **values))


@lru_cache
def _pieces(text: str) -> list[tuple[str, str]]:
    """The variables of a template, each with the text that follows it; the first piece is the text before all of them.

    Raises ValueError for a `$` that starts no variable.
    """
    StringTemplate(text).substitute(defaultdict(str))
    pieces, name, start = [], "", 0
    for found in StringTemplate.pattern.finditer(text):
        if variable := found["named"] or found["braced"]:
            pieces.append((name, text[start : found.start()].replace("$$", "$")))
            name, start = variable, found.end()
    return [*pieces, (name, text[start:].replace("$$", "$"))]


@cache
def template(name: str) -> Template:
    """The bundled template of that name."""
    file = _BUNDLED / f"{name}.md"
    if not file.is_file():
        raise ConfigError(f"there is no prompt named {name!r}", hint=f"there are: {', '.join(names())}")
    return Template(name, file.read_text(encoding="utf-8").strip(), "bundled")


def names() -> list[str]:
    """The bundled templates."""
    return sorted(f.name.removesuffix(".md") for f in _BUNDLED.iterdir() if f.name.endswith(".md"))


def from_file(name: str, path: Path) -> Template:
    """A user's template in place of the bundled `name`; it must use the same variables."""
    wanted = template(name).variables
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot read the prompt {name!r} from {path}: {error}") from error
    mine = Template(name, text, str(path))
    if not StringTemplate(text).is_valid():
        raise ConfigError(f"{path} is no template: it has a `$` that starts no variable", hint="write $$ for a dollar")
    if lacking := wanted - mine.variables:
        raise ConfigError(f"{path}: the prompt {name!r} must use {_listed(lacking)}")
    if unknown := mine.variables - wanted:
        raise ConfigError(f"{path}: the prompt {name!r} has no {_listed(unknown)}; it may use {_listed(wanted)}")
    return mine


def _listed(variables: frozenset[str]) -> str:
    return ", ".join(f"${{{name}}}" for name in sorted(variables))
