import asyncio
import json
from decimal import Decimal

import msgspec
import pytest

from escalade.core.errors import AnswerError, BudgetExceeded, ConfigError, ServerFailed
from escalade.core.messages import Expects, Message, Request, Sampling, ToolCall
from escalade.core.reply import Reply
from escalade.core.structure import Structure
from escalade.ledger.span import Span
from escalade.models.answer import answer
from escalade.models.protocol import ask
from escalade.models.structure import Worst
from escalade.strategies import Vote, sample
from escalade.strategies.react import ModelTool, React, Rules
from escalade.testing import ScriptedModel, check_model

CHOICE = Expects(form="choice", choices=("A", "B", "C", "D"))
QUESTION = Request.of("Which one?\n(A) a\n(B) b\n(C) c\n(D) d", expects=CHOICE)
PRICE = Decimal("0.01")


def use(tool: str, query: str = "Sub-question?") -> str:
    return f"Thought: hm\nAction: {tool}\nAction Input: {query}"


def final(letter: str) -> str:
    return f"Thought: settled\nFinal Answer: The answer is ({letter})."


def says(letter: str) -> str:
    return f"The answer is ({letter})."


def native(*uses: tuple[str, str], text: str = "") -> Reply:
    calls = tuple(ToolCall(f"id{n}", name, json.dumps({"query": query})) for n, (name, query) in enumerate(uses))
    return Reply(text=text, tool_calls=calls, finish="tool_calls" if calls else "stop")


class Agent:
    """An agent of scripted models, asked once."""

    def __init__(self, head, rules: Rules | None = None, **tools) -> None:
        self.head = ScriptedModel(head, "head")
        self.tools = {name: ScriptedModel(script, name) for name, script in tools.items()}
        self.react = React(list(self.tools.values()), self.head, rules=rules)
        self.span = Span.root("test")

    async def ask(self, request: Request = QUESTION) -> Reply:
        outcome = await ask(self.react, request, self.span)
        if not isinstance(outcome, Reply):
            raise outcome.error
        self.head.assert_complete()
        for tool in self.tools.values():
            tool.assert_complete()
        return outcome

    def last_heard(self) -> str:
        return self.head.requests[-1].messages[-1].content

    def notes(self, kind: str) -> list[dict]:
        return [note for span in self.span.ledger.spans for note in span.notes if note["kind"] == kind]


async def test_a_head_asks_and_answers():
    """Thought, Action, Observation, Final Answer: the text after the last label is the reply."""
    agent = Agent([use("alpha"), final("C")], alpha=[says("C")])
    reply = await agent.ask()
    assert (reply.text, reply.stopped, reply.members) == ("The answer is (C).", "answered", 1)
    assert [c.text for c in reply.candidates] == [says("C")]
    assert agent.last_heard() == f"Observation: alpha says:\n{says('C')}"
    assert [span.path for span in agent.span.ledger.spans] == [
        "", "/worker", "/worker/head.1", "/worker/tool.1.1", "/worker/head.2",
    ]  # fmt: skip
    [note] = agent.notes("stopped")
    assert note == {"kind": "stopped", "why": "answered", "steps": 2, "corrections": 0, "unused": None}


async def test_content_is_sent_once():
    """The conversation grows by what is new: no turn repeats the question, the tools or an earlier turn."""
    agent = Agent([use("alpha", "One?"), use("beta", "Two?"), final("C")], alpha=["first"], beta=["second"])
    await agent.ask()
    said = "\n".join(m.content for m in agent.head.requests[-1].messages)
    for once in ("Which one?", "- alpha:", "One?", "Two?", "first", "second"):
        assert said.count(once) == 1, once


async def test_every_prompt_says_what_the_tools_are():
    """Name, what it is good at, measured reliability, the duty and the steps; the request's system message stays."""
    tool = ScriptedModel([says("C")], "alpha")
    head = ScriptedModel([use("alpha"), final("C")])
    react = React([ModelTool(tool, good_at="knows algebra.", reliability=0.72)], head, rules=Rules(steps=7))
    request = Request.of("Which one?", system="Be kind.", expects=CHOICE)
    await answer(react, request)
    system, opening = head.requests[0].messages
    assert system == Message("system", "Be kind.")
    listed = "- alpha: knows algebra; was right on 72% of the questions that it was measured on."
    assert listed in opening.content
    assert "Ask every tool at least once" in opening.content
    assert "You have 7 steps" in opening.content
    assert head.requests[0].sampling.stop == ("\nObservation:",)


