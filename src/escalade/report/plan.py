"""A system's structure as text and as a mermaid drawing: what `escalade plan` shows before anything is spent."""

from collections.abc import Iterator

from escalade.core.structure import Part, Structure

_HIDDEN = frozenset({"prompts", "prompt", "identity", "system", "simulated", "sampling", "price"})
"""Settings that make a drawing unreadable; `escalade models` and `escalade prompts` show them."""


def as_text(structure: Structure) -> str:
    """The tree, a line a part."""
    return "\n".join(_lines(Part("", structure), "", ""))


def _lines(part: Part, first: str, rest: str) -> Iterator[str]:
    yield first + label(part)
    inner = part.structure.parts
    for place, child in enumerate(inner):
        last = place == len(inner) - 1
        yield from _lines(child, rest + ("└─ " if last else "├─ "), rest + ("   " if last else "│  "))


def label(part: Part) -> str:
    """One part in words: its role, what it is, its settings, how often it may be asked."""
    structure = part.structure
    what = structure.name if structure.kind in ("model", structure.name) else f"{structure.kind} {structure.name}"
    settings = ", ".join(
        f"{key} {value}" for key, value in structure.settings.items() if key not in _HIDDEN and value != structure.name
    )
    role = f"rung {part.level}: " if part.level else f"{part.role}: " if part.role not in ("", "worker") else ""
    times = f" (up to {part.times} times)" if part.times > 1 else ""
    return f"{role}{what}{f' [{settings}]' if settings else ''}{times}"


def as_mermaid(structure: Structure) -> str:
    """A flowchart in mermaid's language."""
    lines = ["flowchart TD"]
    _nodes(Part("", structure), "n", lines)
    return "\n".join(lines)


def _nodes(part: Part, name: str, lines: list[str]) -> None:
    text = label(part).replace('"', "'")
    gate = part.role == "gate"
    lines.append(f'    {name}{"{{" if gate else "["}"{text}"{"}}" if gate else "]"}')
    for place, child in enumerate(part.structure.parts, 1):
        inner = f"{name}_{place}"
        _nodes(child, inner, lines)
        lines.append(f"    {name} {'-.->' if child.role == 'gate' else '-->'} {inner}")
