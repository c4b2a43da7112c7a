"""Who gets into the team's MLflow, and what they may do there."""

from dataclasses import replace

import psycopg
import pytest
from colleague import ADMIN, ADMIN_PASSWORD, RefusedError, asked, make_user
from team_stack import SECRETS, MlflowServer

from escalade.core.errors import TrackingError
from escalade.tasks.mlflow_server import opened

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
PASSWORD = "station-x-in-bletchley"
EXPERIMENTS = "/api/2.0/mlflow/experiments"
SEARCH = {"max_results": 5}


def refused(*request, **options) -> int:
    """The status with which a request is refused."""
    with pytest.raises(RefusedError) as told:
        asked(*request, **options)
    return told.value.status


@pytest.fixture(scope="module")
def joan(mlflow_server):
    """An ordinary user."""
    make_user(mlflow_server, "joan", PASSWORD)
    return "joan", PASSWORD


@pytest.mark.parametrize(
    "user",
    [None, (ADMIN, "guess"), ("nobody", ADMIN_PASSWORD), ("admin", "password1234")],
    ids=["nobody", "wrong", "unknown", "old default"],
)
@pytest.mark.parametrize("path", ["/", f"{EXPERIMENTS}/search", "/api/2.0/mlflow-artifacts/artifacts", "/graphql"])
def test_nothing_is_shown_without_a_user(mlflow_server, path, user):
    """Neither pages nor experiments nor artifacts."""
    body = SEARCH if path.endswith(("search", "graphql")) else None
    assert refused(mlflow_server, path, body, user) == 401


def test_the_health_check_needs_no_user(mlflow_server):
    """And says nothing."""
    assert asked(mlflow_server, "/health") == "OK"


def test_a_foreign_name_of_the_host_is_refused(mlflow_server):
    """A page elsewhere cannot reach this server by a name of its own in a user's browser."""
    path = f"{EXPERIMENTS}/search"
    assert refused(mlflow_server, path, SEARCH, (ADMIN, ADMIN_PASSWORD), host="mlflow.example.org") == 403


def test_an_ordinary_user_makes_no_users(mlflow_server, joan):
    """And does not make himself an administrator."""
    body = {"username": "mallory", "password": PASSWORD}
    assert refused(mlflow_server, "/api/2.0/mlflow/users/create", body, joan) == 403
    body = {"username": "joan", "is_admin": True}
    assert refused(mlflow_server, "/api/2.0/mlflow/users/update-admin", body, joan, "PATCH") == 403


def test_what_is_somebody_else_s_is_seen_and_not_touched(mlflow_server, joan, librarian):
    """A colleague reads the data set, and can neither change it nor delete its experiment."""
    reader = librarian.as_(*joan)
    wanted = {"max_results": 1, "filter": "name = 'DATASET_Demo'"}
    [shown] = asked(mlflow_server, f"{EXPERIMENTS}/search", wanted, joan)["experiments"]
    body = {"experiment_id": shown["experiment_id"]}
    assert refused(mlflow_server, f"{EXPERIMENTS}/delete", body, joan) == 403
    assert "demo" in reader.said("data", "list", "--json")
    pushed = reader("data", "push", "{demo: {count: 3}}", "--if-exists", "replace")
    assert isinstance(pushed.exception, TrackingError)
    assert "administrator" in pushed.exception.hint
    with opened(librarian.where) as client:
        assert len(client.search_datasets([shown["experiment_id"]])[0].records) == 20


def test_a_colleague_runs_on_it_all_the_same(joan, librarian, postgres, tmp_path):
    """His runs are his own, and name a data set that is not."""
    who = replace(librarian.as_(*joan), folder=tmp_path, store=postgres.new_database(), seed=7)
    ran = who.run()
    assert ran.exit_code == 0, ran.exception
    assert ran.stderr == ""


def test_a_changed_password_is_the_one_that_counts(mlflow_server):
    """The administrator's way of deploy/README.md; in its own process the server forgets the old one at once."""
    make_user(mlflow_server, "alan", PASSWORD)
    assert asked(mlflow_server, f"{EXPERIMENTS}/search", SEARCH, ("alan", PASSWORD))
    body = {"username": "alan", "password": "another-password"}
    asked(mlflow_server, "/api/2.0/mlflow/users/update-password", body, (ADMIN, ADMIN_PASSWORD), "PATCH")
    assert refused(mlflow_server, f"{EXPERIMENTS}/search", SEARCH, ("alan", PASSWORD)) == 401
    assert asked(mlflow_server, f"{EXPERIMENTS}/search", SEARCH, ("alan", "another-password"))


def test_users_are_kept_in_postgresql_without_their_passwords(postgres, joan):
    """Hashes, in a database of their own."""
    with psycopg.connect(postgres.url("mlflow_auth").replace("+psycopg", "")) as connection:
        [(kept,)] = connection.execute("SELECT password_hash FROM users WHERE username = 'joan'").fetchall()
    assert PASSWORD not in kept
    assert len(kept) > 60


def test_the_same_run_out_of_another_store_is_told_apart_by_its_owner(joan, librarian, postgres, tmp_path):
    """A run is named by what was asked: its first logger owns it in MLflow, and the second is told."""
    assert librarian.run().exit_code == 0
    who = replace(librarian.as_(*joan), folder=tmp_path, store=postgres.new_database())
    ran = who.run()
    assert ran.exit_code == 0, ran.exception
    assert "somebody else's" in ran.stderr


def test_mlflow_s_former_password_starts_no_server(postgres, mlflow_server, tmp_path):
    """For a new administrator: it is refused by name, before anything listens."""
    secrets = {**SECRETS, "MLFLOW_ADMIN_USERNAME": "eve", "MLFLOW_ADMIN_PASSWORD": "password1234"}
    server = MlflowServer(postgres, tmp_path, secrets)
    try:
        with pytest.raises(AssertionError, match="insecure default password"):
            server.start()
    finally:
        server.kill()
