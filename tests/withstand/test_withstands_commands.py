"""Every command as a newcomer meets it: help with an example, JSON alone on stdout, a demo and a starter that work."""

import json
import re

import jsonschema
import pytest
import typer
import yaml
from ladder import config, written

import escalade.cli.main

_PROGRAM = typer.main.get_command(escalade.cli.main.app)
COMMANDS = sorted(_PROGRAM.commands)
PRINTS_NO_FACTS = {"demo", "init", "schema", "simulate", "import"}
"""They serve, show, write files, or print what is JSON already."""
STORE = "sqlite:///looked.sqlite"


def lines():
    """Each command as it is typed, those of a group with the group's name before them."""
    for name, command in sorted(_PROGRAM.commands.items()):
        inner = getattr(command, "commands", {})
        yield from (f"{name} {one}" for one in sorted(inner)) if inner else (name,)


@pytest.fixture
def simulated(tmp_path):
    """A config that needs no network."""
    values = config("http://127.0.0.1:9/v1", items=10)
    values["models"] = {name: {"simulated": {"like": f"ladder/{name}"}} for name in values["models"]}
    return written(tmp_path, values)


@pytest.fixture
def finished(program, simulated):
    """The id of a finished run."""
    return program("run", simulated, "--json", "--store", STORE).json()["run"]["id"]


@pytest.mark.parametrize("command", list(lines()))
def test_help_shows_an_example(program, command):
    """`escalade COMMAND --help` says what it is for and shows a line that can be typed."""
    ran = program(*command.split(), "--help")
    assert ran.code == 0
    assert re.search(rf"^  (For example|Examples?)\b[^\n]*:\n\n +escalade {command}\b", ran.out, re.MULTILINE)


def test_help_leads_to_the_first_steps(program):
    """The program's own help lists every command and where to begin."""
    ran = program("--help")
    assert ran.code == 0
    assert "escalade demo" in ran.out
    assert all(re.search(rf"^ +{command}\b", ran.out, re.MULTILINE) for command in COMMANDS)


def test_a_mistyped_command_is_an_error(program):
    """Exit code 2 and no traceback."""
    ran = program("rnu")
    assert ran.code == 2
    assert "No such command 'rnu'" in ran.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "hard.yaml"],
        ["run", "hard.yaml", "--set", "experiments.hard.budget={calls: 5}"],
        ["plan", "hard.yaml"],
        ["models", "hard.yaml"],
        ["prompts"],
        ["prompts", "judge"],
        ["schema"],
        ["runs"],
        ["show", "RUN"],
        ["why", "RUN", "demo-0001"],
        ["why", "RUN", "demo-0001", "--system", "climb"],
        ["ask", "What is 7 + 8?", "--system", "climb", "-c", "hard.yaml"],
    ],
    ids=" ".join,
)
def test_json_stands_alone_on_stdout(program, simulated, finished, arguments, monkeypatch):
    """Whatever else there is to say goes to stderr."""
    monkeypatch.setenv("ESCALADE_STORE", STORE)
    extra = [] if arguments == ["schema"] else ["--json"]
    ran = program(*(finished if a == "RUN" else a for a in arguments), *extra)
    assert isinstance(json.loads(ran.out), dict | list), ran.err
    assert ran.code in (0, 3)
    assert "Traceback" not in ran.err


def test_json_may_be_asked_for_everywhere(program):
    """Every command that prints results has --json."""
    for command in set(lines()) - PRINTS_NO_FACTS:
        assert "--json" in program(*command.split(), "--help").out, command


def test_the_demo_needs_nothing_and_says_what_it_is(program, tmp_path):
    """In an empty folder: simulated, where the results are, and the two lines to do it with real models."""
    ran = program("demo", "-q")
    assert ran.code == 0, ran.err
    assert "imulated" in ran.out.splitlines()[0]
    assert "Simulated, no evidence about real models" in ran.out
    assert "escalade-demo.sqlite" in ran.out
    assert (tmp_path / "escalade-demo.sqlite").exists()
    assert "escalade init" in ran.out.splitlines()[-2]
    assert "escalade run escalade.yaml" in ran.out.splitlines()[-1]
    assert "Use model cheap_and_best alone" in " ".join(ran.out.split())


