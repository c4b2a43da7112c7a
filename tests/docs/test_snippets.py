"""The code that the pages show runs and does what they say."""

import asyncio
import gzip
import json
import tomllib
import zipfile

import pytest
from fenced import ROOT, blocks
from typer.testing import CliRunner

import escalade.experiment
import escalade.strategies
from escalade.cli.main import app
from escalade.config.opening import Choices, load
from escalade.core.messages import Expects
from escalade.models.leaf import Leaf
from escalade.recorded import RecordedBackend
from escalade.simulate import SimulatedBackend, World, demo_questions, population
from escalade.simulate.server import Service, serving
from escalade.store import Store
from escalade.tasks import Demo, MmluPro


async def test_the_readme_s_python_runs(capsys):
    """Against the simulated provider that it tells to start, which knows the question; what is booked is as it says."""
    [code] = blocks("README.md", "python")
    service = Service(report_cost=True)
    async with serving(World(demo_questions(400)), list(population("ladder")), service) as served:
        code = code.replace("http://127.0.0.1:8765/v1", served.url)
        await asyncio.to_thread(exec, compile(code, "README.md", "exec"), {"__name__": "__main__"})
        told = served.bill.totals()["told_usd"]
    *_, answered, account = capsys.readouterr().out.splitlines()
    assert answered == "Answer: 380"
    assert account.endswith(f" {told} USD")


def test_the_readme_s_config_runs(tmp_path):
    """As it stands, offline."""
    [text] = blocks("README.md", "yaml")
    (tmp_path / "escalade.yaml").write_text(text, encoding="utf-8")
    store = f"sqlite:///{tmp_path}/store.sqlite"
    result = CliRunner().invoke(app, ["run", f"{tmp_path}/escalade.yaml", "--limit", "10", "--store", store, "--json"])
    assert result.exit_code == 0, result.output
    assert [system["name"] for system in json.loads(result.stdout)["systems"]] == ["large", "small", "ladder"]


@pytest.mark.parametrize("text", [b for page in ("docs/configuration.md",) for b in blocks(page, "yaml")])
def test_the_configuration_page_s_fragments_are_configs(tmp_path, text):
    """Each loads by itself."""
    (tmp_path / "fragment.yaml").write_text(text, encoding="utf-8")
    load(tmp_path / "fragment.yaml", Choices())


def test_the_accounting_example_holds():
    """Its sums are asserted in it, to the last digit."""
    [code] = blocks("docs/accounting.md", "python")
    exec(compile(code, "docs/accounting.md", "exec"), {})


async def test_the_fitting_of_weights_in_python_runs():
    """What docs/debate.md shows beside the config: the vote is weighed by what was measured on the other half."""
    code = next(block for block in blocks("docs/debate.md", "python") if "halves(" in block)
    with Store.open("sqlite://") as store:
        world, known = World(demo_questions(40)), population("ladder")[:3]
        members = [Leaf(model.name, SimulatedBackend(world, model)) for model in known]
        given = {"task": Demo(40), "members": members, "store": store}
        scope = vars(escalade.experiment) | vars(escalade.strategies) | given
        lines = "".join(f"    {line}\n" for line in code.splitlines())
        exec(compile(f"async def shown():\n{lines}    return reported\n", "docs/debate.md", "exec"), scope)
        reported = await scope["shown"]()
        outcome = await escalade.experiment.Runner(reported, store).run()
    assert (outcome.ended, outcome.run.items) == ("finished", 20)


async def test_the_recipe_for_recorded_answers_makes_what_is_read(tmp_path):
    """From an archive in the publisher's form to a task and a model that answers it."""
    [code] = blocks("docs/recorded.md", "python")
    recipe = {}
    exec(compile(code, "docs/recorded.md", "exec"), recipe)
    row = {"question_id": 7, "question": "Which is a fruit?", "options": ["A stone", "A pear"], "answer": "B"}
    row |= {"category": "other", "src": "ours", "model_outputs": "The answer is (B).", "pred": "B"}
    with zipfile.ZipFile(tmp_path / "outputs.zip", "w") as archive:
        archive.writestr("outputs.json", json.dumps([row]))
    recipe["convert"](tmp_path / "outputs.zip", "some-model", tmp_path)
    [item] = await MmluPro(tmp_path / "mmlu_pro" / "questions.jsonl.gz").items()
    assert (item.id, item.gold, item.expects) == ("mmlu-pro/7", "B", Expects("choice", ("A", "B")))
    backend = RecordedBackend(tmp_path / "mmlu_pro" / "answers-some-model.jsonl.gz")
    assert (await backend.send(b"", item.request())).text == "The answer is (B)."


async def test_the_shown_line_of_a_recorded_file_is_one(tmp_path):
    """docs/recorded.md's example line answers its item."""
    [line] = blocks("docs/recorded.md", "json")
    with gzip.open(tmp_path / "answers.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write(line)
    (tmp_path / "plain.jsonl").write_text(line, encoding="utf-8")
    for name in ("answers.jsonl.gz", "plain.jsonl"):
        assert RecordedBackend(tmp_path / name).model_id == "gemini-1.5-pro-002"


def test_the_shown_entry_point_is_the_extension_s():
    """CONTRIBUTING shows what the example package has."""
    [shown] = blocks("CONTRIBUTING.md", "toml")
    package = tomllib.loads((ROOT / "examples" / "extension" / "pyproject.toml").read_text(encoding="utf-8"))
    group = tomllib.loads(shown)["project"]["entry-points"]["escalade.strategies"]
    assert group == package["project"]["entry-points"]["escalade.strategies"]
