"""The judge gate: what it shows its model, what it makes of the reply, and what it does when that fails."""

import json
import operator
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalade.core.errors import ConfigError, EscaladeError, ServerFailed
from escalade.core.messages import Expects, Message, Request
from escalade.core.reply import Reply
from escalade.gates import Judge, decide, judge
from escalade.gates.judge import SCHEMA
from escalade.ledger.budget import Budget, Limits, Spending
from escalade.ledger.span import Span
from escalade.models.server import Server
from escalade.prices import Price
from escalade.prompts import template
from escalade.testing import ScriptedModel, check_gate

QUESTION = Request.of("What is 2 + 2?")


def verdict(score: object, reason: str = "it is wrong") -> str:
    return json.dumps({"reason": reason, "score": score})


@pytest.mark.parametrize(("score", "accept"), [(0.9, True), (1, True), (0.89, False), (0, False)])
async def test_threshold_decides(span, score, accept):
    """`judge(m) >= 0.9` accepts 0.9 and above; score and reason are kept apart."""
    with ScriptedModel([verdict(score)]) as model:
        found = await (judge(model) >= 0.9).judge(QUESTION, Reply(text="5"), span)
    assert (found.accept, found.score, found.reason) == (accept, score, "it is wrong")


def test_comparison_makes_another_gate():
    """`gate >= 0.5` leaves `gate` as it was, so that one judge serves at two thresholds."""
    strict = judge(ScriptedModel([])) >= 0.95
    lenient = strict >= 0.5
    assert (strict.at_least, lenient.at_least) == (0.95, 0.5)
    assert strict.structure().fingerprint != lenient.structure().fingerprint


@pytest.mark.parametrize("at_least", [-0.1, 1.1, 90, float("nan"), float("inf"), True, "0.9", None])
def test_threshold_is_a_score(at_least):
    """A threshold that no score reaches, or that every score reaches, is refused, however it is given."""
    wrong = ConfigError if isinstance(at_least, int | float) and at_least is not True else TypeError
    with pytest.raises(wrong, match="at_least"):
        Judge(ScriptedModel([]), at_least)
    with pytest.raises(wrong, match="at_least"):
        judge(ScriptedModel([])) >= at_least  # noqa: B015  (it is refused, or compares for nothing)


def test_only_reaching_a_threshold_can_be_asked_for():
    """`>`, `<` and `<=` are refused with what to write; the turned round `0.9 <= judge(m)` means the same as `>=`."""
    gate = judge(ScriptedModel([]))
    for compare in (operator.gt, operator.lt, operator.le):
        with pytest.raises(TypeError, match=r"judge\(model\) >= 0\.9"):
            compare(gate, 0.8)
    assert (0.8 <= gate).at_least == 0.8  # noqa: SIM300  (that this way round works is the claim)


@given(question=st.text(min_size=1), answer=st.text())
async def test_question_and_answer_reach_the_judge_unaltered(question, answer):
    """Newlines, fences, dollars, braces and variables survive: values are put in once and never read as templates."""
    for text in (answer, f"```\n${{question}} $answer {{x}} \\n {answer}"):
        model = ScriptedModel([verdict(1)])
        await judge(model).judge(Request.of(question), Reply(text=text), Span.root("test"))
        prompt = model.requests[0].messages[0].content
        assert f"<question>\n{question}\n</question>" in prompt
        assert f"<answer>\n{text}\n</answer>" in prompt


async def test_judge_sees_the_whole_conversation_and_nothing_else(span):
    """Earlier turns are part of the question; the worker's system message and form of answer are not the judge's."""
    turns = (
        Message("system", "You are a pirate."),
        Message("user", "Name a colour."),
        Message("assistant", "Red."),
        Message("user", "Another?"),
    )
    request = Request(turns, expects=Expects("number"), item="q1", labels={"category": "colours"}, sample=3)
    model = ScriptedModel([verdict(1)])
    await judge(model).judge(request, Reply(text="Blue."), span)
    [asked] = model.requests
    assert "User: Name a colour.\n\nAssistant: Red.\n\nUser: Another?" in asked.messages[0].content
    assert "pirate" not in asked.messages[0].content
    assert (asked.item, asked.labels, asked.sample) == ("q1", {"category": "colours"}, 3)
    assert asked.expects == Expects()


async def test_structured_output_is_asked_for(span):
    """Both the question and the re-ask carry the schema of a verdict."""
    model = ScriptedModel(["Splendid!", verdict(1)])
    await judge(model).judge(QUESTION, Reply(text="4"), span)
    assert [request.response_schema for request in model.requests] == [SCHEMA, SCHEMA]


