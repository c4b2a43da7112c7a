"""What MLflow's client raises, in a line that a user can act on. The messages are those of its 3.17."""

import pytest

from escalade.tasks.mlflow_server import Address, trouble

WHERE = Address(uri="http://ada:s3cret@127.0.0.1:40159")
FAILED = (
    "API request to http://ada:s3cret@127.0.0.1:40159/api/2.0/mlflow/experiments/search failed with exception "
    "HTTPConnectionPool(host='127.0.0.1', port=40159): Max retries exceeded with url: /search"
    " (Caused by {})"
)


class Raised(Exception):
    """Of MLflow's exceptions, what is looked at."""

    def __init__(self, said: str, error_code: str = "") -> None:
        super().__init__(said)
        self.error_code = error_code


@pytest.mark.parametrize(
    ("raised", "said", "hint"),
    [
        (
            Raised(FAILED.format("""ReadTimeoutError("HTTPConnectionPool(host='x', port=1): Read timed out. (30)")""")),
            "failed: Read timed out. (30)",
            "check the address",
        ),
        (
            Raised(FAILED.format("""NewConnectionError("HTTPConnection(host='x', port=1): Connection refused")""")),
            "failed: Connection refused",
            "check the address",
        ),
        (
            Raised(FAILED.format("ResponseError('too many 503 error responses')")),
            "failed: too many 503 error responses",
            "its log",
        ),
        (Raised("failed with error code 401 != 200", "UNAUTHENTICATED"), "401", "MLFLOW_TRACKING_PASSWORD"),
        (Raised("failed with error code 403 != 200", "PERMISSION_DENIED"), "403", "administrator"),
        (Raised("403 Client Error: Forbidden for url: x"), "403", "administrator"),
        (Raised("Detected out-of-date database schema (upgrade it)"), "schema", "mlflow db upgrade http://ada:***@"),
        (Raised(""), "failed: Raised", "check the address"),
    ],
)
def test_the_line_names_the_cause_and_the_remedy(raised, said, hint):
    """Without pool and path, without a password; and the port 40159 is not taken for a refusal 401."""
    told = trouble(WHERE, raised)
    assert said in str(told)
    assert hint in told.hint
    assert "s3cret" not in str(told) + told.hint
