"""Worlds that the tests of the simulated world share."""

import pytest

from escalade.simulate import KnownItem, World, demo_questions


@pytest.fixture(scope="session")
def items() -> tuple[KnownItem, ...]:
    return demo_questions(1000, seed=5)


@pytest.fixture(scope="session")
def world(items) -> World:
    return World(items, seed=11)


@pytest.fixture(scope="session")
def even_world(items) -> World:
    """All items equally hard, so that nothing but luck makes models err together."""
    return World(items, seed=11, difficulty_spread=0)