async def test_unreadable_verdict_is_asked_for_once_more(span):
    """The re-ask shows the judge what it wrote and says what was wrong with it; its verdict counts."""
    with ScriptedModel(["Splendid!", verdict(0.3)]) as model:
        found = await judge(model).judge(QUESTION, Reply(text="5"), span)
    assert (found.accept, found.score) == (False, 0.3)
    first, unreadable, again = model.requests[1].messages
    assert first == model.requests[0].messages[0]
    assert unreadable == Message("assistant", "Splendid!")
    assert "no JSON object" in again.content


async def test_cut_verdict_is_called_cut(span):
    """A verdict that ran into its token limit is asked for again in those words, an empty one without an empty turn."""
    model = ScriptedModel([Reply(text="", finish="length"), verdict(1)])
    assert (await judge(model).judge(QUESTION, Reply(text="4"), span)).accept
    _, unreadable, again = model.requests[1].messages
    assert unreadable.content
    assert "cut off" in again.content


async def test_two_unreadable_replies_leave_it_unjudged(span):
    """After one re-ask the verdict is unjudged: no score, no third call."""
    with ScriptedModel(["Splendid!", '{"score": 9}']) as model:
        found = await judge(model).judge(QUESTION, Reply(text="4"), span)
    assert found.unjudged
    assert found.score is None
    assert "could not be read" in found.trouble


@pytest.mark.parametrize("answers", [[ServerFailed("down")], ["?", ServerFailed("down")]], ids=["at once", "re-asked"])
async def test_failing_judge_leaves_it_unjudged(span, answers):
    """A judge that fails, also when asked again, is told as such: it is no rejection and no score of 0."""
    found = await judge(ScriptedModel(answers)).judge(QUESTION, Reply(text="4"), span)
    assert found.unjudged
    assert found.score is None
    assert "down" in found.trouble
    assert found.error == "server"


class Costly:
    """A judge's mind that needs a call of the budget."""

    name = "costly"

    async def reply(self, request: Request, span: Span) -> Reply:  # noqa: ARG002  (the protocol's)
        await span.budget.reserve(Spending(None, 1))
        raise AssertionError("the budget allowed no call")


async def test_exhausted_budget_leaves_it_unjudged():
    """Where the budget allows no call the verdict is unjudged and says that a budget was the reason."""
    span = Span.root("test", budget=Budget(Limits(calls=0)))
    found = await judge(Costly()).judge(QUESTION, Reply(text="4"), span)
    assert found.unjudged
    assert found.error == "budget"


async def test_verdict_is_noted_at_the_place_of_the_answer(span):
    """`decide` opens a span for the gate at the answer's place, with the verdict as a note and the call under it."""
    await decide(judge(ScriptedModel([verdict(0.25)])), QUESTION, Reply(text="5"), span, place=2, level=2)
    gate, mind = span.ledger.spans[1:]
    assert (gate.path, gate.role, gate.level, mind.path) == ("/gate.2", "gate", 2, "/gate.2/gate")
    assert gate.notes == [
        {"kind": "verdict", "gate": "scripted", "accept": False, "score": 0.25, "reason": "it is wrong", "trouble": ""}
    ]


@pytest.mark.parametrize("says", [verdict(0.5), "nonsense", ServerFailed("down")], ids=["score", "nonsense", "failure"])
async def test_judge_is_a_gate(says: str | EscaladeError):
    """Whatever its model says, a judge keeps the promises of every gate."""
    await check_gate(judge(ScriptedModel([says] * 10)))


async def test_strictness_is_the_judge_s_system_message(span):
    """It stands before the question, also when a verdict is asked for again; the threshold stays what it is."""
    strict = template("judging_very_strict")
    model = ScriptedModel(["Splendid!", verdict(0.95)])
    found = await Judge(model, 0.9, strictness=strict).judge(QUESTION, Reply(text="4"), span)
    assert found.accept
    assert [request.messages[0] for request in model.requests] == [Message("system", strict.text)] * 2
    assert model.requests[0].messages[1:] == (await asked_plainly(span)).messages


async def asked_plainly(span) -> Request:
    """What a judge without strictness is asked."""
    model = ScriptedModel([verdict(1)])
    await Judge(model).judge(QUESTION, Reply(text="4"), span)
    return model.requests[0]


def test_strictness_is_part_of_what_a_judge_is_and_costs():
    """Another strictness is another judge, and its words are in the plan."""
    server = Server("http://127.0.0.1:9/v1")
    mind = server.model("m", price=Price(input=Decimal(1), output=Decimal(1)))
    plain, strict = Judge(mind), Judge(mind, strictness=template("judging_strict"))
    assert strict.structure() != plain.structure()
    assert strict.structure().settings["strictness"] == "judging_strict"
    words = len(template("judging_strict").text.encode())
    assert strict.worst(100).usd - plain.worst(100).usd == 2 * words * Decimal("1e-6")
