"""A provider's refusal may quote the question: of a GPQA run, nothing of it is stored or printed.

The questions are invented.
"""

import pytest
from echoing import echoing
from private_gpqa import SECRETS, escalade, stored, write_questions
from typer.testing import CliRunner

from escalade.cli.main import app
from escalade.core.errors import Refused
from escalade.core.messages import Request
from escalade.core.reply import Reply
from escalade.experiment import Experiment, Runner
from escalade.experiment.grading import Grades
from escalade.gates.protocol import verdict_of
from escalade.ledger.span import Span
from escalade.ledger.tags import Tags
from escalade.store import Store
from escalade.tasks import Gpqa
from escalade.tasks.protocol import Item
from escalade.tasks.rubric import RubricGrader

CONFIG = """
endpoints: {here: {url: URL, attempts: 1}}
models:
  works: {endpoint: here, id: works}
  refused: {endpoint: here, id: refused}
  judge: {endpoint: here, id: judge}
  head: {endpoint: here, id: head}
systems:
  member: {vote: [works, refused]}
  rung: {cascade: [refused, works], accept: {judge: judge, at_least: 0.9}}
  judged: {cascade: [works, works], accept: {judge: refused, at_least: 0.9}}
  fused: {fuse: [works, works], by: refused}
  talk: {debate: [works, refused], decide: {judge: refused}}
  agent: {react: [refused], head: head, steps: 2}
  led: {react: [works], head: refused}
experiments:
  private:
    task: {gpqa: {set: main, path: gpqa.csv, verify: false}}
    systems: [member, rung, judged, fused, talk, agent, led]
  alone:
    task: {gpqa: {set: main, path: gpqa.csv, verify: false}}
    systems: [refused]
  found:
    task: {gpqa: {set: main, path: gpqa.csv, verify: false}}
    search: {tools: [refused, works], train_items: 4, selection_items: 4}
"""


@pytest.fixture
def config(tmp_path):
    write_questions(tmp_path / "gpqa.csv")
    return tmp_path / "private.yaml"


class Refusing:
    """A provider that quotes what it refuses."""

    name = "refusing"

    async def reply(self, request, span):  # noqa: ARG002  (the signature of every Model)
        raise Refused(f"this was flagged: {request.question}")


async def test_a_provider_s_error_is_not_stored(config):
    """It may quote what it refuses: its code alone stays."""
    task = Gpqa("main", config.parent / "gpqa.csv", verify=False)
    with Store.open("sqlite://") as store:
        await Runner(Experiment(name="refused", task=task, systems={"refusing": Refusing()}), store).run()
        [(run, _, _)] = store.runs()
        records = list(store.records(run.id))
    assert {record.error for record in records} == {"refused"}
    assert SECRETS[0] not in repr(records)


def refused_by(config, url):
    config.write_text(CONFIG.replace("URL", url))
    return "--store", f"sqlite:///{config.parent}/refused.sqlite"


def test_parts_that_a_provider_refuses_leave_no_word_of_the_question(config):
    """Member, rung, judge, fuser, tool and head fail with the request in the message: it is neither kept nor shown."""
    with echoing(400) as url:
        where = refused_by(config, url)
        told = escalade("run", str(config), "private", *where)
        told += escalade("run", str(config), "private", "--json", *where)
    with Store.open(f"sqlite:///{config.parent}/refused.sqlite") as store:
        [(run, _, _)] = store.runs()
        noted = {n["kind"] for r in store.records(run.id) for span in r.spans for n in span.notes if n.get("error")}
    told += escalade("show", run.id, *where) + escalade("misses", run.id, "--full", "--json", *where)
    for options in ((), ("--full",), ("--json",)):
        told += escalade("why", run.id, "rec3", *where, *options)
    held = b"\n".join(stored(config.parent / "refused.sqlite"))
    assert noted == {"failed"}
    assert b"refused" in held
    assert not any(secret in told.lower() or secret.encode() in held.lower() for secret in SECRETS)


@pytest.mark.parametrize(("command", "experiment"), [("run", "alone"), ("search", "found")])
@pytest.mark.parametrize(
    ("status", "code"),
    [(401, "unauthorised"), (402, "out of credit"), (404, "unknown model"), (429, "rate limited")],
)
def test_what_stops_a_run_is_told_without_the_provider_s_words(config, command, experiment, status, code):
    """The code, the status and our own hint are told; the message, which quotes the request, is not."""
    with echoing(status, {"Retry-After": "9999"} if status == 429 else {}) as url:
        ran = CliRunner().invoke(app, [command, str(config), experiment, *refused_by(config, url)])
    assert ran.exit_code == 1
    assert f"stopped: {code} ({status}): the message is withheld" in ran.stderr
    assert "  try: " in ran.stderr
    assert not any(secret in (ran.stdout + ran.stderr).lower() for secret in SECRETS)


class Raising:
    """A gate, or a grader's task, whose own error quotes what it looks at."""

    name = "raising"
    redacted = True

    def __init__(self, error):
        self._error = error

    async def judge(self, request, reply, span):  # noqa: ARG002  (the signature of every Gate)
        raise self._error

    async def grade(self, item, reply, span):  # noqa: ARG002  (the signature of every Task)
        raise self._error


async def test_own_errors_of_gates_and_graders_are_withheld_too():
    """A gate that raises, a grader that raises and a grader with a bug say no word of the question."""
    span, reply = Span.root("here", tags=Tags(redacted=True)), Reply(text="that one")
    verdict = await verdict_of(Raising(Refused(SECRETS[0])), Request.of("?"), reply, span)
    with pytest.raises(Refused, match="withheld"):
        await Grades(Raising(Refused(SECRETS[0])), Item(id="rec1", turns=("?",)), span).of(reply)
    grade = await Grades(Raising(KeyError(SECRETS[0])), Item(id="rec1", turns=("?",)), span).of(reply)
    assert verdict.trouble.startswith("the gate failed: refused: the message is withheld")
    assert grade.reason == "KeyError"


async def test_a_grade_s_reason_has_no_words_of_a_refusal():
    """A judge that marks by a rubric is refused: of the provider's message, the code is left."""
    span = Span.root("graded", tags=Tags(account="grading", redacted=True))
    item = Item(id="rec1", turns=(f"Which {SECRETS[0]} thing?",))
    grade = await RubricGrader(Refusing()).grade(item, Reply(text="that one"), span)
    assert (grade.outcome, SECRETS[0] in grade.reason) == ("grader_failed", False)
    assert "refused" in grade.reason
