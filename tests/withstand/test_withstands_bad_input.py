"""What a user can get wrong: one message that names place and remedy, exit code 2, and nothing called."""

import os

import pytest
from ladder import config, written
from program import told

from escalade.store import Run, Store

NOWHERE = "http://127.0.0.1:9/v1"


def changed(folder, change):
    """The path of a config that is right but for what `change` does to its values."""
    values = config(NOWHERE)
    change(values)
    return written(folder, values)


def _rename(at, old, new):
    at[new] = at.pop(old)


WRONG = {
    "an unknown key at the top": (
        lambda c: _rename(c, "systems", "sytems"),
        ["hard.yaml", "there is no key 'sytems'", "did you mean 'systems'?"],
    ),
    "an unknown key inside": (
        lambda c: _rename(c["endpoints"]["provider"], "attempts", "atempts"),
        ["endpoints.provider", "there is no key 'atempts'", "did you mean 'attempts'?"],
    ),
    "a model that is not there": (
        lambda c: c["systems"]["panel"].update(vote=["smal", "medium"]),
        ["systems.panel.vote.0", "there is no model or system 'smal'", "did you mean 'small'?"],
    ),
    "a system that is not there": (
        lambda c: c["experiments"]["hard"].update(systems=["large", "pannel"]),
        ["experiments.hard.systems", "'pannel'", "did you mean 'panel'?"],
    ),
    "a kind of strategy that is not there": (
        lambda c: c["systems"].update(panel={"cascades": ["small"]}),
        ["systems.panel", "there is no kind of system 'cascades'", "did you mean 'cascade'?"],
    ),
    "a gate that is not there": (
        lambda c: c["systems"]["climb"].update(accept={"juge": "judge"}),
        ["systems.climb.accept", "there is no kind of gate 'juge'", "did you mean 'judge'?"],
    ),
    "a task that is not there": (
        lambda c: c["experiments"]["hard"].update(task={"math_500": {}}),
        ["experiments.hard.task", "there is no task 'math_500'", "did you mean 'math500'?"],
    ),
    "a reference that is no system": (
        lambda c: c["experiments"]["hard"].update(reference="larg"),
        ["'hard'", "'larg'", "large, panel, climb"],
    ),
    "a threshold that is no score": (
        lambda c: c["systems"]["climb"].update(accept={"judge": "judge", "at_least": 8}),
        ["systems.climb.accept.at_least", "less than or equal to 1"],
    ),
    "a system inside itself": (
        lambda c: c["systems"].update(panel={"vote": ["small", "climb"]}, climb={"vote": ["panel", "small"]}),
        ["contains itself", "panel -> climb -> panel"],
    ),
    "a missing key": (
        lambda c: c["endpoints"]["provider"].pop("url"),
        ["endpoints.provider", "the key 'url' is missing"],
    ),
    "an address without a scheme": (
        lambda c: c["endpoints"]["provider"].update(url="127.0.0.1:9/v1"),
        ["endpoints.provider.url: ", "`url` is not an http address", "write it like"],
    ),
    "an address with an impossible port": (
        lambda c: c["endpoints"]["provider"].update(url="http://127.0.0.1:99999/v1"),
        ["endpoints.provider.url: ", "`url` is not an http address", "write it like"],
    ),
    "an address with half a bracket": (
        lambda c: c["endpoints"]["provider"].update(url="http://[::1/v1"),
        ["endpoints.provider.url: ", "`url` is not an http address", "write it like"],
    ),
    "an address with a space in it": (
        lambda c: c["endpoints"]["provider"].update(url="http://127.0.0.1 :9/v1"),
        ["endpoints.provider.url: ", "`url` is not an http address", "write it like"],
    ),
    "an address of another kind": (
        lambda c: c["endpoints"]["provider"].update(url="htp://127.0.0.1:9/v1"),
        ["endpoints.provider.url: ", "`url` is not an http address", "write it like"],
    ),
    "a key with a line break": (
        lambda c: c["endpoints"]["provider"].update(key="sk-1\nsk-2"),
        ["endpoints.provider.key: ", "a line break", "how the key was copied"],
    ),
    "an address of Azure without its api-version": (
        lambda c: c["endpoints"]["provider"].update(url="https://x.openai.azure.com"),
        ["endpoints.provider: ", "Azure OpenAI needs an api-version", "`api_version`"],
    ),
    "half of a surrogate pair": (
        lambda c: c["models"]["small"].update(system="\ud800"),
        ["models.small.system: ", "no Unicode text", "UTF-8"],
    ),
    "a missing variable": (
        lambda c: c["endpoints"]["provider"].update(key="${PROVIDER_KYE}"),
        ["endpoints.provider.key", "the variable PROVIDER_KYE is not set", ".env"],
    ),
    "a missing variable with a message": (
        lambda c: c["endpoints"]["provider"].update(key="${PROVIDER_KYE:?ask Ada for it}"),
        ["endpoints.provider.key", "ask Ada for it"],
    ),
    "a price that is not known, under a budget": (
        lambda c: (c["models"]["small"].pop("price"), c["experiments"]["hard"].update(budget={"usd": 1})),
        ["panel", "climb", "price", "escalade models"],
    ),
    "a prompt that is not there": (
        lambda c: c.update(prompts={"jugde": "mine.md"}),
        ["there is no prompt 'jugde'", "did you mean 'judge'?"],
    ),
    "a simulated model that is not there": (
        lambda c: c["models"].update(small={"simulated": {"like": "ladder/smal"}}),
        ["models.small.simulated.like", "'smal'", "did you mean 'small'?"],
    ),
}


