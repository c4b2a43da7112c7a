"""The tree of one record: what it tells, what it withholds, and what hostile text cannot do to a terminal."""

import io
from decimal import Decimal

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from escalade.core.battle import Battle, Game, Ruling
from escalade.core.grade import Grade
from escalade.core.money import Money
from escalade.ledger.call import Call
from escalade.ledger.span import SpanFact
from escalade.report.noted import told
from escalade.report.untrusted import one_line, safe, shortened
from escalade.report.why import render_why
from escalade.store.record import Record, Step

HOSTILE = "\x1b[31mred\x1b[0m [bold]loud[/bold] \x1b]0;title\x07\x1b]8;;http://x\x1b\\link \u202egnp \x9b2J\x08\r[/]"


def ladder(text_of_note="too short", **facts):
    def call(key, path, role, level, usd, **more):
        cost = Money(Decimal(usd), "config")
        return Call(id=key, path=path, role=role, level=level, model=key, cost=cost, **more)

    verdict = {"kind": "verdict", "gate": "judge", "accept": False, "score": 0.4, "reason": text_of_note}
    return Record(
        run="r", system="ladder", item="q1", status="answered", answer="big", stopped="accepted", level=2,
        grade=Grade(outcome="right", score=1.0, answer="C"),
        calls=[
            call("small", "/worker.1", "worker", 1, "0.001", hit=True),
            call("judge", "/gate.1/gate", "gate", 1, "0.002"),
            call("big~1", "/worker.2", "worker", 2, "0", status="failed", error="rate_limited"),
            call("big", "/worker.2", "worker", 2, "0.04", attempt=2),
        ],
        steps=[Step(path="/worker.1", role="worker", name="small", level=1, grade=Grade(outcome="wrong"))],
        spans=[
            SpanFact(path="", role="system", name="ladder", call="big", notes=[{"kind": "stopped", "why": "accepted"}]),
            SpanFact(path="/worker.1", role="worker", name="small", level=1, call="small"),
            SpanFact(path="/gate.1", role="gate", name="judge", level=1, notes=[verdict]),
            SpanFact(path="/gate.1/gate", role="gate", name="judge", level=1, call="judge"),
            SpanFact(path="/worker.2", role="worker", name="big", level=2, call="big"),
        ],
        **facts,
    )  # fmt: skip


TEXTS = {"small": "It is B.", "judge": "0.4, too short", "big": "It is C, because ..."}


def drawn(record, texts=TEXTS, **options):
    stream = io.StringIO()
    console = Console(file=stream, width=200, force_terminal=True, color_system=None)
    render_why(record, texts, console, **options)
    return stream.getvalue()


def test_the_tree_tells_who_said_what_and_why_it_stopped():
    """Answers, verdicts, grades, failed attempts, journal hits and the costs of parts are all there."""
    shown = drawn(ladder())
    for part in (
        "ladder on q1",
        "graded right, read as C",
        "$0.043, 4 calls, 1 from the journal",
        "worker small  rung 1; $0.001, 1 call, from the journal",
        "It is B.",
        "graded wrong",
        "judge rejects (0.4): too short",
        "gate judge  rung 1; $0.002",
        "attempt 1, big~1, rate_limited",
        "It is C, because ...",
        "stopped: accepted",
        "answers with the text of /worker.2",
    ):
        assert part in shown


def test_what_judges_said_of_an_answer_is_told():
    """Game by game, with what the judging cost; the trouble of one without a label is told, too."""
    games = (Game(first="baseline", label="A>>B"), Game(first="contestant", trouble="timeout: no answer"))
    battle = Battle(baseline="anchor", rulings=(Ruling(judge="referee", games=games),))
    paid = Call(id="g", model="referee", role="grader", cost=Money(Decimal("0.005"), "config"))
    told = drawn(msgspec.structs.replace(ladder(), grade=Grade(outcome="grader_failed", battle=battle), grading=[paid]))
    assert "grading  $0.005, 1 call" in told
    assert "referee, A being the baseline's answer: A>>B" in told
    assert "referee, A being the contestant's answer: unjudged: timeout: no answer" in told


