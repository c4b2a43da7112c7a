"""The team's MLflow in a real browser: what its pages show of a run is what the store says.

With ESCALADE_PICTURES naming a folder, the pictures of docs/teams.md are taken into it.
"""

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from colleague import Colleague

from escalade.store import Record, Store
from escalade.tasks.mlflow_server import opened
from escalade.track.trace import trace_id

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
NO_ASSISTANT = """
localStorage.setItem("mlflow.assistant.panelOpen_v1", "false");
localStorage.setItem("mlflow.assistant.fab.autoOpenedOnFirstLoad_v1", "true");
"""
"""MLflow opens a chat beside its pages otherwise."""
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def who(librarian, postgres, tmp_path_factory) -> Colleague:
    """Somebody who has run the workflows."""
    found = replace(librarian, folder=tmp_path_factory.mktemp("looked"), store=postgres.new_database(), seed=1914)
    ran = found.run()
    assert ran.exit_code == 0, ran.exception
    return found


@pytest.fixture(scope="module")
def records(who) -> list[Record]:
    with Store.open(who.store) as store:
        [(run, *_)] = store.runs()
        return list(store.records(run.id))


@pytest.fixture(scope="module")
def places(who, records) -> dict[str, str]:
    """Where the run lies in MLflow: its experiment, and the runs of its systems."""
    with opened(who.where) as client:
        tag = "tags.`escalade.run`"
        [found] = client.search_experiments(filter_string=f"{tag} = '{records[0].run}'")
        runs = client.search_runs([found.experiment_id], "tags.`escalade.kind` = 'system'")
        return {"experiment": found.experiment_id, **{run.info.run_name: run.info.run_id for run in runs}}


@pytest.fixture
def page(who, tmp_path):
    """Opens an address and waits until all of some texts are seen; takes a picture."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("no Chromium on PATH")
    pictures = Path(os.environ.get("ESCALADE_PICTURES") or tmp_path)
    with (
        playwright.sync_playwright() as driver,
        driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"]) as browser,
    ):
        context = browser.new_context(
            http_credentials={"username": who.name, "password": who.password}, viewport={"width": 1280, "height": 720}
        )
        context.add_init_script(NO_ASSISTANT)
        looking = context.new_page()
        looking.set_default_timeout(60_000)

        def look(address: str, picture: str, *texts: str) -> Any:
            looking.goto(f"{who.uri}/#{address}")
            for text in texts:
                looking.get_by_text(text, exact=True).first.wait_for(state="attached")
            looking.screenshot(path=pictures / f"{picture}.jpg", type="jpeg", quality=75)
            return looking

        yield look


def test_an_experiment_shows_its_systems(page, places):
    """With the data set that the questions came from."""
    page(
        f"/experiments/{places['experiment']}/evaluation-runs",
        "team-experiment",
        "baseline",
        "simple",
        "complex",
        "demo",
    )


def test_a_run_shows_its_questions_and_its_figures(page, places):
    """Below each other: the system's run, the questions' runs, the metrics by role and level."""
    run = f"/experiments/{places['experiment']}/runs/{places['complex']}"
    page(run, "team-run", "complex", "Finished", "demo")
    page(f"{run}/model-metrics", "team-metrics", "cost_by_role", "funnel", "versus_reference")


def test_a_trace_shows_the_tree_of_the_work(page, places, records):
    """Its spans with their names, the question and the answer."""
    record = max((one for one in records if one.system == "complex"), key=lambda one: len(one.spans))
    spans = {span.name for span in record.spans}
    assert {"debate", "small", "medium", "judge"} <= spans
    place = places["experiment"]
    address = f"/experiments/{place}/traces?selectedEvaluationId={trace_id(record, place)}"
    page(address, "team-trace", *spans, record.item)


def test_a_data_set_shows_its_questions(page, places, librarian):
    """In the experiment that used it."""
    [data_set] = json.loads(librarian.said("data", "list", "--json"))
    address = f"/experiments/{places['experiment']}/datasets"
    page(address, "team-data-sets", "demo")
    page(f"{address}/{data_set['id']}", "team-data-set", "question_id: demo-0001")
