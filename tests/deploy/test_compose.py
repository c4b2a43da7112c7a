"""The compose file: valid, closed without its secrets and from outside, and of the versions that were tested."""

import json
import os
import re
import shutil
import subprocess

import pytest
from team_stack import COMPOSE, DEPLOY, SECRETS, service

from escalade.core.errors import ConfigError

MISSABLE = [name for name in SECRETS if name != "MLFLOW_WORKERS"]


@pytest.fixture
def checked(tmp_path):
    """What Debian's docker-compose, which needs no engine, makes of the compose file with these secrets."""
    program = shutil.which("docker-compose")
    if program is None:
        pytest.skip("needs docker-compose (Debian's package of that name)")

    def check(secrets: dict[str, str]) -> subprocess.CompletedProcess[str]:
        (tmp_path / ".env").write_text("".join(f"{name}={value}\n" for name, value in secrets.items()))
        return subprocess.run(
            [program, "--file", COMPOSE, "--env-file", tmp_path / ".env", "config"],
            env={"PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return check


def test_compose_takes_the_file_with_all_secrets(checked):
    """Its own validation has nothing to say, and both services are there."""
    ran = checked(dict.fromkeys(SECRETS, "x"))
    assert ran.returncode == 0, ran.stderr
    assert re.findall(r"^  (\w+):$", ran.stdout.partition("services:")[2].partition("version:")[0], re.MULTILINE) == [
        "mlflow",
        "postgres",
    ]


def test_compose_refuses_a_missing_and_an_empty_secret(checked):
    """The refusal says where the remedy is."""
    for secrets in ({}, {**SECRETS, "MLFLOW_SECRET_KEY": ""}):
        ran = checked(secrets)
        assert ran.returncode != 0
        assert "is missing in .env - see deploy/README.md" in ran.stderr


@pytest.mark.parametrize("missing", MISSABLE)
def test_each_secret_is_wanted(missing):
    """There is no default for any of them."""
    with pytest.raises(ConfigError, match="is missing in"):
        service("mlflow", {name: value for name, value in SECRETS.items() if name != missing})


def test_the_form_for_secrets_names_all_of_them_and_fills_none():
    """What a team copies to .env; the rest in it is commented out or no secret."""
    lines = (DEPLOY / ".env.example").read_text().splitlines()
    said = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert {name for name, value in said.items() if not value} == set(MISSABLE) - {"MLFLOW_ADMIN_USERNAME"}
    settable = {line[2:].split("=")[0] for line in lines if re.match(r"# [A-Z_]+=", line)}
    used = set(re.findall(r"\$\{(\w+)", COMPOSE.read_text()))
    assert used == settable | set(MISSABLE)


def test_the_line_in_the_readme_fills_the_form(tmp_path):
    """Every secret gets a value of its own, and the file is its owner's alone."""
    shutil.copy(DEPLOY / ".env.example", tmp_path)
    [line] = re.findall(r"^\(umask .*\.env\)$", (DEPLOY / "README.md").read_text(), re.MULTILINE)
    subprocess.run(["sh", "-c", line], cwd=tmp_path, check=True)
    made = dict(re.findall(r"^(\w+)=(.*)$", (tmp_path / ".env").read_text(), re.MULTILINE))
    secrets = [value for name, value in made.items() if name not in {"COMPOSE_PROJECT_NAME", "MLFLOW_ADMIN_USERNAME"}]
    assert len(secrets) == len(set(secrets)) == 6
    assert min(map(len, secrets)) == 64
    assert (tmp_path / ".env").stat().st_mode & 0o077 == 0


def test_nothing_listens_to_other_machines_unless_told():
    """Every port that is published is published on loopback, MLflow's where the examples look for it."""
    ports = [port for name in ("postgres", "mlflow") for port in service(name)["ports"]]
    assert ports == ["127.0.0.1:5432:5432", "127.0.0.1:5000:5000"]


def test_versions_are_those_that_the_tests_run_with():
    """The image holds what both locks say, and is named by MLflow's version."""
    tested, shipped = (
        dict(re.findall(r"^([a-z0-9.-]+)==([^ ;]+)", file.read_text(), re.MULTILINE))
        for file in (DEPLOY.parent / "requirements-dev.lock", DEPLOY / "requirements.lock")
    )
    assert {"mlflow", "flask-wtf", "psycopg2-binary"} <= shipped.keys()
    assert shipped.items() <= tested.items()
    assert service("mlflow")["image"] == f"escalade-mlflow:{shipped['mlflow']}"
    for image in (
        service("postgres")["image"],
        *re.findall(r"^FROM (\S+)", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE),
    ):
        assert re.fullmatch(r"\w+:\d+\.\d+(\.\d+)?-[a-z-]+", image), image


def test_what_the_image_starts_is_what_compose_starts():
    """Whoever runs the image by hand gets the server with users, too."""
    [said] = re.findall(r"^CMD (.+)$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    assert json.loads(said) == service("mlflow")["command"]
