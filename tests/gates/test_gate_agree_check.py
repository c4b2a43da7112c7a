"""The gates that ask nobody: agreement among members, and programmatic checks."""

import pytest

from escalade.core.errors import ConfigError
from escalade.core.messages import Expects, Request
from escalade.core.reply import Reply
from escalade.gates import Agree, Check, matches, satisfies
from escalade.gates.check import Undecided
from escalade.gates.protocol import LONGEST_REASON
from escalade.testing import check_gate

QUESTION = Request.of("What is 2 + 2?", expects=Expects("number"))


def voted(*texts: str, failed: int = 0) -> Reply:
    """A reply chosen from `texts`, with members that failed besides."""
    return Reply(text=texts[0], candidates=tuple(Reply(text=t) for t in texts), members=len(texts) + failed)


@pytest.mark.parametrize(
    ("reply", "share"),
    [
        (voted("Answer: 4", "Answer: 4.0", "so the answer is 4"), 1),
        (voted("Answer: 4", "Answer: 4", "Answer: 5"), 2 / 3),
        (voted("Answer: 4", "Answer: 4", failed=2), 1 / 2),
        (voted("Answer: 4", "I do not know"), 1 / 2),
        (voted("No idea", "Nor have I"), 0),
    ],
    ids=["spelt differently", "one differs", "failed members", "one unreadable", "none readable"],
)
async def test_share_is_of_all_who_were_asked(span, reply, share):
    """The score is the modal answer's share of all members: who failed or cannot be read agrees with nobody."""
    found = await Agree(2 / 3).judge(QUESTION, reply, span)
    assert found.score == pytest.approx(share)
    assert found.accept is (share >= 2 / 3)


@pytest.mark.parametrize(("at_least", "accepted"), [(0.66, True), (0.67, False)])
async def test_a_share_is_taken_as_it_is_written(span, at_least, accepted):
    """Two of three are less than 0.67, as the documentation warns."""
    found = await Agree(at_least).judge(QUESTION, voted("Answer: 4", "Answer: 4", "Answer: 5"), span)
    assert found.accept is accepted


@pytest.mark.parametrize("reply", [Reply(text="Answer: 4"), voted("Answer: 4")], ids=["a leaf's", "one member's"])
async def test_one_answer_has_nothing_to_agree_with(span, reply):
    """A single answer is unjudged, neither unanimous nor rejected."""
    found = await Agree().judge(QUESTION, reply, span)
    assert found.unjudged
    assert found.score is None


async def test_only_survivor_of_a_panel_is_not_unanimous(span):
    """Where all members but one failed, the one does not agree with itself."""
    found = await Agree().judge(QUESTION, voted("Answer: 4", failed=2), span)
    assert found.accept is False
    assert found.score == pytest.approx(1 / 3)


def test_a_schema_that_is_none_is_refused():
    """As an error of ours, and not of the library that reads schemas."""
    with pytest.raises(ConfigError, match="no JSON Schema"):
        satisfies({"type": "nonsense"})


DRAFT_4 = "http://json-schema.org/draft-04/schema#"


@pytest.mark.parametrize(("number", "accept"), [(4, True), (3, False)])
async def test_a_schema_is_checked_by_the_dialect_that_it_names(span, number, accept):
    """Draft 4, where whether a minimum itself is allowed is true or false, is read as draft 4."""
    gate = satisfies({"$schema": DRAFT_4, "properties": {"n": {"minimum": 3, "exclusiveMinimum": True}}})
    assert (await gate.judge(QUESTION, Reply(text=f'{{"n": {number}}}'), span)).accept is accept


@pytest.mark.parametrize(
    "schema", [{"$schema": DRAFT_4, "exclusiveMinimum": 5}, {"$schema": 5}, {"$schema": "http://["}, {"pattern": "("}]
)
def test_what_is_none_in_its_own_dialect_is_refused(schema):
    """When the gate is made, and not answer by answer."""
    with pytest.raises(ConfigError, match="this is no JSON Schema"):
        satisfies(schema)


async def test_a_reference_that_leads_nowhere_leaves_answers_unjudged(span):
    """It is found when an answer is checked, and is never the answer's fault."""
    found = await satisfies({"$ref": "#/nowhere"}).judge(QUESTION, Reply(text="{}"), span)
    assert found.accept is None
    assert "nowhere" in found.trouble


