"""Paths: what a span's path says of others, for whoever reads them in a Record. Nothing is asked by a path.

"/rung.1/worker.2" is a step below "/rung.1", which is one below "", the whole question. A step is a role and, after a
dot, a place. A gate has the place of the answer that it judges: "/rung.1/gate.2" judges that of "/rung.1/worker.2".
"""

from collections.abc import Iterator


def above(path: str) -> str:
    """The path of the span that this one was opened in."""
    return path.rpartition("/")[0]


def all_above(path: str) -> Iterator[str]:
    """The paths above this one, the nearest first, "" last."""
    while path:
        path = above(path)
        yield path


def is_in(path: str, span: str) -> bool:
    """Whether a path is that of the span or of one below it."""
    return path == span or path.startswith(f"{span}/")


def judged_by(gate: str) -> str:
    """The path of the answer that the gate at this path judges."""
    return _beside(gate, "gate", "worker")


def gate_of(worker: str) -> str:
    """The path of the gate that judges the answer at this path, if any does."""
    return _beside(worker, "worker", "gate")


def _beside(path: str, role: str, other: str) -> str:
    """That of the other role at the same place."""
    return f"{above(path)}/{other}{path.rpartition('/')[2].removeprefix(role)}"
