"""The databases of the team's PostgreSQL: made by the image's own means, closed to each other's roles."""

import os
import subprocess

import pytest
from team_stack import DEPLOY, SECRETS

from postgres import Server

psycopg = pytest.importorskip("psycopg", reason="PostgreSQL's driver, an extra, is not installed")

PASSWORDS = {
    "mlflow": SECRETS["MLFLOW_DB_PASSWORD"],
    "mlflow_auth": SECRETS["MLFLOW_AUTH_DB_PASSWORD"],
    "escalade": SECRETS["ESCALADE_DB_PASSWORD"],
}


def entered(server: Server, role: str, database: str) -> "psycopg.Connection[tuple[object, ...]]":
    return psycopg.connect(
        host="127.0.0.1", port=server.port, user=role, password=PASSWORDS[role], dbname=database, connect_timeout=10
    )


@pytest.mark.parametrize("role", PASSWORDS)
def test_a_role_works_in_its_own_database_and_enters_no_other(postgres, role):
    """With the password of .env as it is, colons and quotes included."""
    with entered(postgres, role, role) as connection:
        connection.execute("CREATE TABLE tried (x integer)")
        connection.execute("DROP TABLE tried")
        [rights] = connection.execute(
            "SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        ).fetchall()
    assert rights == (False, False, False)
    for other in {*PASSWORDS, "postgres", "template1"} - {role}:
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            entered(postgres, role, other)


def test_a_wrong_password_is_refused(postgres):
    """The server asks everybody who comes by the network."""
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(host="127.0.0.1", port=postgres.port, user="mlflow", password="guess", dbname="mlflow")


def start(tmp_path, *command: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["sh", str(DEPLOY / "start.sh"), *command],
        env={"PATH": os.environ["PATH"], "TMPDIR": str(tmp_path), **environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


def test_the_server_finds_both_passwords_and_shows_neither(postgres, tmp_path):
    """libpq takes them from a file of the server's own; they are in no address and not in its environment."""
    given = {name: SECRETS[name] for name in ("MLFLOW_DB_PASSWORD", "MLFLOW_AUTH_DB_PASSWORD")}
    psql = f"{postgres.binaries}/psql --no-psqlrc --no-password --host=127.0.0.1 --port={postgres.port} -Atc 'SELECT 1'"
    ran = start(tmp_path, "sh", "-c", f"{psql} -U mlflow mlflow && {psql} -U mlflow_auth mlflow_auth && env", **given)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines()[:2] == ["1", "1"]
    assert not [secret for secret in given.values() if secret in ran.stdout]
    [file] = tmp_path.iterdir()
    assert file.stat().st_mode & 0o077 == 0


def test_the_server_does_not_start_without_a_password(tmp_path):
    """Whoever runs the image without compose is refused, too."""
    ran = start(tmp_path, "echo", "started", MLFLOW_DB_PASSWORD="one")
    assert ran.returncode != 0
    assert "MLFLOW_AUTH_DB_PASSWORD" in ran.stderr
    assert "started" not in ran.stdout
