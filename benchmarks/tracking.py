"""What logging a run to MLflow costs a question, in each detail, beside Sigmoid MLM's way of doing it.

    .venv/bin/python benchmarks/tracking.py                       on SQLite
    .venv/bin/python benchmarks/tracking.py --where postgres      on a PostgreSQL that is started for it
    .venv/bin/python benchmarks/tracking.py --where http          through MLflow's server, on SQLite

`make setup` makes the environment. One run of simulated models is logged by each, in turns, into an MLflow that is new
each time. The ancestor's way is one fluent run per question with a request for each param, tag and metric; it is given
the same params, tags and metrics as `questions` logs, and as `traces` does, the same and one span and one artifact, as
it had. MLflow's start is left out.
"""

import argparse
import asyncio
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import machine
from needs import need, remedy
from printing import table

try:
    from escalade.analysis import Summary
    from escalade.config.opening import Choices, open_experiment
    from escalade.experiment import Runner
    from escalade.experiment.figures import summary_of
    from escalade.models.journal import said
    from escalade.store import Run, Store
    from escalade.tasks.mlflow_server import Address, opened
    from escalade.track import Settings, track
    from escalade.track.question_run import question_run
except ModuleNotFoundError as missing:
    sys.exit(remedy(missing.name))

_CONFIG = """
models:
  small: {{simulated: {{like: ladder/small}}}}
  medium: {{simulated: {{like: ladder/medium}}}}
  large: {{simulated: {{like: ladder/large}}}}
  judge: {{simulated: {{like: ladder/judge}}}}
systems:
  ladder: {{cascade: [small, medium, large], accept: {{judge: judge, at_least: 0.8}}}}
experiments:
  tracked: {{task: {{demo: {{count: {count}}}}}, systems: [ladder]}}
"""
_DETAILS = ("summary", "questions", "traces")
_STARTING_S = 120.0
Figures = dict[str, float]


class Made:
    """A finished run and its store."""

    def __init__(self, store: Store, run: Run) -> None:
        self.store = store
        self.run = run
        self.summary: Summary = summary_of(store, run.id)


def ours(made: Made, where: Address, detail: Any) -> Figures:
    tracked = track(made.run, made.store, made.summary, Settings(where=where, detail=detail))
    return {"ms": 1000 * tracked.seconds / made.run.items, "cpu_ms": 1000 * tracked.cpu_s / made.run.items}


def ancestor(made: Made, where: Address, *, traced: bool) -> Figures:
    """The same content by the fluent API, a request for each value."""
    import mlflow  # noqa: PLC0415  (seconds)

    records = list(made.store.records(made.run.id))
    rows = made.store.texts([call.id for record in records for call in record.calls])
    texts = {key: said(row) for key, row in rows.items()}
    logs = [(record, question_run(made.run, record, texts)) for record in records]
    with opened(where):
        mlflow.set_experiment("ancestor")
        began, cpu = time.monotonic(), time.process_time()
        for record, log in logs:
            with mlflow.start_run(run_name=log.name):
                for name, value in log.params.items():
                    mlflow.log_param(name, value)
                for name, text in log.tags.items():
                    mlflow.set_tag(name, text)
                for name, number in log.metrics.items():
                    mlflow.log_metric(name, number)
                if traced:
                    with mlflow.start_span("best_response", span_type="CHAIN") as span:
                        span.set_inputs({"q": record.item})
                        answer, model = texts.get(record.answer, ""), log.params.get("model_name", "")
                        span.set_outputs({"answer": answer, "model": model})
                    mlflow.log_dict({"history": [step.path for step in record.steps]}, "history.json")
        if traced:
            mlflow.flush_trace_async_logging()
        count = len(logs)
        return {
            "ms": 1000 * (time.monotonic() - began) / count,
            "cpu_ms": 1000 * (time.process_time() - cpu) / count,
        }


