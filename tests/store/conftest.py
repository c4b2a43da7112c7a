"""Stores of both kinds: whatever is claimed of one is claimed of the other."""

import pytest

from escalade.store import Store


@pytest.fixture
def url(store_url):
    """The address of a new store."""
    return store_url


@pytest.fixture
def store(url):
    with Store.open(url) as opened:
        yield opened
