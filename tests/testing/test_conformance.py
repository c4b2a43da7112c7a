"""The conformance checks pass what keeps its promises and name the promise that is broken."""

# ruff: noqa: ARG002  (these doubles look at nothing)

import msgspec
import pytest

from escalade.core.errors import AnswerError, RateLimited
from escalade.core.reply import Reply
from escalade.core.structure import Structure
from escalade.gates.protocol import Verdict
from escalade.ledger.call import Call
from escalade.models.structure import Worst
from escalade.store import Store
from escalade.testing import ScriptedModel, check_gate, check_model, check_store


class Good:
    """A model to spoil in one way at a time."""

    name = "good"

    async def reply(self, request, span):
        span.write(Call(id="1", model=self.name, path=span.path))
        return Reply(text="4")

    def structure(self):
        return Structure("good", self.name)

    def worst(self, prompt_tokens):
        return Worst(1)


class Nameless(Good):
    name = ""


class Wordless(Good):
    async def reply(self, request, span):
        return "4"


class Meddling(Good):
    async def reply(self, request, span):
        request.labels["seen"] = "yes"
        return Reply(text="4")


class Elsewhere(Good):
    async def reply(self, request, span):
        span.write(Call(id="1", model=self.name, path="/nowhere"))
        return Reply(text="4")


class Greedy(Good):
    async def reply(self, request, span):
        for n in range(3):
            span.write(Call(id=str(n), model=self.name, path=span.path))
        return Reply(text="4")


class Changing(Good):
    times = 0

    def structure(self):
        self.times += 1
        return Structure("good", self.name, {"times": self.times})


@pytest.mark.parametrize("model", [Good(), ScriptedModel(["4"]), ScriptedModel([RateLimited("slow")])])
async def test_a_good_model_passes(model):
    """Also one that fails as models may."""
    await check_model(model)


@pytest.mark.parametrize(
    ("model", "promise"),
    [
        (Nameless(), "has a name"),
        (Wordless(), "returned str, which is no Reply"),
        (Meddling(), "changed the request"),
        (Elsewhere(), "at /nowhere, where no span is"),
        (Greedy(), "made 3 calls; its plan allows 1"),
        (Changing(), "structure changes by itself"),
    ],
)
async def test_a_broken_promise_of_a_model_is_named(model, promise):
    """Each in its own words."""
    with pytest.raises((AssertionError, TypeError), match=promise):
        await check_model(model)


class Lenient:
    """A gate to spoil."""

    name = "lenient"

    async def judge(self, request, reply, span):
        return Verdict(accept=True, score=1.0)

    def structure(self):
        return Structure("lenient", self.name)

    def worst(self, prompt_tokens):
        return Worst()


class Raising(Lenient):
    async def judge(self, request, reply, span):
        if not reply.text:
            raise AnswerError("nothing to judge")
        return Verdict(accept=True)


class Overjoyed(Lenient):
    async def judge(self, request, reply, span):
        return Verdict(accept=True, score=1.5)


class Mute(Lenient):
    async def judge(self, request, reply, span):
        return True


async def test_a_good_gate_passes():
    """One that always gives a verdict."""
    await check_gate(Lenient())


@pytest.mark.parametrize(
    ("gate", "promise"),
    [(Raising(), "must say unjudged"), (Overjoyed(), "scored 1.5"), (Mute(), "returned a bool")],
)
async def test_a_broken_promise_of_a_gate_is_named(gate, promise):
    """Each in its own words."""
    with pytest.raises(AssertionError, match=promise):
        await check_gate(gate)


class Forgetful(Store):
    async def call(self, key):
        return None


class Fickle(Store):
    """The last one wins."""

    async def call(self, key):
        found = await super().call(key)
        return found and msgspec.structs.replace(found, received=b'{"text":"five"}')


@pytest.mark.parametrize(
    ("kind", "promise"), [(Store, ""), (Forgetful, "is not found"), (Fickle, "took the place of an earlier one")]
)
async def test_a_store_is_checked_too(tmp_path, kind, promise):
    """What is committed is found, and stays."""
    with kind.open(f"sqlite:///{tmp_path}/store.sqlite") as store:
        if not promise:
            await check_store(store)
            return
        with pytest.raises(AssertionError, match=promise):
            await check_store(store)
