"""Debate: who is asked what, when the talk ends, and what a failure costs."""

import re

import pytest
from debaters import SHOWN, Member, Reviewer, answers
from scores import NUMBER, QUESTION, notes

from escalade.core.errors import AnswerError, BudgetExceeded, ConfigError, ServerFailed
from escalade.core.messages import Message, Request, Sampling
from escalade.gates import PanelJudge
from escalade.ledger.span import Span
from escalade.models.structure import structure_of
from escalade.strategies import ByFuser, ByJudge, ByWeight, Debate, Debater, Measured, Stated, Stop
from escalade.strategies.debate import TemperatureRange
from escalade.testing import check_model

DOWN = ServerFailed("down")
SPENT = BudgetExceeded("question budget reached", limit="calls", scope="question")
CODE = Request(
    (
        Message("system", "Speak plainly."),
        Message("user", "Hello"),
        Message("assistant", "Hello!"),
        Message("user", "Mend this:\n\n```py\ndef f(x):\n\treturn  x\n```\n\nKeep ${x} and the tab."),
    ),
    expects=NUMBER,
    item="q1",
)


async def test_a_round_is_first_answers_then_critiques_then_refinements(span):
    """3 calls a member: as worker, critic and worker again; nothing else is asked where a vote decides."""
    await Debate(answers(1, 2, 3)).reply(QUESTION, span)
    roles = [s.path.removeprefix("/") for s in span.ledger.spans[1:]]
    assert roles == [
        *("worker.1", "worker.2", "worker.3"),
        *("critic.1.r1", "critic.2.r1", "critic.3.r1"),
        *("worker.1.r1", "worker.2.r1", "worker.3.r1"),
    ]


async def test_first_answers_are_independent(span):
    """Everyone gets the question as it is, and nothing of anybody's answer."""
    members = answers(1, 2)
    await Debate(members).reply(CODE, span)
    assert [m.asked[f"worker.{n}"].messages for n, m in enumerate(members, 1)] == [CODE.messages, CODE.messages]


async def test_the_question_survives_every_prompt(span):
    """System message, earlier turns, code, tabs and line breaks reach critics and refiners unaltered."""
    members = answers(1, 2)
    await Debate(members).reply(CODE, span)
    for place in ("critic.1.r1", "worker.1.r1"):
        asked = members[0].asked[place]
        assert asked.messages[:3] == CODE.messages[:3]
        assert CODE.messages[-1].content in asked.messages[-1].content


async def test_a_critic_sees_its_peers_and_not_itself_among_them(span):
    """Its own answer stands apart; the others' stand under ids, without a name."""
    members = [Member(name, f"Answer: {n}") for n, name in enumerate(["secret-1", "secret-2", "secret-3"])]
    await Debate(members).reply(QUESTION, span)
    prompt = members[0].prompt("critic.1.r1")
    assert sorted(text for _, text in SHOWN.findall(prompt)) == ["Answer: 1", "Answer: 2"]
    assert "<your_answer>\nAnswer: 0\n</your_answer>" in prompt
    assert "secret" not in prompt
    assert members[0].asked["critic.1.r1"].response_schema is None


async def test_a_refiner_hears_what_was_said_of_its_own_answer_only(span):
    """Remarks on others' answers stay out, and so do the critics' names for them."""
    members = answers(10, 20, 30)
    await Debate(members).reply(QUESTION, span)
    prompt = members[1].prompt("worker.2.r1")
    feedback = re.search(r"<feedback>\n(.*)\n</feedback>", prompt, re.DOTALL)
    assert feedback is not None
    assert sorted(feedback[1].split("\n\n")) == ["a read 'Answer: 20'", "c read 'Answer: 20'"]
    assert "Answer: 10" not in prompt
    assert "Keep your answer unless you find an error" in prompt


async def test_without_critique_a_refiner_sees_the_answers_themselves(span):
    """One call a member and round; nobody is a critic."""
    members = answers(1, 2, 3)
    await Debate(members, critique=False).reply(QUESTION, span)
    assert {s.role for s in span.ledger.spans[1:]} == {"worker"}
    prompt = members[2].prompt("worker.3.r1")
    assert sorted(text for _, text in SHOWN.findall(prompt)) == ["Answer: 1", "Answer: 2"]
    assert "<earlier_answer>\nAnswer: 3\n</earlier_answer>" in prompt


