import json

import msgspec
from asking import answer_of, asked, is_right, within

from escalade.core.messages import Message, Request, Tool, ToolCall
from escalade.simulate import Acting, Mind, SimulatedModel, Skill

STEADY = {"malformed": 0, "hallucinated": 0, "hasty": 0}
SYSTEM = """Answer the question with the help of tools.
- alpha: a solver
- beta: another solver

Write:
Thought: what you think
Action: the name of a tool
Action Input: the question for it
or, when you know:
Thought: what you think
Final Answer: the answer"""


def head(world, skill: Skill | None = None, **acting) -> Mind:
    skill = skill or Skill(accuracy=1, format_failure=0, sycophancy=0)
    return Mind(world, SimulatedModel(name="h", skill=skill, acting=Acting(**(STEADY | acting))))


def opened(item) -> Request:
    return Request((Message("system", SYSTEM), Message("user", item.text)), item=item.id)


def observed(request: Request, step: str, text: str) -> Request:
    return request.also("assistant", step).also("user", f"Observation: {text}")


def test_a_head_asks_each_tool_once_and_then_answers(world, items):
    """The text protocol is followed: every tool with the question as its input, then a final answer."""
    mind = head(world)
    for item in items[:20]:
        request, used = opened(item), []
        for _ in range(2):
            step = mind.answer(request).text
            used.append(step.split("Action: ")[1].split("\n")[0])
            assert step.split("Action Input: ")[1] == item.text
            request = observed(request, step, answer_of(item, item.gold))
        final = mind.answer(request).text
        assert used == ["alpha", "beta"]
        assert is_right(final.split("Final Answer: ")[1], item)


def test_a_head_works_from_one_growing_prompt_too(world, items):
    """Steps and observations may stand in the one user message, as in a scratchpad."""
    item = items[0]
    step = f"Thought: hm\nAction: alpha\nAction Input: {item.text}\nObservation: {answer_of(item, item.gold)}\n"
    prompt = f"{SYSTEM}\n\nQuestion: {item.text}\n{step}"
    assert "Action: beta" in head(world).answer(Request((Message("user", prompt),), item=item.id)).text


def test_tools_win_a_head_over(world, items):
    """A head that knows nothing and follows its tools is right where they are."""
    mind = head(world, Skill(accuracy=0, sycophancy=1, format_failure=0))
    for item in items[:20]:
        request = opened(item)
        for _ in range(2):
            request = observed(request, mind.answer(request).text, answer_of(item, item.gold))
        assert is_right(mind.answer(request).text.split("Final Answer: ")[1], item)


def test_a_head_errs_at_its_rates(world, items):
    """Steps that cannot be followed and invented observations come as often as set."""
    mind = head(world, malformed=0.2)
    broken = [mind.answer(opened(i)).text for i in items]
    unfollowable = ["Action Input:" not in text or "Action: encyclopaedia" in text for text in broken]
    assert within(sum(unfollowable) / len(items), 0.2, len(items))
    mind = head(world, hallucinated=0.2)
    invented = ["Observation:" in mind.answer(opened(i)).text for i in items]
    assert within(sum(invented) / len(items), 0.2, len(items))


def test_a_stop_sequence_keeps_inventions_out(world, items):
    """A client that stops at the observation never sees an invented one."""
    request = opened(items[0])
    stopping = msgspec.structs.replace(request.sampling, stop=("Observation:",))
    text = head(world, hallucinated=1).answer(msgspec.structs.replace(request, sampling=stopping)).text
    assert "Observation" not in text
    assert "Action: alpha" in text


def test_a_hasty_head_answers_before_every_tool_was_used(world, items):
    """After the first tool a hasty head may be done."""
    mind = head(world, hasty=1)
    request = opened(items[0])
    assert "Action: alpha" in mind.answer(request).text
    request = observed(request, mind.answer(request).text, "nothing")
    assert "Final Answer:" in mind.answer(request).text


TOOLS = tuple(
    Tool(name, "solves", {"type": "object", "properties": {"query": {"type": "string"}}, "required": ["query"]})
    for name in ("alpha", "beta")
)


def native(item) -> Request:
    return msgspec.structs.replace(asked(item), tools=TOOLS)


def test_a_head_calls_native_tools(world, items):
    """One call per tool with the question as its argument, then a marked answer."""
    mind = head(world)
    item = items[0]
    request = native(item)
    for name in ("alpha", "beta"):
        received = mind.answer(request)
        (call,) = received.tool_calls
        assert (call.name, json.loads(call.arguments), received.finish) == (name, {"query": item.text}, "tool_calls")
        assert received.usage.output > 0
        said = Message("assistant", tool_calls=received.tool_calls)
        heard = Message("tool", answer_of(item, item.gold), tool_call_id=call.id)
        request = msgspec.structs.replace(request, messages=(*request.messages, said, heard))
    received = mind.answer(request)
    assert received.finish == "stop"
    assert is_right(received.text, item)


def test_native_calls_can_be_malformed(world, items):
    """Arguments that are no JSON, or a tool that nobody offered."""
    mind, kinds = head(world, malformed=1), set()
    for item in items[:40]:
        (call,) = mind.answer(native(item)).tool_calls
        kinds.add("unknown" if call.name not in ("alpha", "beta") else "broken")
        assert isinstance(call, ToolCall)
    assert kinds == {"unknown", "broken"}
