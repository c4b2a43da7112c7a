"""The backup of deploy/README.md, by its own commands: on new databases and an empty folder all is there again."""

import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from colleague import Colleague, asked
from team_stack import DEPLOY, SECRETS, MlflowServer, make_databases, running_mlflow

from escalade.store import Store
from escalade.tasks.mlflow_server import opened
from postgres import Server, running_server

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


def by_the_readme(program: str, server: Server, folder: Path) -> None:
    """Runs the page's command for each database, in the folder with the dumps, as inside PostgreSQL's container."""
    [(command, direction)] = re.findall(
        rf"docker compose exec -T postgres ({program} .+?) ([<>]) \$name.dump", (DEPLOY / "README.md").read_text()
    )
    script = f"set -e; for name in mlflow mlflow_auth escalade; do {command} {direction} $name.dump; done"
    subprocess.run(
        ["sh", "-c", script],
        cwd=folder,
        env={
            "PATH": f"{server.binaries}:{os.environ['PATH']}",
            "PGHOST": "127.0.0.1",
            "PGPORT": str(server.port),
            "PGPASSWORD": server.password,
        },
        check=True,
        timeout=60,
    )


def told_by(server: MlflowServer, who: Colleague, run_id: str) -> tuple[Any, Any]:
    """What a server has of a run of ours: its figures, and an artifact, asked for as a browser does."""
    with opened(replace(who, uri=server.url).where) as client:
        [place] = client.search_experiments(filter_string=f"tags.`escalade.run` = '{run_id}'")
        runs = client.search_runs([place.experiment_id], max_results=1000)
    system = next(run for run in runs if run.data.tags["escalade.kind"] == "system")
    path = f"/get-artifact?path=summary.json&run_id={system.info.run_id}"
    return (
        sorted((run.info.run_id, run.data.metrics) for run in runs),
        asked(server, path, user=(who.name, who.password)),
    )


def test_what_was_backed_up_is_there_again(librarian, postgres, mlflow_server, tmp_path):
    """Runs, artifacts, users with their passwords, and Escalade's own store."""
    assert librarian.run().exit_code == 0
    with Store.open(librarian.store) as store:
        [(run, *_)] = store.runs()
        kept = list(store.records(run.id))
    by_the_readme("pg_dump", postgres, tmp_path)
    shutil.copytree(mlflow_server.folder / "artifacts", tmp_path / "artifacts")

    with running_server("postgres") as restored:
        make_databases(restored)
        by_the_readme("pg_restore", restored, tmp_path)
        password = SECRETS["ESCALADE_DB_PASSWORD"]
        with Store.open(f"postgresql+psycopg://escalade:{password}@127.0.0.1:{restored.port}/escalade") as store:
            assert list(store.records(run.id)) == kept
        with running_mlflow(restored, tmp_path) as server:
            assert told_by(server, librarian, run.id) == told_by(mlflow_server, librarian, run.id)
