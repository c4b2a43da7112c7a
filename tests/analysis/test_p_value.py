"""P-values in words."""

import pytest

from escalade.analysis.sentence import p_value


@pytest.mark.parametrize(
    ("p", "shown"),
    [
        (1.0, "= 1"),
        (0.0833, "= 0.083"),
        (0.0504, "= 0.05"),
        (0.05, "= 0.05"),
        (0.0496, "= 0.0496"),
        (0.049996, "= 0.049996"),
        (0.0123, "= 0.012"),
        (1e-4, "= 0.0001"),
        (9e-5, "< 0.0001"),
    ],
)
def test_a_p_value_is_shown_on_its_side_of_the_level(p, shown):
    """Two digits, or as many as keep what is below 0.05 from being shown as 0.05."""
    assert p_value(p) == shown
