import asyncio
import json
from collections import Counter
from decimal import Decimal

import msgspec
import pytest

from escalade.core.errors import ConfigError, ServerFailed
from escalade.core.messages import Expects, Request, Sampling, ToolCall
from escalade.core.money import total
from escalade.core.reply import Reply
from escalade.core.usage import Usage
from escalade.models.answer import answer
from escalade.models.backend import Received
from escalade.models.leaf import Leaf
from escalade.models.structure import structure_of
from escalade.prices import Price
from escalade.strategies.react import Rules
from escalade.strategies.stack import Known, Stack
from escalade.testing import ScriptedModel, check_model

NUMBER = Expects(form="number")
QUESTION = Request.of("How many?", expects=NUMBER)


class Tireless:
    """A backend that costs all it may. As a head it asks all its tools the same, in every step."""

    by_item = False
    simulated = False

    def __init__(self, name: str, *, answers_after: int = 99) -> None:
        self.identity = self.model_id = name
        self.bodies: Counter[bytes] = Counter()
        self._answers_after = answers_after

    def encode(self, request: Request) -> bytes:
        return msgspec.json.encode((request.messages, request.tools, request.sample))

    async def send(self, body: bytes, request: Request) -> Received:
        self.bodies[body] += 1
        await asyncio.sleep(0)
        most, turns = request.sampling.max_tokens, sum(m.role == "assistant" for m in request.messages)
        opening = next(m.content for m in request.messages if m.role == "user")
        usage = Usage(input=sum(len(m.content.encode()) for m in request.messages), output=most)
        text, calls = f"Answer: {request.sample}".ljust(most, "."), ()
        if request.tools and turns < self._answers_after:
            query = json.dumps({"query": "How many?"})
            calls = tuple(ToolCall(f"{turns}.{tool.name}", tool.name, query) for tool in request.tools)
            text = ""
        elif "\nTools:\n" in opening:
            names = [line[2:].partition(":")[0] for line in opening.splitlines() if line.startswith("- ")]
            asked = "\n".join(
                f"Action: {name}\nAction Input: {turns}?".ljust(most // len(names), "?") for name in names
            )
            text = asked if turns < self._answers_after else "Final Answer: Answer: 7"
        return Received(text=text, tool_calls=calls, usage=usage)


def leaf(name: str, **how) -> Leaf:
    price = Price(input=Decimal(1), output=Decimal(3))
    return Leaf(name, Tireless(name, **how), price=price, sampling=Sampling(max_tokens=200))


@pytest.mark.parametrize("written", ["A_0", "A_1", "A_2", "['A_1', 'B_1']", "[['A_1', 'B_0'], ['A_1', 'B_1']]"])
@pytest.mark.parametrize("protocol", ["text", "native"])
@pytest.mark.parametrize("answers_after", [1, 99])
async def test_no_stack_exceeds_its_plan(written, protocol, answers_after):
    """Whatever it asks: calls and dollars stay below the worst case that the plan states."""
    models = {"A": leaf("A", answers_after=answers_after), "B": leaf("B")}
    stack = Stack(written, models, rules=Rules(steps=4, protocol=protocol))
    found = await answer(stack, QUESTION)
    worst = stack.worst(len(QUESTION.messages[0].content))
    assert total(call.cost for call in found.calls).usd <= worst.usd
    assert len(found.calls) <= worst.calls
    assert found.reply.stopped in ("", "answered", "steps")


async def test_equal_sub_queries_run_once():
    """Also across branches that run at the same time: no request is sent twice, though agents repeat themselves."""
    models = {"A": leaf("A", answers_after=1), "B": leaf("B")}
    tree = "[['A_1', 'B_0'], ['A_1', 'B_1'], 'A_1']"
    found = await answer(Stack(tree, models, rules=Rules(protocol="native")), QUESTION)
    assert found.reply.stopped == "answered"
    assert {times for model in models.values() for times in model.backend.bodies.values()} == {1}
    assert len(found.calls) == sum(model.backend.bodies.total() for model in models.values())
    paths = [span.path for span in found.spans]
    assert len(paths) == len(set(paths))


async def test_its_account_does_not_depend_on_who_is_first():
    """Places are named by node and request: calls have the same paths in every order of arrival."""

    class Slow(Tireless):
        async def send(self, body, request):
            for _ in range(len(body) % self.turns):
                await asyncio.sleep(0)
            return await super().send(body, request)

    accounts = []
    for turns in (1, 3, 7, 11):
        models = {"A": leaf("A", answers_after=1), "B": leaf("B")}
        for name, model in models.items():
            model.backend = Slow(name, answers_after=1)
            model.backend.turns = turns
        found = await answer(Stack("[['A_1', 'B_1'], ['B_1', 'A_1'], 'A_1']", models, rules=Rules(protocol="native")),
                             QUESTION)  # fmt: skip
        accounts.append((found.text, sorted((call.path, call.role, call.id) for call in found.calls)))
    assert accounts.count(accounts[0]) == len(accounts)


async def test_every_nested_call_is_counted_in_its_role():
    """Heads as head, models as tool: what was sent is what is on the account."""
    models = {"A": leaf("A", answers_after=1)}
    found = await answer(Stack("A_2", models, rules=Rules(protocol="native")), QUESTION)
    assert Counter(call.role for call in found.calls) == {"head": 4, "tool": 2}
    assert len(found.calls) == models["A"].backend.bodies.total()


async def test_two_equal_tools_are_two_samples():
    """Name_1 hears two independent answers of its model, and the first is the model's own to the question."""
    models = {"A": leaf("A", answers_after=1)}
    found = await answer(Stack("A_1", models, rules=Rules(protocol="native")), QUESTION)
    assert [c.text.strip(".") for c in found.reply.candidates] == ["Answer: 0", "Answer: 1"]
    alone = await answer(Stack("A_0", {"A": leaf("A")}), QUESTION)
    assert alone.calls[0].id in {call.id for call in found.calls}


async def test_a_model_by_itself_is_just_that():
    """Name_0: one call, no head."""
    found = await answer(Stack("A_0", {"A": ScriptedModel(["Answer: 4"], "A")}), QUESTION)
    assert (found.text, len(found.spans)) == ("Answer: 4", 3)


async def test_a_failing_model_costs_its_own_answers_only():
    """The others are heard; nothing that failed is asked again by another branch."""
    b = ScriptedModel([ServerFailed("down")], "B")
    models = {"A": leaf("A", answers_after=1), "B": b}
    found = await answer(Stack("[['A_0', 'B_0'], ['B_0', 'A_0']]", models, rules=Rules(protocol="native")), QUESTION)
    assert found.reply.stopped == "answered"
    b.assert_complete()


async def test_one_head_leads_all_agents():
    """The first model of the notation, or the one that is named; it is part of the plan."""
    models = {"A": leaf("A"), "B": leaf("B")}
    assert Stack("['B_1', 'A_0']", models).head is models["B"]
    head = leaf("H", answers_after=1)
    stack = Stack("['B_1', 'A_0']", models, head=head, rules=Rules(protocol="native"))
    found = await answer(stack, QUESTION)
    assert {call.model for call in found.calls if call.role == "head"} == {"H"}
    [agent] = structure_of(stack).parts
    assert (agent.structure.parts[0].role, agent.structure.parts[0].structure.name) == ("head", "H")


async def test_heads_are_told_what_their_tools_are():
    """By the notation's names, with what is known of them, in every spelling of it."""
    head = ScriptedModel([*["?"] * 4], "H")
    known = Known(good_at={"A": "knows algebra"}, reliability={"A_0": 0.5, "['A_0','B_0']": 0.625})
    tree = "[['A_0', 'B_0'], 'A_0']"
    models = {"A": ScriptedModel([], "a-1"), "B": ScriptedModel([], "b-1")}
    stack = Stack(tree, models, head=head, known=known)
    with pytest.raises(Exception, match="ended without any answer"):
        await answer(stack, QUESTION)
    opening = head.requests[0].messages[0].content
    assert "- A_0-B_0: an agent that weighs what A_0 and B_0 say (A knows algebra); was right on 62% of" in opening
    assert "- A_0: knows algebra; was right on 50% of" in opening
    assert structure_of(stack).fingerprint != structure_of(Stack(tree, models, head=head)).fingerprint


def test_the_bound_grows_with_the_power_of_the_depth():
    """It does not bet on repetitions: steps times tools, in each layer anew."""
    models = {"A": leaf("A")}
    calls = [Stack(f"A_{layer}", models, rules=Rules(steps=3)).worst(100).calls for layer in range(5)]
    assert calls[:2] == [1, 3 + 2 * 2]
    assert all(deeper == 3 + 2 * (calls[n + 1] + 1) for n, deeper in enumerate(calls[2:]))


@pytest.mark.parametrize(
    ("written", "hint"), [("Qwem_1", "did you mean 'Qwen'"), ("gpt_4", "'gpt_4' itself is written 'gpt_4_0'")]
)
def test_unknown_names_are_errors(written, hint):
    """With the nearest right spelling."""
    with pytest.raises(ConfigError) as error:
        Stack(written, {"Qwen": leaf("Qwen"), "gpt_4": leaf("gpt_4")})
    assert hint in error.value.hint


async def test_a_stack_is_a_model():
    """It keeps the promises of every Model."""
    for written in ("A_0", "A_2", "['A_1', 'B_1']"):
        await check_model(Stack(written, {"A": leaf("A", answers_after=2), "B": leaf("B")}, rules=Rules(steps=3)))


async def test_a_tree_that_is_cut_leaves_nothing_running():
    """Cancelled in the middle, also while one branch waits for another's answer."""
    waiting, gate = asyncio.Event(), asyncio.Event()

    class Stuck:
        name = "S"

        async def reply(self, *_) -> Reply:
            waiting.set()
            await gate.wait()
            return Reply(text="never")

    models = {"A": leaf("A", answers_after=1), "S": Stuck()}
    stack = Stack("[['S_0', 'A_0'], 'S_0']", models, head=models["A"], rules=Rules(protocol="native"))
    asked = asyncio.create_task(answer(stack, QUESTION))
    await waiting.wait()
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    assert asyncio.all_tasks() == {asyncio.current_task()}