def test_init_writes_a_config_that_plans(program, tmp_path, monkeypatch):
    """The starter is right as it stands, lacks the key alone to be run, and is never overwritten unasked."""
    monkeypatch.delenv("OPENROUTER_API_KEY", raising=False)
    assert program("init").code == 0
    starter = (tmp_path / "escalade.yaml").read_text(encoding="utf-8")
    (tmp_path / "escalade.yaml").write_text(starter + "# mine\n", encoding="utf-8")
    refused = program("init")
    assert (refused.code, "--force" in refused.err) == (2, True)
    assert "# mine" in (tmp_path / "escalade.yaml").read_text(encoding="utf-8")
    demo = ("--set", "experiments.first.task=demo")
    assert "OPENROUTER_API_KEY (endpoints.openrouter.key)" in program("plan", "escalade.yaml", *demo).err
    assert "put it into .env" in program("run", "escalade.yaml", *demo).err
    (tmp_path / ".env").write_text("OPENROUTER_API_KEY=sk-or-fake-key\n", encoding="utf-8")
    planned = program("plan", "escalade.yaml", *demo, "--json")
    assert planned.code == 0, planned.err
    worst = {system["name"]: system["worst"] for system in planned.json()["systems"]}
    assert list(worst) == ["strong", "small", "medium", "ladder", "panel", "agree"]
    assert worst["strong"]["calls"] == 50
    drawn = program("plan", "escalade.yaml", *demo, "--mermaid")
    assert drawn.out.startswith(("flowchart", "graph"))
    listed = program("models")
    assert "catalogue" in listed.out
    for ran in (planned, drawn, listed):
        assert "sk-or-fake-key" not in ran.out + ran.err


def test_the_exported_schema_accepts_the_starter_and_refuses_mistakes(program):
    """Editors that check by it find a wrong key, and nothing in the configs that we ship."""
    schema = program("schema").json()
    jsonschema.Draft202012Validator.check_schema(schema)
    checker = jsonschema.Draft202012Validator(schema)
    program("init")
    with open("escalade.yaml", encoding="utf-8") as file:  # noqa: PTH123  (the folder is the program's)
        starter = yaml.safe_load(file)
    checker.validate(starter)
    for wrong in (
        {"sytems": {}},
        {"systems": {"a": {"cascade": ["x"], "acept": {"agree": 1}}}},
        {"experiments": {"e": {"task": {"demo": {"cuont": 3}}, "systems": ["a"]}}},
        {"endpoints": {"e": {"url": "http://localhost/v1", "timeout": 3}}},
    ):
        assert not checker.is_valid(wrong), wrong


def test_looking_explains_a_run(program, simulated, finished):
    """`runs` lists it, `show` reports it, `why` tells a question's story, `models` and `prompts` what it is made of."""
    listed = program("runs", "--store", STORE)
    assert finished in listed.out
    assert "30/30" in listed.out
    report = program("show", finished[:8], "--store", STORE)
    assert all(name in report.out for name in ("large", "panel", "climb", "imulated"))
    story = program("why", finished, "demo-0003", "--system", "climb", "--prompts", "--store", STORE)
    assert all(word in story.out for word in ("climb", "judge", "small"))
    assert "population" in program("models", simulated).out
    assert "judge" in program("prompts").out
    assert "{question}" in program("prompts", "judge").out


def test_asking_one_question(program, simulated):
    """The answer is on stdout, its price on stderr; asked again, it is free."""
    arguments = ("ask", "What is 7 + 8?", "--system", "panel", "-c", simulated, "--store", STORE)
    first = program(*arguments)
    assert first.code == 0, first.err
    assert first.out.strip()
    assert "3 calls" in first.err
    again = program(*arguments, "--json").json()
    assert again["answer"].strip() == first.out.strip()
    assert all(call["hit"] for call in again["calls"])


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_can_complete(program, monkeypatch, shell):
    """The completion script of a shell is printed, whatever shell the program runs in."""
    monkeypatch.setenv("_ESCALADE_COMPLETE", f"source_{shell}")
    ran = program()
    assert ran.code == 0
    assert "_ESCALADE_COMPLETE=complete" in ran.out


def test_the_version_is_said(program):
    """`--version` prints the name and the version."""
    assert program("--version").out.split() == ["escalade", escalade.__version__]