async def test_what_peers_see_depends_on_the_place_and_not_on_who_was_first():
    """The same prompts whoever answers slowly; other prompts for another item."""

    async def prompts(slow, item="q1"):
        members = [Member(name, f"Answer: {n}", slow=s) for n, (name, s) in enumerate(zip("abcd", slow, strict=True))]
        await Debate(members).reply(Request(QUESTION.messages, item=item), Span.root("test"))
        return [m.asked for m in members]

    assert await prompts((0, 5, 2, 9)) == await prompts((9, 0, 0, 1))
    assert await prompts((0, 0, 0, 0)) != await prompts((0, 0, 0, 0), item="q2")


async def test_peers_are_shuffled():
    """A member's place in the list does not tell its place in the prompt."""
    orders = set()
    for item in range(12):
        members = answers(1, 2, 3, 4)
        await Debate(members).reply(Request(QUESTION.messages, item=str(item)), Span.root("test"))
        orders.add(tuple(text for _, text in SHOWN.findall(members[0].prompt("critic.1.r1"))))
    assert len(orders) > 3


async def test_the_vote_is_over_the_refined_answers(span):
    """Who was won over counts for the new answer; first answers are no candidates."""
    members = [*answers(1, 2), Member("c", "Answer: 3", refined="Answer: 2")]
    reply = await Debate(members).reply(QUESTION, span)
    assert (reply.text, reply.stopped, reply.members) == ("Answer: 2", "rounds", 3)
    assert [c.text for c in reply.candidates] == ["Answer: 1", "Answer: 2", "Answer: 2"]


async def test_revisions_are_noted_with_the_places_of_both_answers(span):
    """So that turns to the right answer can be told from turns to a wrong one."""
    members = [*answers(1, 2), Member("c", "Answer: 3", refined="Answer: 2")]
    await Debate(members).reply(QUESTION, span)
    revised = {note["first"]: (note["path"], note["changed"]) for note in notes(span, "revised")}
    assert revised == {
        "/worker.1": ("/worker.1.r1", False),
        "/worker.2": ("/worker.2.r1", False),
        "/worker.3": ("/worker.3.r1", True),
    }


@pytest.mark.parametrize(
    ("values", "stop", "why"),
    [
        ((1, 1, 1), Stop(), "unanimous"),
        ((1, 1, 2), Stop(share=0.6), "share"),
        ((1, 1, 2), Stop(share=0.7), "rounds"),
        ((1, 1, 1), Stop(share=None), "rounds"),
    ],
)
async def test_members_who_agree_need_not_talk(values, stop, why, span):
    """With `when="disagree"` the rules hold from the start, and the reason is told."""
    reply = await Debate(answers(*values), when="disagree", stop=stop).reply(QUESTION, span)
    assert reply.stopped == why
    assert notes(span, "stopped") == [{"kind": "stopped", "why": why}]
    assert any(s.role == "critic" for s in span.ledger.spans) is (why == "rounds")


async def test_otherwise_the_first_round_is_always_held(span):
    """Agreement ends the talk after it."""
    reply = await Debate(answers(1, 1), 3).reply(QUESTION, span)
    assert reply.stopped == "unanimous"
    assert [s.path for s in span.ledger.spans if s.path.endswith("r1")]
    assert not [s.path for s in span.ledger.spans if s.path.endswith("r2")]


@pytest.mark.parametrize(("stable", "why", "rounds"), [(True, "stable", 1), (False, "rounds", 3)])
async def test_a_round_that_changes_nothing_may_be_the_last(stable, why, rounds, span):
    """Final answers are compared, and not the words around them."""
    members = [Member("a", "Answer: 1", refined="Still. Answer: 1.0"), *answers(2)]
    reply = await Debate(members, 3, stop=Stop(stable=stable)).reply(QUESTION, span)
    assert reply.stopped == why
    assert len({s.path[-1] for s in span.ledger.spans if re.search(r"\.r\d$", s.path)}) == rounds


async def test_a_member_that_fails_is_one_member_less(span):
    """The others debate without it, and it stands in nobody's prompt."""
    members = [*answers(1), Member("b", DOWN), Member("c", "Answer: 3", refined="Answer: 1")]
    reply = await Debate(members).reply(QUESTION, span)
    assert (reply.text, reply.members, len(reply.candidates)) == ("Answer: 1", 3, 2)
    assert [note["error"] for note in notes(span, "failed")] == ["server"]
    assert list(members[1].asked) == ["worker.2"]