@pytest.mark.parametrize("wrong", list(WRONG))
def test_a_wrong_config_is_named_with_its_remedy(program, tmp_path, wrong):
    """Key or name, where it stands, and the nearest right spelling."""
    change, words = WRONG[wrong]
    told(program("run", changed(tmp_path, change), "-q"), *words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("models: {a: [}", ["hard.yaml, line 1"]),
        ("models: {}\nmodels: {}\n", ["hard.yaml, line 2", "'models' stands twice"]),
        ("just words", ["hard.yaml holds no keys", "escalade init"]),
        ("", ["hard.yaml holds no keys"]),
    ],
)
def test_text_that_is_no_config(program, tmp_path, text, words):
    """File and line are named."""
    (tmp_path / "hard.yaml").write_text(text, encoding="utf-8")
    told(program("run", "hard.yaml", "-q"), *words)


def test_a_missing_config(program):
    """A config that is not there is named, with the command that writes one."""
    told(program("plan", "absent.yaml"), "absent.yaml", "escalade init")


def test_an_experiment_that_is_not_there(program, tmp_path):
    """The nearest experiment is offered."""
    path = written(tmp_path, config(NOWHERE))
    told(program("run", path, "hart", "-q"), "there is no experiment 'hart'", "did you mean 'hard'?")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("systems.climb.accept.at_leest=0.5", ["systems.climb.accept", "did you mean 'at_least'?"]),
        ("systems.climb", ["write it as path.to.key=value"]),
        ("systems.climb.cascade.7=small", ["--set systems.climb.cascade.7", "no position"]),
    ],
)
def test_a_change_on_the_command_line_that_cannot_be_made(program, tmp_path, change, words):
    """`--set` is checked like the file itself."""
    told(program("run", written(tmp_path, config(NOWHERE)), "-q", "--set", change), *words)


def _with_table(folder, text):
    if text is not None:
        (folder / "mine.jsonl").write_text(text, encoding="utf-8")
    task = {"table": {"path": "mine.jsonl", "grading": "exact"}}
    return changed(folder, lambda c: c["experiments"]["hard"].update(task=task))


GOOD = '{"id": "q1", "question": "1 + 1?", "answer": "2"}\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, ["mine.jsonl"]),
        (GOOD + '{"id": "q2", "question": \n', ["mine.jsonl", "line 2"]),
        (GOOD + GOOD, ["mine.jsonl", "q1"]),
        (GOOD + '{"id": "q2", "answer": "3"}\n', ["mine.jsonl", "line 2", "question"]),
        ("", ["mine.jsonl"]),
        (GOOD + GOOD.replace("q1", "q2").replace("1 + 1", "\\ud83d"), ["mine.jsonl", "line 2"]),
    ],
    ids=["missing", "broken", "the same id twice", "without its question", "empty", "half a character"],
)
def test_a_data_file_that_cannot_be_used(program, tmp_path, text, words):
    """A missing or corrupt file of questions is named, with the line."""
    told(program("run", _with_table(tmp_path, text), "-q"), *words, code=1)