async def test_a_tool_asked_the_whole_question_gets_the_request_itself():
    """So that its answer is the model's own, in the journal too; spacing does not count."""
    agent = Agent([use("alpha", "Which one? (A) a (B) b (C) c (D) d"), use("alpha", "Why?"), final("C")],
                  alpha=[says("C"), "because"])  # fmt: skip
    request = msgspec.structs.replace(QUESTION, item="i1", labels={"category": "x"}, sampling=Sampling(temperature=0.3))
    await agent.ask(request)
    whole, part = agent.tools["alpha"].requests
    assert whole == request
    assert part == msgspec.structs.replace(request, messages=(Message("user", "Why?"),))


async def test_several_tools_are_asked_at_once():
    """Both run before either has answered, in places that do not depend on who is first."""
    started, both = [], asyncio.Event()

    class Waiting(ScriptedModel):
        async def reply(self, request, span):
            started.append(self.name)
            if len(started) == 2:
                both.set()
            await both.wait()
            return await super().reply(request, span)

    alpha, beta = Waiting([says("A")], "alpha"), Waiting([says("B")], "beta")
    head = ScriptedModel([f"{use('beta')}\nAction: alpha\nAction Input: q", final("B")])
    found = await answer(React([alpha, beta], head), QUESTION)
    assert [c.text for c in found.reply.candidates] == [says("A"), says("B")]
    assert {"/worker/tool.1.1", "/worker/tool.1.2"} <= {span.path for span in found.spans}
    assert head.requests[-1].messages[-1].content.index("beta says") < head.requests[-1].messages[-1].content.index(
        "alpha says"
    )


async def test_an_answer_before_every_tool_was_asked_is_sent_back():
    """The correction names the tools that are missing."""
    agent = Agent([final("A"), use("alpha"), final("A"), use("beta"), final("B")], alpha=[says("A")], beta=[says("B")])
    reply = await agent.ask()
    assert (reply.text, reply.stopped) == (says("B"), "answered")
    corrections = [r.messages[-1].content for r in agent.head.requests if "does not count" in r.messages[-1].content]
    assert ["alpha, beta" in corrections[0], "too: beta" in corrections[1]] == [True, True]


async def test_without_the_duty_a_head_may_answer_at_once():
    """`use_all: false`."""
    agent = Agent([final("A")], Rules(use_all=False), alpha=[])
    assert (await agent.ask()).stopped == "answered"


async def test_malformed_turns_are_sent_back_and_then_end_it():
    """After the last correction, what most tools said last stands, and says why."""
    turns = [use("alpha"), use("beta"), use("gamma"), "?", "Action: alpha", "<think>hm", "Thought: hm"]
    agent = Agent(turns, alpha=[says("A")], beta=[says("B")], gamma=[says("B")])
    reply = await agent.ask()
    assert (reply.text, reply.stopped) == (says("B"), "corrections")
    assert [note["step"] for note in agent.notes("corrected")] == [4, 5, 6]


async def test_steps_are_bounded():
    """The head is told of its last step; asked for in it, tools are not asked any more."""
    turns = [use("alpha", f"{n}?") for n in range(15)]
    agent = Agent(turns, alpha=[says("D")] * 14)
    reply = await agent.ask()
    assert (reply.text, reply.stopped) == (says("D"), "steps")
    assert "one step left" in agent.last_heard()
    assert sum("one step left" in r.messages[-1].content for r in agent.head.requests) == 1


async def test_a_transcript_is_never_an_answer():
    """With no tool heard and no final answer, there is no answer; an early final answer is one."""
    agent = Agent(["The answer is (A)."] * 4, alpha=[])
    with pytest.raises(AnswerError, match="ended without any answer: corrections"):
        await agent.ask()
    agent = Agent([final("A")] * 4, alpha=[])
    reply = await agent.ask()
    assert (reply.text, reply.stopped) == (says("A"), "corrections")


async def test_what_tools_said_last_is_put_to_the_vote():
    """Each tool has one vote, unreadable ones have none, ties go to the earliest tool."""
    asking = [use("alpha", "1"), use("alpha", "2"), use("beta"), use("gamma")]
    agent = Agent([*asking, *["?"] * 4], alpha=[says("A"), says("B")], beta=["no idea"], gamma=[says("C")])
    assert (await agent.ask()).text == says("B")


