"""Names become objects: what a config describes is what is built."""

import sys
from pathlib import Path

import pytest
import yaml

from escalade.config.build import Builder
from escalade.config.opening import Choices, load, open_experiment, open_system
from escalade.core.messages import Request
from escalade.core.money import usd
from escalade.core.reply import Reply
from escalade.gates import Agree, Check, Combined, Judge
from escalade.ledger.span import Span
from escalade.models.protocol import ask
from escalade.models.structure import structure_of
from escalade.strategies import Cascade, Fuse, Sampled, Vote

MODELS = """
endpoints: {local: {url: "http://localhost:1/v1", key: "0123456789", concurrency: "7"}}
models:
  small: {endpoint: local, id: "007", price: {input: 0.1, output: "0.30"}, sampling: {temperature: 0, max_tokens: 50}}
  large: {endpoint: local, id: l, price: free, system: Be exact.}
  judge: {simulated: {like: ladder/judge}}
"""

QUESTION = Request.of("What is 2 + 2?")


@pytest.fixture
def build(written):
    """`build(systems)` is a Builder of a config with our models and those systems."""

    def builder(systems: dict | None = None, extra: str = "") -> Builder:
        path = written(MODELS + extra + yaml.safe_dump({"systems": systems or {}}))
        return Builder(load(path, Choices()), path.parent)

    return builder


def test_name_stands_for_one_object(build):
    """However often a name is used there is one model: systems share what they have in common."""
    builder = build({"a": {"vote": ["small", "large"]}, "b": {"vote": ["small", "a"]}, "c": "a"})
    a, b = builder.named("a"), builder.named("b")
    assert b.panel.members[0] is a.panel.members[0] is builder.named("small")
    assert b.panel.members[1] is a is builder.named("c")


def test_models_are_as_described(build):
    """Ids are text, prices exact, sampling and the system message are the model's own."""
    builder = build()
    small, large = builder.named("small"), builder.named("large")
    assert small.backend.model_id == "007"
    assert (small.price.input, small.price.output) == (usd("0.1"), usd("0.30"))
    assert (small.sampling.temperature, small.sampling.max_tokens) == (0, 50)
    assert large.system == "Be exact."
    assert large.price.output == 0


def test_every_kind_of_system_is_built(build):
    """Each kind, nested in each other and named or not, becomes its strategy with its settings."""
    ladder = {
        "cascade": [{"vote": {"sample": "small", "n": 3}}, {"fuse": ["small", "large"], "by": "large"}, "large"],
        "accept": {"judge": {"vote": ["judge", "large"]}, "at_least": 0.7},
        "attempts": 2,
        "min_gain": 0.1,
        "carry": "all",
    }
    cascade = build({"ladder": ladder}).named("ladder")
    assert isinstance(cascade, Cascade)
    vote, fuse, _ = cascade.rungs
    assert isinstance(vote, Vote)
    assert isinstance(fuse, Fuse)
    assert all(isinstance(member, Sampled) for member in vote.panel.members)
    assert (cascade.name, cascade.attempts, cascade.min_gain, cascade.carry) == ("ladder", 2, 0.1, "all")
    assert isinstance(cascade.accept, Judge)
    assert cascade.accept.at_least == 0.7
    assert isinstance(cascade.accept.model, Vote)


@pytest.mark.parametrize(
    ("members", "names"),
    [
        (["small", "large"], ["small", "large"]),
        ({"sample": "small", "n": 3}, ["small#1", "small#2", "small#3"]),
        ([{"sample": "small", "n": 2}, "large"], ["small#1", "small#2", "large"]),
        (["small", {"sample": "small", "n": 2}], ["small#1", "small#2", "small#3"]),
        (["small", "small"], ["small#1", "small#2"]),
        ([{"sample": {"vote": ["small", "large"]}, "n": 2}], ["vote#1", "vote#2"]),
        ([{"sample": "small", "n": "2"}], ["small#1", "small#2"]),
    ],
)
def test_forms_of_members(build, members, names):
    """Members are named, described in place or sampled; samples are members of their own, also without a list."""
    assert [m.name for m in build({"panel": {"vote": members}}).named("panel").panel.members] == names


