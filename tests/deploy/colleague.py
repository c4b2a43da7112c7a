"""Somebody of the team at work: with an MLflow, a store, a name and a password of his own, and Escalade's commands."""

import json
import urllib.request
from base64 import b64encode
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import click.testing
from team_stack import SECRETS, MlflowServer
from typer.testing import CliRunner

from escalade.cli.main import app
from escalade.tasks.mlflow_server import Address

QUESTIONS = 20
PACE = "pace: {latency_s: 0.1}"
CONFIG = f"""
models:
  small: {{simulated: {{like: ladder/small, {PACE}}}}}
  medium: {{simulated: {{like: ladder/medium, {PACE}}}}}
  large: {{simulated: {{like: ladder/large, {PACE}}}}}
  judge: {{simulated: {{like: ladder/judge, {PACE}}}}}
systems:
  baseline: large
  simple: {{cascade: [small, medium, large], accept: {{judge: judge, at_least: 0.8}}}}
  complex:
    cascade:
      - {{debate: [{{model: small, style: strict}}, {{model: medium, style: very_strict}}], rounds: 1}}
      - large
    accept: {{judge: judge, at_least: 0.8}}
experiments:
  team:
    task: TASK
    systems: [baseline, simple, complex]
    reference: baseline
    concurrency: 4
track: {{detail: traces}}
"""
"""The three workflows of the field's examples."""


@dataclass(frozen=True)
class Colleague:
    folder: Path
    uri: str
    store: str
    name: str = ""
    password: str = ""
    seed: int = 0

    @property
    def where(self) -> Address:
        return Address(uri=self.uri, user=self.name, password=self.password)

    @property
    def config(self) -> Path:
        return self.folder / "team.yaml"

    def __call__(self, *arguments: str) -> click.testing.Result:
        """`escalade ARGUMENTS` as this user; MLflow is named by the environment, as the examples do it."""
        environ = {
            "MLFLOW_TRACKING_URI": self.uri,
            "MLFLOW_TRACKING_USERNAME": self.name or None,
            "MLFLOW_TRACKING_PASSWORD": self.password or None,
            "ESCALADE_STORE": self.store,
            "COLUMNS": "200",
        }
        return CliRunner().invoke(app, [*arguments], env=environ)

    def said(self, *arguments: str) -> str:
        result = self(*arguments)
        assert result.exit_code == 0, (result.output, result.exception)
        return str(result.stdout)

    def push(self) -> dict[str, Any]:
        pushed: dict[str, Any] = json.loads(self.said("data", "push", f"{{demo: {{count: {QUESTIONS}}}}}", "--json"))
        return pushed

    def run(self, task: str = "{mlflow: {name: demo}}") -> click.testing.Result:
        """The experiment of CONFIG, logged as it runs."""
        self.config.write_text(CONFIG.replace("TASK", task))
        return self("run", str(self.config), "--json", "--seed", str(self.seed))

    def summary(self, run_id: str) -> dict[str, Any]:
        """What our own store says of a run."""
        shown: dict[str, Any] = json.loads(self.said("show", run_id, "--json"))
        return shown

    def as_(self, name: str, password: str) -> "Colleague":
        return replace(self, name=name, password=password)


ADMIN, ADMIN_PASSWORD = SECRETS["MLFLOW_ADMIN_USERNAME"], SECRETS["MLFLOW_ADMIN_PASSWORD"]


class RefusedError(Exception):
    """With this status."""

    @property
    def status(self) -> int:
        return int(self.args[0])


def asked(
    server: MlflowServer,
    path: str,
    body: Any = None,
    user: tuple[str, str] | None = None,
    method: str | None = None,
    *,
    host: str | None = None,
) -> Any:
    """The answer of one of MLflow's addresses, as plain HTTP. Raises RefusedError."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{server.url}{path}", data, method=method)
    request.add_header("Content-Type", "application/json")
    if host is not None:
        request.add_header("Host", host)
    if user is not None:
        request.add_header("Authorization", "Basic " + b64encode(":".join(user).encode()).decode())
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read().decode()
    except HTTPError as error:
        with error:
            raise RefusedError(error.code) from None
    return json.loads(text) if text.startswith("{") else text


def make_user(server: MlflowServer, name: str, password: str) -> None:
    """As deploy/README.md says it is done."""
    body = {"username": name, "password": password}
    asked(server, "/api/2.0/mlflow/users/create", body, (ADMIN, ADMIN_PASSWORD))
