"""What the tests of tasks share: replies, spans, items and, where it is, the benchmark data."""

from collections.abc import Callable
from pathlib import Path

import pytest

from data_folder import needed
from escalade.core.messages import Expects
from escalade.core.reply import Reply
from escalade.ledger.span import Span
from escalade.tasks.protocol import Item


@pytest.fixture
def span() -> Span:
    return Span.root("grading")


@pytest.fixture
def item() -> Callable[..., Item]:
    def make(gold: str, expects: Expects | None = None, **more: object) -> Item:
        return Item(**{"id": "q", "turns": ("?",), "gold": gold, "expects": expects or Expects(), **more})

    return make


@pytest.fixture
def reply() -> Callable[..., Reply]:
    def make(text: str, **more: object) -> Reply:
        return Reply(text=text, **more)

    return make


@pytest.fixture
def data() -> Callable[[str], Path]:
    """A benchmark's file; the test is skipped where it is not on this machine."""

    return needed