async def test_a_failed_refinement_leaves_the_earlier_answer(span):
    """And a failed critic leaves its peers what the others said of them."""
    members = [*answers(1), Member("b", "Answer: 2", refined=DOWN), Member("c", "Answer: 2", critique=DOWN)]
    reply = await Debate(members).reply(QUESTION, span)
    assert [c.text for c in reply.candidates] == ["Answer: 1", "Answer: 2", "Answer: 2"]
    assert "c read" not in members[0].prompt("worker.1.r1")
    assert "b read" in members[0].prompt("worker.1.r1")


async def test_of_whom_nobody_spoke_that_member_keeps_its_answer(span):
    """Without a remark there is nothing to refine, and no call is made."""
    members = [Member("a", "Answer: 1", critique=DOWN), Member("b", "Answer: 2")]
    await Debate(members).reply(QUESTION, span)
    assert "worker.1.r1" in members[0].asked
    assert "worker.2.r1" not in members[1].asked


async def test_one_answer_needs_no_debate(span):
    """It stands, and the reply says why."""
    reply = await Debate([*answers(1), Member("b", DOWN)]).reply(QUESTION, span)
    assert (reply.text, reply.stopped) == ("Answer: 1", "only one answer")


async def test_without_any_answer_it_fails(span):
    """There is nothing to choose from."""
    with pytest.raises(AnswerError):
        await Debate([Member("a", DOWN), Member("b", DOWN)]).reply(QUESTION, span)


@pytest.mark.parametrize("where", ["first", "critique", "refined"])
async def test_a_budget_ends_the_talk_with_the_best_so_far(where, span):
    """What was answered is kept, and the reply says that a limit ended it."""
    short = Member("b", **{"first": "Answer: 2", where: SPENT})
    reply = await Debate([*answers(1), short, *answers(1)], 2).reply(QUESTION, span)
    assert (reply.text, reply.stopped) == ("Answer: 1", "budget")
    assert not [s.path for s in span.ledger.spans if s.path.endswith("r2")]


async def test_a_judge_decides_and_its_verdict_travels(span):
    """The reply brings the best score, and every answer its own score and reason."""
    judge = Reviewer({"Answer: 1": 0.2, "Answer: 2": 0.96, "Answer: 3": 0.5})
    reply = await Debate(answers(1, 2, 3), decide=ByJudge(PanelJudge(judge))).reply(QUESTION, span)
    assert (reply.text, reply.score, reply.reason) == ("Answer: 2", 0.96, "remark on Answer: 2")
    assert [(c.score, c.reason) for c in reply.candidates][2] == (0.5, "remark on Answer: 3")
    assert len(judge.asked) == 1
    assert notes(span, "panel")[0]["scores"] == [0.2, 0.96, 0.5]


@pytest.mark.parametrize(("error", "stopped"), [(DOWN, "rounds"), (SPENT, "budget")])
async def test_a_judge_that_fails_leaves_the_vote(error, stopped, span):
    """The most frequent answer stands, unjudged."""
    decide = ByJudge(PanelJudge(Member("judge", error)))
    reply = await Debate(answers(1, 2, 2), decide=decide).reply(QUESTION, span)
    assert (reply.text, reply.score, reply.stopped) == ("Answer: 2", None, stopped)


async def test_a_fuser_writes_the_answer_or_leaves_the_vote(span):
    """It sees the refined answers; its failure costs its answer only."""
    fuser = Member("fuser", "Answer: 9")
    reply = await Debate(answers(1, 2), decide=ByFuser(fuser)).reply(QUESTION, span)
    assert (reply.text, len(reply.candidates)) == ("Answer: 9", 2)
    assert sorted(text for _, text in SHOWN.findall(fuser.prompt("fuser"))) == ["Answer: 1", "Answer: 2"]
    failed = await Debate(answers(1, 2, 2), decide=ByFuser(Member("fuser", DOWN))).reply(QUESTION, Span.root("test"))
    assert failed.text == "Answer: 2"


async def test_weights_belong_to_members_however_many_failed(span):
    """The accuracy of a failed member is not another's."""
    members = [Member("a", DOWN), *answers(1, 1, 2)]
    decide = ByWeight(Measured((0.99, 0.55, 0.55, 0.9)))
    assert (await Debate(members, decide=decide).reply(QUESTION, span)).text == "Answer: 2"


