"""With native tool calls, a call that the head only writes down is sent back: it is neither asked nor an answer."""

import pytest

from escalade.core.messages import Request, Tool
from escalade.core.reply import Reply
from escalade.models.answer import answer
from escalade.strategies.react import React, Rules
from escalade.strategies.react.native import WRITTEN, NativeProtocol
from escalade.testing import ScriptedModel

TOOLS = (Tool("t0", "answers", {"type": "object"}),)
CALLS = (
    'Thought: hm\nAction: t0\nAction Input: {"query": "What is it?"}',
    "Thought: hm\nAction: other\nAction Input: What is it?\nObservation: 42\nFinal Answer: 42",
    "**Action:** T0",
    '<tool_call>\n{"name": "t0", "arguments": {"query": "?"}}\n</tool_call>',
    "<function=t0>{}</function>",
    '[TOOL_CALLS][{"name": "t0"}]',
    "<\uff5ctool\u2581calls\u2581begin\uff5c>t0",
)
ANSWERS = (
    "42",
    "Thought: hm\nFinal Answer: 42",
    "Action: contract the muscle.\nThe answer is (A).",
    "A tool calls for care; the function call is f(x).",
    "<think>Action: t0\nAction Input: no</think>The answer is (A).",
)


@pytest.mark.parametrize("text", CALLS, ids=range(len(CALLS)))
def test_a_call_in_words_is_a_problem(text):
    """By the labels of the text protocol, or by the tags of a model's template; what it invented is not repeated."""
    step = NativeProtocol(TOOLS).read(Reply(text=text), 1)
    assert (step.trouble, step.final, step.uses) == (WRITTEN, "", ())
    assert "Observation" not in step.said.content


@pytest.mark.parametrize("text", ANSWERS, ids=range(len(ANSWERS)))
def test_an_answer_that_only_sounds_like_one_is_an_answer(text):
    """A line that names no tool and holds no query, the words themselves, and what was only thought."""
    step = NativeProtocol(TOOLS).read(Reply(text=text), 1)
    assert (step.trouble, step.final) == ("", text.rpartition("</think>")[2])


async def test_a_head_that_writes_calls_down_is_corrected_and_never_quoted():
    """It is told why; where it goes on so, the agent ends for its corrections, without that text."""
    head = ScriptedModel([CALLS[0], "It is 7."], "head")
    rules = Rules(protocol="native", use_all=False, corrections=1)
    assert (await answer(React([ScriptedModel([], "t0")], head, rules=rules), Request.of("What?"))).text == "It is 7."
    assert WRITTEN in head.requests[1].messages[-1].content
    stubborn = React([ScriptedModel([], "t0")], ScriptedModel([CALLS[0]] * 2, "head"), rules=rules)
    with pytest.raises(Exception, match="without any answer: corrections"):
        await answer(stubborn, Request.of("What?"))
