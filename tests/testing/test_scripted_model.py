import pytest

from escalade.core.errors import Failure, RateLimited
from escalade.core.messages import Request
from escalade.core.reply import Reply
from escalade.ledger.span import Span
from escalade.models.protocol import Model, ask, reply_or_raise
from escalade.testing import ScriptedModel, UnexpectedCallError

QUESTION = Request.of("Why?")


async def test_it_says_what_it_is_told_in_order():
    """Texts, whole replies and errors; it remembers what it was asked."""
    whole, error = Reply(text="two", accepted=True), RateLimited("slow")
    root = Span.root("s")
    with ScriptedModel(["one", whole, error]) as model:
        assert isinstance(model, Model)
        first, second, third = [await ask(model, request, root) for request in (QUESTION, QUESTION, Request.of("How?"))]
    assert first == Reply(text="one", model="scripted")
    assert second is whole
    assert third == Failure(error, "/worker.3")
    assert [request.question for request in model.requests] == ["Why?", "Why?", "How?"]


async def test_an_unexpected_call_is_a_failed_test():
    """It names the place and the question, and is no error that a strategy handles."""
    with pytest.raises(UnexpectedCallError, match="unexpected call at /worker: Why"):
        await ask(ScriptedModel([]), QUESTION, Span.root("s"))


async def test_an_answer_that_nobody_asked_for_is_a_failed_test():
    """On leaving the context, unless the test failed already."""
    with pytest.raises(AssertionError, match="not asked for 1 scripted answers"), ScriptedModel(["never"]):
        pass
    with pytest.raises(ZeroDivisionError), ScriptedModel(["never"]):
        raise ZeroDivisionError


async def test_asking_opens_a_span_and_gives_failures_as_values():
    """Nothing that fails cancels its siblings; whoever needs the reply can raise the error."""
    root, error = Span.root("s"), RateLimited("slow")
    failed = await ask(ScriptedModel([error]), QUESTION, root, "gate", place=1, level=2)
    replied = await ask(ScriptedModel(["yes"]), QUESTION, root, "gate", place=2)
    with pytest.raises(RateLimited):
        reply_or_raise(failed)
    assert reply_or_raise(replied).text == "yes"
    _, first, second = root.ledger.facts()
    assert (first.path, first.role, first.name, first.level) == ("/gate.1", "gate", "scripted", 2)
    assert (first.error, second.text) == ("rate_limited", "yes")