async def test_confidence_is_asked_for_where_it_decides(span):
    """In first answers and refinements alike."""
    sure, doubtful = Member("a", "Confidence: 0.95\nAnswer: 1"), "Confidence: 0.6\nAnswer: 2"
    members = [sure, Member("b", doubtful), Member("c", doubtful)]
    reply = await Debate(members, decide=ByWeight(Stated())).reply(QUESTION, span)
    assert reply.text == "Answer: 1"
    assert all("Confidence: 0.5" in sure.prompt(place) for place in ("worker.1", "worker.1.r1"))


async def test_a_style_is_a_system_message_before_the_question_s_own(span):
    """In every call of that member; the other is asked as it is."""
    members = answers(1, 2)
    await Debate([Debater(members[0], style="very_strict"), members[1]]).reply(CODE, span)
    for request in members[0].asked.values():
        system = request.messages[0]
        assert system.role == "system"
        assert system.content.startswith("You answer questions very strictly")
        assert system.content.endswith("Speak plainly.")
    assert members[1].asked["worker.2"].messages == CODE.messages


async def test_sampling_is_the_member_s_own(span):
    """What it does not say, the request says."""
    members = answers(1)
    request = Request(QUESTION.messages, sampling=Sampling(temperature=1.0, top_p=0.5))
    await Debate([Debater(members[0], sampling=Sampling(temperature=0.2))]).reply(request, span)
    assert members[0].asked["worker.1"].sampling == Sampling(temperature=0.2, top_p=0.5)


async def test_temperatures_are_drawn_by_label_and_the_same_every_time():
    """Within the range, apart for each member, none for other items."""

    async def drawn(category):
        members = answers(1, 2)
        ranges = {"category": {"hard_prompt": TemperatureRange(0.3, 0.7)}}
        request = Request(QUESTION.messages, item="q1", labels={"category": category})
        await Debate([Debater(m, temperatures=ranges) for m in members], 0).reply(request, Span.root("test"))
        return [m.asked[f"worker.{n}"].sampling.temperature for n, m in enumerate(members, 1)]

    first = await drawn("hard_prompt")
    assert first == await drawn("hard_prompt")
    assert all(0.3 <= temperature <= 0.7 and temperature == round(temperature, 2) for temperature in first)
    assert first[0] != first[1]
    assert await drawn("creative_writing") == [None, None]


async def test_one_model_twice_is_two_samples(span):
    """Its answers are independent."""
    member = Member("a", "Answer: 1")
    debate = Debate([member, member], 0)
    await debate.reply(QUESTION, span)
    assert [m.name for m in debate.members] == ["a#1", "a#2"]


async def test_it_keeps_a_model_s_promises():
    """Inside others it is a Model like any other, and debates of debates are debates."""
    await check_model(Debate([Debate(answers(1, 2)), *answers(3)], decide=ByJudge(PanelJudge(Reviewer({})))))


def test_settings_that_change_answers_change_the_identity():
    """Two debates that differ in one of them are not taken for one another."""
    of = answers(1, 2, 3)
    judged = ByJudge(PanelJudge(of[0]))
    variants = [
        *(Debate(of), Debate(of, 2), Debate(of, critique=False), Debate(of, when="disagree")),
        *(Debate(of, topology="ring"), Debate(of, stop=Stop(share=0.5)), Debate(of, stop=Stop(stable=False))),
        *(Debate(of, decide=judged), Debate(of, decide=ByFuser(of[0])), Debate(of, decide=ByWeight(Stated()))),
        *(Debate([Debater(m, style=style) for m in of]) for style in ("strict", "very_strict", "medium_strict")),
        Debate([Debater(of[0], sampling=Sampling(temperature=0.1)), *of[1:]]),
    ]
    assert len({structure_of(debate).fingerprint for debate in variants}) == len(variants)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Debate([]),
        lambda: Debate(answers(1), -1),
        lambda: Stop(share=0),
        lambda: Debate(answers(1, 2), decide=ByWeight(Measured((0.5,)))),
        lambda: Debater(answers(1)[0], sampling=Sampling(max_tokens=10)),
        lambda: TemperatureRange(0.7, 0.3),
        lambda: Measured((1.5,)),
    ],
)
def test_what_makes_no_sense_is_refused(wrong):
    """When it is built, and not when it is asked."""
    with pytest.raises(ConfigError, match=r"\w"):
        wrong()