def test_whole_characters_may_be_spelt_in_halves(program, tmp_path):
    """JSON writes an emoji as two escapes, which are one character and no mistake."""
    path = _with_table(tmp_path, GOOD.replace("1 + 1", "\\ud83d\\ude00"))
    assert program("plan", path).code == 0


def test_a_question_that_is_no_text(program, tmp_path):
    """Bytes that are not UTF-8 are refused, on the command line as elsewhere."""
    path = written(tmp_path, config(NOWHERE))
    ran = program("ask", os.fsdecode(b"Why \xff?"), "--config", path, "--system", "large")
    assert (ran.code, "not UTF-8" in ran.err, "Traceback" in ran.err) == (2, True, False)


def test_runs_and_items_that_are_not_there(program, tmp_path):
    """`show` and `why` say what to look for and where."""
    values = {"models": {"small": {"simulated": {"like": "ladder/small"}}}, "systems": {}, "experiments": {}}
    values["experiments"]["tiny"] = {"task": {"demo": {"count": 3}}, "systems": ["small"]}
    run = program("run", written(tmp_path, values), "--json").json()["run"]["id"]
    told(program("show", "nothing"), "there is no run 'nothing'", "escalade runs", code=1)
    told(program("why", run, "demo-9999"), "no finished trial of item 'demo-9999'", code=1)
    told(program("why", run, "demo-0001", "--system", "big"), "by 'big'", code=1)


@pytest.mark.parametrize("amount", ["much", "-1", "nan", "inf"])
def test_amounts_that_cannot_be_spent(program, tmp_path, amount):
    """A budget is an amount of money."""
    ran = program("run", written(tmp_path, config(NOWHERE)), "--budget", amount)
    assert (ran.code, amount in ran.err) == (2, True)
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "hard.yaml", "--limit", "-3"),
        ("run", "hard.yaml", "--concurrency", "0"),
        ("plan", "hard.yaml", "--limit", "-3"),
        ("search", "hard.yaml", "--limit", "-3"),
        ("search", "hard.yaml", "--concurrency", "0"),
        ("simulate", "--port", "65536"),
        ("simulate", "--port", "-1"),
        ("simulate", "--questions", "0"),
        ("simulate", "--faults", "1.5"),
        ("simulate", "--stall", "-1"),
        ("simulate", "--latency", "-1"),
    ],
    ids=" ".join,
)
def test_numbers_out_of_range(program, tmp_path, arguments):
    """An option that no program could obey is refused with its name, before anything else is looked at."""
    written(tmp_path, config(NOWHERE))
    ran = program(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert f"Invalid value for '{arguments[-2]}'" in ran.err
    assert "Traceback" not in ran.err


def test_a_bill_that_cannot_be_written(program, tmp_path):
    """A simulated provider that cannot keep its bill says so and does not begin."""
    told(program("simulate", "--port", "0", "--bill", tmp_path / "no" / "bill.jsonl"), "bill.jsonl", code=1)


def test_an_address_that_is_taken(program, serve):
    """A simulated provider that cannot listen says so."""
    with serve() as served:
        port = served.url.split(":")[2].split("/")[0]
        told(program("simulate", "--port", port), f"cannot listen on 127.0.0.1:{port}", "choose another")
    told(program("simulate", "--population", "laddder"), "laddder", "ladder")


@pytest.mark.parametrize("way", ["option", "environment"])
def test_a_store_that_is_no_unicode_is_refused(program, monkeypatch, way):
    """A database could not be given such an address: the option is named, its password hidden."""
    url = "postgresql+psycopg://ada:hunter2@127.0.0.1:9/runs\udcff"
    if way == "environment":
        monkeypatch.setenv("ESCALADE_STORE", "sqlite:///hunter2\udcff")
    ran = program("runs", *(["--store", url] if way == "option" else []))
    assert ran.code == 2
    assert "--store" in ran.err
    assert "no Unicode text" in ran.err
    assert "hunter2" not in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    "words",
    [(command, "run\udcff") for command in ("show", "compare", "misses", "report", "track", "reprice", "watch")]
    + [("why", "first", "item\udcff")],
)
def test_a_name_that_is_no_unicode_is_refused(program, tmp_path, words):
    """It cannot be in any store, and no command fails on it without a word."""
    url = f"sqlite:///{tmp_path}/runs.sqlite"
    with Store.open(url) as store:
        store.begin_run(Run(id="first", experiment="first", task="none", items=1))
    told(program(*words, "--store", url), "no Unicode text", "UTF-8", code=1)