async def test_results_are_cached_within_the_question():
    """The same query to the same tool is asked once, in one step or in several; a failed one may be asked again."""
    twice = f"{use('alpha', 'q')}\nAction: beta\nAction Input: q"
    agent = Agent([twice, use("alpha", " q "), use("beta", "q"), final("A")],
                  alpha=[says("A")], beta=[ServerFailed("down"), says("A")])  # fmt: skip
    reply = await agent.ask()
    assert reply.stopped == "answered"
    assert [note["why"] for note in agent.notes("not_asked")] == ["asked before"]
    assert "asked exactly this before" in agent.head.requests[2].messages[-1].content


async def test_a_tool_is_asked_one_thing_a_step():
    """What else a step wants of it is refused, and what exceeds two uses a tool is left out: prompts stay bounded."""
    agent = Agent(["\n".join(use("alpha", f"{n}?") for n in range(9)), final("A")], alpha=[says("A")])
    await agent.ask()
    assert agent.last_heard().count("Observation:") == 2
    assert "ask a tool one thing a step" in agent.last_heard()


async def test_trouble_with_tools_is_observed():
    """Unknown names, errors, empty answers: the head is told, and goes on."""
    turns = [use("delta"), use("alpha"), use("beta"), use("GAMMA"), final("C")]
    agent = Agent(turns, alpha=[ServerFailed("http://secret")], beta=["<think>all thought</think>"], gamma=[says("C")])
    reply = await agent.ask()
    assert (reply.text, reply.stopped) == (says("C"), "answered")
    heard = [r.messages[-1].content for r in agent.head.requests[1:]]
    assert heard[0] == "Observation: (there is no such tool; the tools are alpha, beta, gamma)"
    assert heard[1] == "Observation: (alpha could not be reached: server)"
    assert heard[2] == "Observation: (beta said nothing)"


async def test_a_failing_head_leaves_what_the_tools_said():
    """Marked as such; without an answer of any tool its error is the agent's."""
    agent = Agent([use("alpha"), ServerFailed("down")], alpha=[says("B")])
    reply = await agent.ask()
    assert (reply.text, reply.stopped) == (says("B"), "head failed")
    with pytest.raises(ServerFailed):
        await Agent([ServerFailed("down")], alpha=[]).ask()


async def test_a_spent_budget_leaves_what_the_tools_said():
    """Whether the head or a tool meets it."""
    spent = BudgetExceeded("spent", limit="usd", scope="question")
    for head, beta in (([use("alpha"), spent], []), ([use("alpha"), use("beta")], [spent])):
        agent = Agent(head, alpha=[says("B")], beta=beta)
        reply = await agent.ask()
        assert (reply.text, reply.stopped) == (says("B"), "budget")
    with pytest.raises(BudgetExceeded):
        await Agent([spent], alpha=[]).ask()


async def test_a_turn_cut_for_its_length_is_sent_back():
    """Half a query is not asked; half an answer stands, and says that it was cut."""
    cut = Reply(text=use("alpha", "Half a que"), finish="length")
    agent = Agent([cut, use("alpha"), Reply(text=final("C"), finish="length")], alpha=[says("C")])
    reply = await agent.ask()
    assert (reply.text, reply.finish) == (says("C"), "length")
    assert "cut off" in agent.head.requests[1].messages[-1].content


async def test_native_calls_are_answered_one_by_one():
    """Every call has its tool message; the reply is the head's own text, with its Call."""
    ends = Reply(text=says("C"), model="head", call="k1")
    agent = Agent([native(("alpha", "q"), ("delta", "q")), ends], Rules(protocol="native"), alpha=[says("C")])
    reply = await agent.ask()
    assert (reply.text, reply.call, reply.stopped) == (says("C"), "k1", "answered")
    first, last = agent.head.requests
    assert [tool.name for tool in first.tools] == ["alpha"]
    assert first.sampling.stop == ()
    assert [(m.role, m.tool_call_id) for m in last.messages[1:]] == [
        ("assistant", None), ("tool", "id0"), ("tool", "id1"),
    ]  # fmt: skip
    assert last.messages[-1].content.startswith("(there is no such tool")