@pytest.fixture
def quality(tmp_path, monkeypatch):
    """A module of the user's own, with a check."""
    (tmp_path / "quality.py").write_text("def short(text): return None if len(text) < 5 else 'be short'\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "quality", raising=False)


@pytest.mark.parametrize(
    ("gate", "kind", "text", "accept"),
    [
        ({"agree": "0.5"}, Agree, "x", None),
        ({"regex": "^[0-9]+$"}, Check, "42", True),
        ({"json_schema": {"type": "object"}}, Check, "none", False),
        ({"function": "quality:short"}, Check, "too long", False),
        ({"all": [{"regex": "4"}, {"function": "quality:short"}]}, Combined, "42", True),
        ({"any": [{"regex": "x"}, {"agree": 1}]}, Combined, "42", None),
    ],
)
@pytest.mark.usefixtures("quality")
async def test_every_kind_of_gate_is_built(build, gate, kind, text, accept):
    """Each kind becomes its gate, and decides as it says."""
    cascade = build({"a": {"cascade": ["small"], "accept": gate}}).named("a")
    assert isinstance(cascade.accept, kind)
    verdict = await cascade.accept.judge(QUESTION, Reply(text=text), Span.root("test"))
    assert verdict.accept is accept


def test_own_prompts_take_the_place_of_ours(build, tmp_path):
    """A prompt of the config is used where ours was, is found beside the config, and changes the system's identity."""
    systems = {"a": {"cascade": ["small"], "accept": {"judge": "large"}}}
    plain = structure_of(build(systems).named("a")).fingerprint
    (tmp_path / "mine.md").write_text("Check $answer to $question.\n")
    builder = build(systems, "prompts: {judge: mine.md}\n")
    assert builder.prompt("judge").text == "Check $answer to $question."
    assert structure_of(builder.named("a")).fingerprint != plain


def test_relative_files_start_at_the_config(build, tmp_path):
    """A path is absolute, from the home folder, or beside the config; the working directory plays no part."""
    builder = build()
    assert builder.file("data/x.csv") == tmp_path / "data" / "x.csv"
    assert builder.file("/data/x.csv") == Path("/data/x.csv")
    assert builder.file("~/x.csv") == Path.home() / "x.csv"


async def test_simulated_grader_knows_the_items(written, tmp_path):
    """A judge that grades is built before the task's items are known, and is simulated on them all the same."""
    (tmp_path / "questions.csv").write_text("id,question,answer\nq1,What is 2 + 2?,4\nq2,What is 3 + 3?,6\n")
    text = """
models: {worker: {simulated: {skill: {accuracy: 0.9}}}, judge: {simulated: {like: ladder/judge}}}
experiments:
  own: {task: {table: {path: questions.csv, grading: rubric, rubric: Is right., judge: judge}}, systems: [worker]}
"""
    async with open_experiment(written(text), None, Choices(store="sqlite://")) as opened:
        grader = opened.experiment.task._grader._judge
        worker = opened.builder.named("worker")
        assert list(grader.backend.mind.world.items) == ["q1", "q2"]
        assert worker.backend.mind.world.fingerprint == grader.backend.mind.world.fingerprint


async def test_both_questions_to_a_grader_are_prompts_of_the_config(written, tmp_path):
    """A file in place of either makes another grader of it."""
    (tmp_path / "questions.csv").write_text("id,question,answer\nq1,What is 2 + 2?,4\n")
    (tmp_path / "rubric.md").write_text("${question} ${rubric} ${answer}")
    (tmp_path / "again.md").write_text("A score, please.")
    task = "{table: {path: questions.csv, grading: rubric, rubric: Is right., judge: small}}"
    found = set()
    for prompts in ("{}", "{rubric: rubric.md}", "{rubric_again: again.md}"):
        text = f"{MODELS}prompts: {prompts}\nexperiments: {{own: {{task: {task}, systems: [large]}}}}\n"
        async with open_experiment(written(text), None, Choices(store="sqlite://")) as opened:
            found.add(opened.experiment.task._grader.fingerprint)
    assert len(found) == 3


async def test_command_line_stands_over_the_config(written):
    """What the command line says of limit, seed, budget and concurrency counts, a limit of 0 included."""
    text = MODELS + (
        "experiments: {e: {task: {demo: {count: 9}}, systems: [small, large], limit: 4, seed: 3, budget: {calls: 5}}}\n"
    )
    async with open_experiment(written(text), "e", Choices(store="sqlite://")) as opened:
        found = opened.experiment
        assert (found.limit, found.seed, found.budget.usd, found.budget.calls, found.concurrency) == (4, 3, None, 5, 64)
    said = Choices(store="sqlite://", limit=0, seed=0, budget_usd=usd("0.5"), concurrency=2)
    async with open_experiment(written(text), "e", said) as opened:
        found = opened.experiment
        assert (found.limit, found.seed, found.budget.usd, found.budget.calls, found.concurrency) == (
            0,
            0,
            usd("0.5"),
            5,
            2,
        )


async def test_data_folder_is_a_variable(written, tmp_path, monkeypatch):
    """`--data` is what `${ESCALADE_DATA}` stands for, over the environment's."""
    monkeypatch.setenv("ESCALADE_DATA", "/nowhere")
    text = MODELS + "store: sqlite:///${ESCALADE_DATA}/s.sqlite\n"
    assert load(written(text), Choices(data=str(tmp_path))).store == f"sqlite:///{tmp_path}/s.sqlite"
    assert load(written(text), Choices()).store == "sqlite:////nowhere/s.sqlite"


async def test_one_system_can_be_opened(written):
    """A system or model of the config is ready to be asked, with a journal."""
    async with open_system(written(MODELS), "judge", Choices(store="sqlite://")) as (model, store):
        reply = await ask(model, QUESTION, Span.root("test"))
        assert reply.text
        assert await store.call(reply.call) is not None


async def test_rivals_are_systems(written):
    """Rivals that an experiment asks for stand beside its systems, marked as such, each once."""
    text = (
        MODELS
        + """
systems:
  ladder: {cascade: [small, large], accept: {judge: judge}}
  panel: {vote: [small, large]}
  turned: {cascade: [large, small], accept: {judge: judge}}
experiments:
  g: {task: demo, systems: [ladder, turned], rivals: {majority: true}}
  e: {task: demo, systems: [ladder], rivals: {self_consistency: [small], up_to: 5, majority: true}}
  f: {task: demo, systems: [ladder, panel], rivals: {majority: true}}
"""
    )
    async with open_experiment(written(text), "e", Choices(store="sqlite://")) as opened:
        assert list(opened.experiment.systems) == ["ladder", "small x3", "small x5", "vote of small, large"]
        assert opened.experiment.rivals == set(opened.experiment.systems) - {"ladder"}
    async with open_experiment(written(text), "f", Choices(store="sqlite://")) as opened:
        assert opened.experiment.rivals == frozenset()
    async with open_experiment(written(text), "g", Choices(store="sqlite://")) as opened:
        assert opened.experiment.rivals == {"vote of small, large"}, "whatever the order of the models"


async def test_questions_are_read_once(written, tmp_path):
    """From then on they are known to the models and to the experiment: the file may even be gone."""
    table = tmp_path / "questions.csv"
    table.write_text("question,answer\nWhat is 1 + 1?,2\n", encoding="utf-8")
    config = written(MODELS + "experiments: {x: {task: {table: {path: questions.csv}}, systems: [judge]}}")
    async with open_experiment(config, None, Choices(store="sqlite://")) as opened:
        table.unlink()
        [item] = await opened.experiment.items()
        assert opened.builder.world(0).knows(item.turns[0])
