"""`--offline` uses no network: neither for models nor for data; and `escalade data fetch` brings the data before."""

import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from escalade.cli.main import app
from escalade.config.build import Builder
from escalade.config.mlflow_task import MlflowTask
from escalade.config.opening import Choices, data_files
from escalade.config.schema import ConfigSpec
from escalade.core.errors import ConfigError, DataError
from escalade.tasks import math500, mmlu_pro
from escalade.tasks.published import published

ROWS = [
    {"unique_id": f"sum-{n}", "problem": f"{n} + 1?", "answer": str(n + 1), "subject": "Algebra", "level": 1}
    for n in range(3)
]
CONTENT = "".join(json.dumps(row) + "\n" for row in ROWS).encode()
CONFIG = """
models: {small: {simulated: {like: ladder/small}}}
experiments: {sums: {task: math500, systems: [small]}}
"""


class Publisher:
    """A publisher of problems on loopback that counts what it is asked."""

    asked = 0


@pytest.fixture
def publisher(monkeypatch, tmp_path):
    """The publisher of MATH-500, and an empty cache."""
    publisher = Publisher()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            publisher.asked += 1
            self.send_response(200)
            self.send_header("Content-Length", str(len(CONTENT)))
            self.end_headers()
            self.wfile.write(CONTENT)

        def log_message(self, *_):
            """Nothing is printed."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        url = f"http://127.0.0.1:{server.server_port}/test.jsonl"
        file = msgspec.structs.replace(math500.FILE, url=url, sha256=hashlib.sha256(CONTENT).hexdigest())
        monkeypatch.setattr(math500, "FILE", file)
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
        monkeypatch.delenv("ESCALADE_DATA", raising=False)
        monkeypatch.delenv("ESCALADE_STORE", raising=False)
        monkeypatch.chdir(tmp_path)
        Path("sums.yaml").write_text(CONFIG)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield publisher
        finally:
            server.shutdown()
            thread.join()


def escalade(*arguments):
    return CliRunner().invoke(app, list(arguments))


def test_data_that_is_not_here_is_named_and_not_fetched(publisher, tmp_path):
    """The error names the file that is expected, the command that fetches it, and what forbids fetching."""
    ran = escalade("run", "sums.yaml", "-q", "--offline")
    assert isinstance(ran.exception, DataError)
    assert str(tmp_path / "cache" / "escalade" / "math500.jsonl") in str(ran.exception)
    assert "--offline" in str(ran.exception)
    assert "`escalade data fetch math500`" in ran.exception.hint
    assert publisher.asked == 0


def test_data_that_was_fetched_is_found(publisher, tmp_path):
    """`data fetch` says where it put the file, once; `run --offline` then needs the journal alone."""
    place = tmp_path / "cache" / "escalade" / "math500.jsonl"
    for _ in range(2):
        assert escalade("data", "fetch", "math500").stdout == f"MATH-500: {place}\n"
    assert json.loads(escalade("data", "fetch", "math500", "--json").stdout) == {"MATH-500": str(place)}
    assert escalade("run", "sums.yaml", "-q").exit_code == 0
    again = escalade("run", "sums.yaml", "-q", "--offline")
    assert again.exit_code == 0, again.output
    assert publisher.asked == 1


def test_a_damaged_copy_in_the_cache_is_not_mended(publisher, tmp_path):
    """That would be a download; the error says that the copy is there and damaged."""
    place = tmp_path / "cache" / "escalade" / "math500.jsonl"
    place.parent.mkdir(parents=True)
    place.write_text("{}\n")
    ran = escalade("run", "sums.yaml", "-q", "--offline")
    assert "MATH-500 is damaged" in str(ran.exception)
    assert publisher.asked == 0


@pytest.mark.parametrize("way", ["option", "environment", "dotenv"])
def test_a_data_folder_is_looked_into(publisher, tmp_path, monkeypatch, way):
    """The folder of --data, of the environment or of the `.env` beside the config: nothing is asked for elsewhere."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "math500.jsonl").write_bytes(CONTENT)
    told = ["--data", "data"] if way == "option" else []
    if way == "environment":
        monkeypatch.setenv("ESCALADE_DATA", str(folder))
    if way == "dotenv":
        Path(".env").write_text("ESCALADE_DATA=data\n")
    ran = escalade("plan", "sums.yaml", "--json", *told)
    assert json.loads(ran.stdout)["items"] == len(ROWS), ran.output
    assert publisher.asked == 0


def test_without_offline_data_is_fetched_when_it_is_needed(publisher):
    """As before."""
    assert escalade("plan", "sums.yaml").exit_code == 0
    assert publisher.asked == 1


def test_an_unknown_benchmark_is_an_error():
    """With the nearest name."""
    ran = escalade("data", "fetch", "math50")
    assert isinstance(ran.exception, ConfigError)
    assert "'math500'" in ran.exception.hint


def test_what_cannot_be_fetched_is_named_with_a_way_to_get_it(publisher, monkeypatch):
    """A publisher that does not answer: the error says where the file is and how a copy is named."""
    monkeypatch.setattr(mmlu_pro, "FILE", msgspec.structs.replace(mmlu_pro.FILE, url="http://127.0.0.1:9/pro.parquet"))
    ran = escalade("data", "fetch", "mmlu_pro", "--json")
    assert json.loads(ran.stdout) == {}
    assert isinstance(ran.exception, DataError)
    assert all(part in ran.exception.hint for part in ("TIGER-Lab/MMLU-Pro", "by hand", "`path:`"))
    assert publisher.asked == 0


def test_every_published_file_says_what_fetches_it():
    """So that no message shows an empty command."""
    assert "" not in published()
    assert set(published()) == {"math500", "gpqa", "arena_hard", "arena_hard_v0.1", "mmlu_pro"}


def test_a_data_set_of_a_server_is_not_asked_for(tmp_path):
    """An MLflow that is no file of this machine is refused, with the remedy."""
    builder = Builder(ConfigSpec(), tmp_path, files=data_files(tmp_path, Choices(offline=True)))
    with pytest.raises(DataError, match=r"http://127\.0\.0\.1:9.*--offline forbids"):
        MlflowTask(name="sums", uri="http://127.0.0.1:9").build(builder, ("task",))
    assert MlflowTask(name="sums", uri="sqlite").build(builder, ("task",)) is not None


def test_a_run_is_not_logged_over_the_network(publisher, monkeypatch):
    """The run is done, and one line says what was left out and what does it later."""
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    assert escalade("run", "sums.yaml", "-q").exit_code == 0
    ran = escalade("run", "sums.yaml", "-q", "--offline", "--mlflow", "http://127.0.0.1:9")
    assert ran.exit_code == 0, ran.output
    assert "not logged to MLflow at http://127.0.0.1:9: --offline forbids it; `escalade track RUN` can" in ran.stderr