def test_a_grader_s_reason_may_quote_the_question():
    """It is told, and withheld where the task is redacted."""
    record = msgspec.structs.replace(
        ladder(),
        grade=Grade(outcome="partial", score=0.5, reason="the SECRET step"),
        grading=[Call(id="g", model="referee")],
    )
    assert "the SECRET step" in drawn(record)
    assert "SECRET" not in drawn(record, redacted=True)


def test_prompts_are_shown_when_given():
    """A prompt stands with the span that sent it."""
    assert "asked: Which one?" in drawn(ladder(), prompts={"small": "Which one?"})


def test_redaction_withholds_every_text():
    """A redacted record shows verdicts, scores and costs, and no text that could quote a question."""
    secret = "What is the secret of the question at hand?"
    texts = dict.fromkeys(TEXTS, secret)
    shown = drawn(ladder(secret), texts, prompts=texts, redacted=True)
    assert "secret" not in shown
    assert "judge rejects (0.4): (withheld)" in shown
    assert "$0.043" in shown


def test_hostile_text_is_inert():
    """Model text brings no escapes, no controls and no markup with it, wherever it is shown."""
    record = ladder(HOSTILE, message=HOSTILE)
    shown = drawn(record, dict.fromkeys(TEXTS, HOSTILE), prompts=dict.fromkeys(TEXTS, HOSTILE))
    assert not set(shown) & set("\x1b\x9b\x07\x08\r\u202e")
    assert "[bold]loud[/bold]" in shown
    assert "title" not in shown


def test_long_texts_are_shortened_unless_wanted_whole():
    """The beginning and the end of a long text are shown with the count of what is left out; all of it on demand."""
    text = "start " + "middle " * 400 + "The answer is (C)"
    short = drawn(ladder(), {"small": text})
    assert "characters ...]" in short
    assert "The answer is (C)" in short
    assert drawn(ladder(), {"small": text}, full=True).count("middle") == 400


def test_a_missing_text_is_said_to_be_missing():
    """A text that the caller has not is no empty text."""
    assert "(its text was not stored)" in drawn(ladder(), {})


def test_a_record_without_spans_lists_its_calls():
    """Where no spans were stored, the attempts are still told."""
    record = Record(run="r", system="one", item="q", status="failed", error="timeout", calls=ladder().calls[:1])
    assert "attempt 1, small" in drawn(record)


def test_unknown_notes_are_told_as_they_are():
    """A kind of note that this program does not know is shown with its facts."""
    assert (
        told({"kind": "spun", "gain": 0.0123, "times": 3, "seen": ["a", "b"]})
        == "spun; gain 0.0123, times 3, seen a, b"
    )
    assert told({"kind": "vote", "counts": {"A": 2, "B": 1}}) == "vote: A 2, B 1"
    assert told({"kind": "verdict", "accept": None, "trouble": "no score"}) == "gate gives no verdict; trouble no score"
    assert told({}) == "note"


notes = st.dictionaries(
    st.text(max_size=8),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=6,
    ),
    max_size=4,
)


@given(notes, st.sampled_from(["verdict", "stopped", "vote", "failed", "other"]), st.booleans())
def test_any_note_can_be_told(note, kind, redacted):
    """Whatever JSON a note holds, it becomes one safe line."""
    line = told(note | {"kind": kind}, redacted=redacted)
    assert "\n" not in line
    assert line == safe(line)


@given(st.text())
def test_safe_text_has_no_controls(text):
    """Nothing but line ends and tabs is left of the control characters, and cleaning twice changes nothing."""
    clean = safe(text)
    assert not [c for c in clean if (ord(c) < 32 and c not in "\n\t") or 127 <= ord(c) < 160]
    assert safe(clean) == clean
    assert len(one_line(text, 40)) <= 40


def test_an_unfinished_escape_hides_nothing():
    """A title sequence that never ends swallows none of the text after it."""
    assert safe("a\x1b]0;rest of the answer").endswith("rest of the answer")


def test_a_megabyte_of_escapes_is_cleaned_at_once():
    """Cleaning takes time in proportion to the text, however hostile."""
    for unit in ("\x1b]", "\x1b[", "\x1b[0", "\x9d", "\x9b", "\x1b]\x9d", "\x1bP0 "):
        assert len(shortened(unit * (1_000_000 // len(unit)))) < 1_000
