"""A span to answer under."""

import pytest

from escalade.ledger.span import Span


@pytest.fixture
def span() -> Span:
    return Span.root("test")
