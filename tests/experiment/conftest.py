"""A store that is gone after the test, and a journal in it."""

from collections.abc import Iterator

import pytest

from escalade.models.journal import Journal
from escalade.store import Store


@pytest.fixture
def store() -> Iterator[Store]:
    with Store.open("sqlite://") as opened:
        yield opened


@pytest.fixture
def journal(store) -> Journal:
    return Journal(store)
