"""Whatever systems, models and labels are called, MLflow takes their names and tells them apart."""

from hypothesis import given
from hypothesis import strategies as st

from escalade.track.names import metric_name, metrics, params, shortened

anything = st.text(max_size=300)


def valid(name):
    from mlflow.utils.validation import _validate_metric_name  # noqa: PLC0415  (seconds)

    _validate_metric_name(name)
    return len(name) <= 250


@given(anything)
def test_every_text_becomes_a_name_that_mlflow_takes(text):
    """MLflow's own check has nothing to say, whatever the text is."""
    assert valid(metric_name("cost_by_role", text))


@given(anything, anything)
def test_names_that_differ_stay_different(one, other):
    """Also where both had to be changed, as `A>B` and `A=B` have."""
    assert (metric_name("label", one) == metric_name("label", other)) == (one == other)
    assert metric_name("A>B") != metric_name("A=B")


def test_plain_names_stay_as_they_are():
    """Nothing is added to a name that is valid."""
    assert metric_name("cost_by_model", "gpt-4.1 mini") == "cost_by_model/gpt-4.1 mini"


def test_what_was_not_measured_is_no_metric():
    """Neither zero nor NaN stands for an unknown cost."""
    assert metrics({"known": 0, "unknown": None, "impossible": float("nan")}) == {"known": 0.0}


@given(anything, st.integers(40, 200))
def test_long_values_say_how_long_they_were(text, most):
    """And short ones lose nothing but what PostgreSQL cannot hold."""
    found = shortened(text, most)
    assert len(found) <= most
    assert "\x00" not in found
    if "\x00" not in text:
        assert (found == text) if len(text) <= most else f"({len(text)} characters)" in found
    assert params({"there": text, "not": None, "empty": ""}).keys() <= {"there"}
