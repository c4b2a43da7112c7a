"""The services of deploy/ without containers: real ones, started with what the compose file and the Dockerfile say.

Replaced is only what a container has of its own: hosts, ports and folders.
"""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from escalade.config.reading import read_config
from free_port import free_port
from postgres import Server

DEPLOY = Path(__file__).parents[2] / "deploy"
COMPOSE = DEPLOY / "compose.yaml"
SECRETS = {
    "MLFLOW_ADMIN_USERNAME": "ada",
    "MLFLOW_ADMIN_PASSWORD": "the-first-of-programmers",
    "MLFLOW_SECRET_KEY": "not-to-be-guessed",
    "POSTGRES_PASSWORD": "superuser's",
    "MLFLOW_DB_PASSWORD": "with:colon\\and back'slash@%",
    "MLFLOW_AUTH_DB_PASSWORD": "an0ther:one",
    "ESCALADE_DB_PASSWORD": "st0re",
    "MLFLOW_WORKERS": "1",
}
"""What `.env` would hold; the awkward ones must come through as they are."""


def service(name: str, environ: Mapping[str, str] = SECRETS) -> dict[str, Any]:
    """A service of the compose file, with `environ` put in. Raises ConfigError where a secret is missing."""
    found: dict[str, Any] = read_config(COMPOSE, environ=environ)["services"][name]
    return found


def make_databases(server: Server) -> None:
    """What the image of PostgreSQL does with databases.sql when it starts on an empty volume."""
    subprocess.run(
        [
            *(server.binaries / "psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--host=127.0.0.1"),
            *(f"--port={server.port}", f"--username={server.user}", "--dbname=postgres"),
            f"--file={DEPLOY / 'databases.sql'}",
        ],
        env={"PATH": os.environ["PATH"], "PGPASSWORD": server.password, **service("postgres")["environment"]},
        check=True,
    )


@dataclass
class MlflowServer:
    """`mlflow server` as its container starts it, on loopback."""

    postgres: Server
    folder: Path
    environ: Mapping[str, str] = field(default_factory=lambda: SECRETS)
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return (self.folder / "server.log").read_text(errors="replace")

    def environment(self) -> dict[str, str]:
        """The compose file's, in this machine's places."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ}
        kept["PATH"] = f"{Path(sys.executable).parent}:{kept['PATH']}"
        here = {
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.postgres.port),
            "MLFLOW_HOST": "127.0.0.1",
            "MLFLOW_PORT": str(self.port),
            "MLFLOW_ARTIFACTS_DESTINATION": str(self.folder / "artifacts"),
            "TMPDIR": str(self.folder),
            "MLFLOW_AUTH_CONFIG_PATH": str(DEPLOY / "basic_auth.ini"),
        }
        said = service("mlflow", self.environ)["environment"]
        assert here.keys() - {"TMPDIR"} <= said.keys()
        return kept | said | here

    def start(self) -> None:
        """Start it and wait until the compose file's health check is content. Again, it is where it was."""
        if self.port:
            assert self._started(), self.log
            return
        self.port = free_port()
        while not self._started():
            assert "ddress already in use" in self.log, self.log
            (self.folder / "server.log").unlink()
            self.port = free_port()

    def _started(self) -> bool:
        """False where it ends instead."""
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*_entrypoint(), *service("mlflow")["command"]],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env=self.environment(),
                start_new_session=True,
            )
        while self.process.poll() is None:
            if self.is_healthy():
                return True
        return False

    def is_healthy(self) -> bool:
        kind, *command = service("mlflow")["healthcheck"]["test"]
        assert kind == "CMD"
        return subprocess.run(command, env=self.environment(), capture_output=True, check=False).returncode == 0

    def kill(self) -> None:
        """It and its workers, at once."""
        if self.process is not None:
            if self.process.poll() is None:
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


@contextmanager
def running_mlflow(postgres: Server, folder: Path) -> Iterator[MlflowServer]:
    server = MlflowServer(postgres, folder)
    server.start()
    try:
        yield server
    finally:
        server.kill()


def _entrypoint() -> list[str]:
    [said] = re.findall(r"^ENTRYPOINT (.+)$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    return [word.replace("/etc/mlflow", str(DEPLOY)) for word in json.loads(said)]