@pytest.mark.parametrize("share", [0, -1, 1.1])
def test_share_is_above_zero(share):
    """A share that everything or nothing reaches is refused."""
    with pytest.raises(ConfigError, match="share"):
        Agree(share)


async def test_check_says_what_is_wrong(span):
    """A function's objection rejects and is the reason; None accepts."""
    gate = Check(lambda text: None if text.isdigit() else "write digits only", "digits")
    rejected = await gate.judge(QUESTION, Reply(text="four"), span)
    assert (rejected.accept, rejected.score, rejected.reason) == (False, 0, "write digits only")
    assert (await gate.judge(QUESTION, Reply(text="4"), span)).accept


async def test_raising_check_leaves_it_unjudged(span):
    """A function that raises says nothing of the answer: unjudged, with the exception as the trouble."""
    found = await Check(lambda _: str(1 / 0), "broken").judge(QUESTION, Reply(text="4"), span)
    assert found.unjudged
    assert "ZeroDivisionError" in found.trouble


async def test_reason_has_a_bound(span):
    """What a function says is cut, so that the bound that plans give on prompts holds."""
    gate = Check(lambda _: "\u20ac" * 100_000)
    found = await gate.judge(QUESTION, Reply(text="4"), span)
    assert found.reason == "\u20ac" * LONGEST_REASON
    assert len(found.reason.encode()) <= gate.worst(1).output


@pytest.mark.parametrize(("text", "accept"), [("Answer: 4", True), ("four", False)])
async def test_pattern_is_searched(span, text, accept):
    """A regular expression accepts where it is found; the reason of a rejection names it and fits the plan."""
    gate = matches(r"Answer: \d+")
    found = await gate.judge(QUESTION, Reply(text=text), span)
    assert found.accept is accept
    assert accept or r"Answer: \d+" in found.reason
    assert len(found.reason.encode()) <= gate.worst(1).output


async def test_endless_pattern_leaves_it_unjudged(span):
    """A pattern that was cut is no "no": unjudged, without a score, with pattern and remedy as the trouble."""
    found = await matches(r"(\w+\s?)+$!").judge(QUESTION, Reply(text="four " * 20), span)
    assert found.unjudged
    assert found.score is None
    assert found.reason == ""
    assert r"the pattern (\w+\s?)+$! was cut" in found.trouble
    assert "without repeats inside repeats" in found.trouble


def test_bad_pattern_is_refused():
    """What is no regular expression is refused when the gate is made."""
    with pytest.raises(ConfigError, match="is no regular expression") as refused:
        matches("[")
    assert "regular expression" in refused.value.hint


async def test_check_may_wait(span):
    """A function may be async, and may say that it cannot tell."""

    async def unsure(text):
        raise Undecided(f"who knows {text}?")

    async def certain(text):
        return "no digits" if text.isdigit() else None

    found = await Check(unsure).judge(QUESTION, Reply(text="4"), span)
    assert (found.accept, found.trouble) == (None, "who knows 4?")
    assert (await Check(certain).judge(QUESTION, Reply(text="4"), span)).reason == "no digits"


@pytest.mark.parametrize(
    ("text", "accept"), [('{"n": 4}', True), ('```json\n{"n": 4}\n```', True), ('{"n": 1}', False)]
)
async def test_json_must_satisfy_the_schema(span, text, accept):
    """JSON counts if the schema allows it, fenced or bare."""
    schema = {"type": "object", "properties": {"n": {"minimum": 3}}, "required": ["n"]}
    assert (await satisfies(schema).judge(QUESTION, Reply(text=text), span)).accept is accept


def test_different_checks_have_different_structures():
    """Pattern, schema, function and share are part of a gate's identity, and so of a run's."""
    gates = [
        matches("a"),
        matches("b"),
        satisfies({"type": "object"}),
        satisfies({"type": "array"}),
        Check(str.strip, identity="one"),
        Check(str.strip, identity="two"),
        Agree(0.5),
        Agree(1),
    ]
    assert len({gate.structure().fingerprint for gate in gates}) == len(gates)


@pytest.mark.parametrize(
    "gate",
    [Agree(), matches("4"), satisfies({}), Check(lambda text: text[99])],
    ids=["agree", "regex", "json", "raises"],
)
async def test_each_is_a_gate(gate):
    """Each keeps the promises of every gate."""
    await check_gate(gate)
