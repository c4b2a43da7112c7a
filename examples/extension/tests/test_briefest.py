"""The strategy: what it returns, what it survives, and the promises of every Model."""

from escalade.core.errors import Failure, TimedOut
from escalade.core.messages import Expects, Request
from escalade.core.reply import Reply
from escalade.ledger.span import Span
from escalade.models.protocol import ask
from escalade.testing import ScriptedModel, check_model

from escalade_example.briefest import Briefest

QUESTION = Request.of("What is 6 times 7?", expects=Expects("number"))


async def briefest_of(*answers: str | TimedOut) -> Reply | Failure:
    members = [ScriptedModel([answer], f"member-{place}") for place, answer in enumerate(answers)]
    return await ask(Briefest(members), QUESTION, Span.root("test"))


async def test_it_keeps_the_promises_of_a_model():
    """Spans, plan and identity are as every Model's."""
    await check_model(Briefest([ScriptedModel(["Answer: 4"], "a"), ScriptedModel(["Answer: 4"], "b")]))


async def test_the_shortest_of_the_majority_is_returned():
    """A shorter text with another answer does not win."""
    reply = await briefest_of("It is six sevens, so: Answer: 42", "Answer: 42", "41", "7 + 7 + ... Answer: 42")
    assert isinstance(reply, Reply)
    assert (reply.text, reply.members, reply.stopped) == ("Answer: 42", 4, "majority")


async def test_a_failing_member_does_not_sink_the_question():
    """The other members' answers are used."""
    reply = await briefest_of(TimedOut("too slow"), "Answer: 42")
    assert isinstance(reply, Reply)
    assert reply.text == "Answer: 42"


async def test_where_all_members_fail_the_failure_is_returned():
    """No answer is invented."""
    assert isinstance(await briefest_of(TimedOut("slow"), TimedOut("slow")), Failure)