def ways() -> dict[str, Callable[[Made, Address], Figures]]:
    return {
        "ancestor": lambda made, where: ancestor(made, where, traced=False),
        "ancestor, traced": lambda made, where: ancestor(made, where, traced=True),
        "summary": lambda made, where: ours(made, where, "summary"),
        "questions": lambda made, where: ours(made, where, "questions"),
        "traces": lambda made, where: ours(made, where, "traces"),
    }


def run(questions: int, repeats: int, kind: str = "sqlite") -> dict[str, Any]:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder, _places(kind, Path(folder)) as place:
        made = _made(Path(folder), questions)
        found: dict[str, list[Figures]] = {name: [] for name in ways()}
        for _ in range(repeats):
            for name, way in ways().items():
                found[name].append(way(made, place()))
        made.store.close()
    figures = {name: {key: median(one[key] for one in all_) for key in all_[0]} for name, all_ in found.items()}
    heads = ["", "ms a question", "ancestor's ÷ this", "CPU ms a question", "ancestor's ÷ this"]
    rows = []
    for name, one in figures.items():
        beside = figures["ancestor, traced" if "trace" in name else "ancestor"]
        rows.append([name, one["ms"], beside["ms"] / one["ms"], one["cpu_ms"], beside["cpu_ms"] / one["cpu_ms"]])
    table(f"MLflow on {kind}, {questions} questions", heads, rows)
    return {"where": kind, "questions": questions, **figures}


def _made(folder: Path, questions: int) -> Made:
    config, url = folder / "tracked.yaml", f"sqlite:///{folder}/store.sqlite"
    config.write_text(_CONFIG.format(count=questions), encoding="utf-8")

    async def ran() -> Run:
        async with open_experiment(config, None, Choices(store=url)) as found:
            return (await Runner(found.experiment, found.store).run()).run

    made = asyncio.run(ran())
    return Made(Store.open(url), made)


@contextmanager
def _places(kind: str, folder: Path) -> Iterator[Callable[[], Address]]:
    """Addresses of MLflows with nothing in them but their tables, one for each time it is asked."""
    os.chdir(folder)  # where MLflow puts artifacts
    if kind == "postgres":
        sys.path.append(str(Path(__file__).parents[1] / "tests"))
        from postgres import running_server  # noqa: PLC0415  (a test's own module)

        with running_server() as server:
            yield lambda: _prepared(Address(uri=server.new_database().replace("+psycopg", "")))
        return
    empty = folder / "empty.db"
    _prepared(Address(uri=f"sqlite:///{empty}"))
    count = iter(range(1_000_000))

    def new_file() -> Path:
        return Path(shutil.copy(empty, folder / f"mlflow{next(count)}.db"))

    if kind == "sqlite":
        yield lambda: Address(uri=f"sqlite:///{new_file()}")
        return
    with _server(new_file(), folder) as address:
        yield lambda: address


def _prepared(where: Address) -> Address:
    with opened(where) as client:
        client.search_experiments()
    return where


@contextmanager
def _server(database: Path, folder: Path) -> Iterator[Address]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    command += ["--backend-store-uri", f"sqlite:///{database}", "--artifacts-destination", str(folder / "artifacts")]
    quiet = {"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    with (folder / "server.log").open("w") as log:
        process = subprocess.Popen(command, env=os.environ | quiet, stdout=log, stderr=log)
    try:
        until = time.monotonic() + _STARTING_S
        while not _answers(port):
            if time.monotonic() > until or process.poll() is not None:
                raise SystemExit(f"MLflow's server did not start:\n{(folder / 'server.log').read_text()[-2000:]}")
            time.sleep(0.5)
        yield Address(uri=f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--where", choices=["sqlite", "postgres", "http"], default="sqlite")
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--repeats", type=int, default=1, help="measure so often and take the medians")
    asked = parser.parse_args()
    need("mlflow")
    print(f"load before: {machine.load():.1f}")
    run(asked.questions, asked.repeats, asked.where)


if __name__ == "__main__":
    main()