async def test_native_turns_are_corrected():
    """Arguments that are no JSON, an empty turn and an early answer; what is sent back is well formed."""
    broken = Reply(text="", tool_calls=(ToolCall("id0", "alpha", "nonsense"),), finish="tool_calls")
    agent = Agent([broken, Reply(text=""), Reply(text=says("A")), native(("alpha", "q")), Reply(text=says("C"))],
                  Rules(protocol="native"), alpha=[says("C")])  # fmt: skip
    reply = await agent.ask()
    assert (reply.text, len(agent.notes("corrected"))) == (says("C"), 3)
    said, heard = agent.head.requests[1].messages[1:]
    assert json.loads(said.tool_calls[0].arguments) == {"query": ""}
    assert (heard.role, heard.tool_call_id) == ("tool", "id0")
    assert "does not count" in heard.content


async def test_equal_tools_are_independent_samples():
    """One model twice is two tools with names of their own and sample numbers of their own."""
    model = ScriptedModel([says("A"), says("B")], "gpt 4.1")
    head = ScriptedModel([f"{use('gpt-4-1')}\nAction: gpt-4-1-2\nAction Input: Sub-question?", final("B")])
    react = React([model, model], head)
    request = msgspec.structs.replace(QUESTION, sample=3)
    reply = (await answer(react, request)).reply
    assert [r.sample for r in model.requests] == [6, 7]
    assert [c.text for c in reply.candidates] == [says("A"), says("B")]
    assert React(sample(model, 2), head).toolbox.names == ["gpt-4-1", "gpt-4-1-2"]


async def test_earlier_turns_are_part_of_the_question():
    """The head of a conversation sees all of it, once."""
    request = Request((Message("user", "Hi"), Message("assistant", "Hello"), Message("user", "Which one?")))
    agent = Agent([use("alpha"), final("C")], alpha=[says("C")])
    await agent.ask(request)
    [opening] = agent.head.requests[0].messages
    assert "User: Hi\n\nAssistant: Hello\n\nUser: Which one?" in opening.content


class Priced(ScriptedModel):
    def structure(self) -> Structure:
        return Structure("model", self.name)

    def worst(self, prompt_tokens: int) -> Worst:
        return Worst(1, PRICE * prompt_tokens, 100)


def test_the_worst_case_is_steps_times_tools():
    """The head in every step, every tool in every step but the last, agents within agents multiplied."""
    head, alpha, beta = (Priced([], name) for name in ("head", "alpha", "beta"))
    inner = React([alpha, beta], head, rules=Rules(steps=4))
    outer = React([inner, alpha], head, rules=Rules(steps=3))
    assert inner.worst(1000).calls == 4 + 3 * 2
    assert outer.worst(1000).calls == 3 + 2 * (inner.worst(1000).calls + 1)
    assert inner.worst(1000).usd > 7 * PRICE * 1000
    assert inner.worst(1000).output == 100


def test_the_plan_says_who_heads_it():
    """By role; whatever changes the words changes the fingerprint."""
    head, alpha = Priced([], "head"), Priced([], "alpha")
    structure = React([alpha], head).structure()
    assert [(p.role, p.structure.name, p.times) for p in structure.parts] == [
        ("head", "head", 15),
        ("tool", "alpha", 14),
    ]
    others = [React([ModelTool(alpha, good_at="x")], head), React([alpha], head, rules=Rules(steps=4)), React([alpha])]
    assert len({structure.fingerprint, *(other.structure().fingerprint for other in others)}) == 4


def test_the_head_is_the_first_base_model_unless_said():
    """Through agents and samples; of what is no model by itself nobody can tell."""
    alpha, beta = ScriptedModel([], "alpha"), ScriptedModel([], "beta")
    assert React([alpha, beta]).head is alpha
    assert React([React([beta], alpha), alpha]).head is beta
    assert React(sample(alpha, 2)).head is alpha
    with pytest.raises(ConfigError, match="no model by itself"):
        React([Vote([alpha, beta])])


@pytest.mark.parametrize("rules", [{"steps": 1}, {"steps": 16}, {"corrections": -1}])
def test_rules_are_checked(rules):
    """At most 15 steps, at least a question and an answer."""
    with pytest.raises(ConfigError, match=r"steps|corrections"):
        Rules(**rules)


async def test_an_agent_is_a_model():
    """It keeps the promises of every Model, also when its head never does what it should."""
    for turn in ("?", final("A"), use("alpha"), use("nobody")):
        head = ScriptedModel([turn] * 15, "head")
        await check_model(React([ScriptedModel(["4"] * 15, "alpha")], head))
