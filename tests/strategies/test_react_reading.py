from hypothesis import given
from hypothesis import strategies as st

from escalade.core.messages import ToolCall
from escalade.core.reply import Reply
from escalade.strategies.react.native import NO_QUERY, NOTHING, NativeProtocol
from escalade.strategies.react.reading import NO_ACTION, NO_ANSWER, NO_FORM, NO_INPUT, read_query, read_turn
from escalade.strategies.react.step import Use

ASK = "Thought: hm\nAction: alpha\nAction Input: What is 2 + 2?"


def test_an_action_and_its_input_are_a_use():
    """The plain form."""
    step = read_turn(ASK)
    assert step.uses == (Use("alpha", "What is 2 + 2?"),)
    assert (step.final, step.trouble, step.said.content) == ("", "", ASK)


def test_several_actions_are_several_uses():
    """Each input belongs to the action before it."""
    step = read_turn(f"{ASK}\nAction: beta\nAction Input: And 3 + 3?\nThought: I wait.")
    assert step.uses == (Use("alpha", "What is 2 + 2?"), Use("beta", "And 3 + 3?"))


def test_an_input_may_have_many_lines():
    """Code blocks and blank lines in it stay as they are."""
    query = "Run this:\n\n```python\nif x:\n    y = 1\n```"
    assert read_turn(f"Action: alpha\nAction Input: {query}").uses == (Use("alpha", query),)


def test_labels_are_read_however_they_are_dressed():
    """Case, numbers, emphasis, headings and quotes around names."""
    for text in (
        "**Action:** alpha\n**Action Input:** q",
        "**Action**: `alpha`\n**Action Input**: q",
        "### Action 1: [alpha]\n### Action Input 1: q",
        "ACTION: 'alpha'\naction input: q",
        "  Action:   alpha(…)\n  Action Input: q",
    ):
        assert read_turn(text).uses == (Use("alpha", "q"),), text


def test_what_the_head_invented_is_cut():
    """An observation of its own, and all after it, is neither followed nor remembered."""
    step = read_turn(f"{ASK}\nObservation: 5\nThought: fine\nFinal Answer: 5")
    assert step.uses == (Use("alpha", "What is 2 + 2?"),)
    assert step.final == ""
    assert step.said.content == ASK


def test_a_final_answer_before_the_results_does_not_count():
    """Actions come first; the answer that does not wait for them is dropped."""
    step = read_turn(f"{ASK}\nFinal Answer: 4")
    assert (step.final, step.said.content) == ("", ASK)
    assert [use.tool for use in step.uses] == ["alpha"]


def test_a_final_answer_is_all_that_follows():
    """Lines that look like labels belong to it, emphasis around it does not."""
    assert read_turn("Thought: done\nFinal Answer: Two parts.\nAction: none is needed.").final == (
        "Two parts.\nAction: none is needed."
    )
    assert read_turn("**Final Answer: The answer is (C).**").final == "The answer is (C)."
    assert read_turn("Action: none\nFinal Answer: 4").final == "4"


def test_reasoning_is_not_a_step():
    """What is thought aloud is not done, and not sent back."""
    step = read_turn(f"<think>Action: beta\nAction Input: no\nFinal Answer: 3</think>\n{ASK}")
    assert [use.tool for use in step.uses] == ["alpha"]
    assert "beta" not in step.said.content


def test_a_turn_that_cannot_be_followed_says_why():
    """Four ways to be malformed."""
    for text, trouble in (
        ("", NO_FORM),
        ("The answer is (C).", NO_FORM),
        ("Thought: hm", NO_FORM),
        ("Action: alpha", NO_INPUT),
        ("Action: alpha\nAction Input:", NO_INPUT),
        ("Action Input: What?", NO_ACTION),
        ("Final Answer:  ", NO_ANSWER),
    ):
        step = read_turn(text)
        assert (step.trouble, step.final) == (trouble, ""), text
        assert step.said.content


def test_a_query_is_text_or_the_text_in_an_object():
    """JSON is unwrapped, sets in braces and quotes within are left alone."""
    assert read_query('{"query": "What?"}') == "What?"
    assert read_query('{"question": "What?", "language": "en"}') == "What?"
    assert read_query('{"query": "What?"') == "What?"
    assert read_query('```json\n{"anything": "What?"}\n```') == "What?"
    assert read_query('"What?"') == "What?"
    assert read_query('"a" or "b"') == '"a" or "b"'
    assert read_query("{1, 2} has how many subsets?") == "{1, 2} has how many subsets?"
    assert read_query("{x: x > 0}") == "{x: x > 0}"


@given(st.text(alphabet=st.sampled_from("Action Input:\n*#{}\"'alphFnswerThoughtObvi0<>/k"), max_size=300))
def test_any_turn_is_read_as_one_thing(text):
    """A use, a final answer or trouble: exactly one, whatever is written."""
    step = read_turn(text)
    assert bool(step.trouble) + bool(step.final) + any(use.query for use in step.uses) == 1
    assert step.said.content.strip()


@given(st.text(max_size=200))
def test_any_arguments_are_read_as_one_thing(text):
    """Native calls likewise, with ids that tell them apart and arguments that are JSON."""
    calls = (ToolCall("x", "alpha", text), ToolCall("x", "beta", text))
    step = NativeProtocol(()).read(Reply(text="", tool_calls=calls), 1)
    assert bool(step.trouble) != any(use.query for use in step.uses)
    assert len({call.id for call in step.said.tool_calls}) == 2
    assert all(read_query(call.arguments) == use.query or not use.query
               for call, use in zip(step.said.tool_calls, step.uses, strict=True))  # fmt: skip


def test_native_turns():
    """Calls, an answer, neither, and arguments that hold nothing."""
    read = NativeProtocol(()).read
    call = ToolCall("id1", "alpha", '{"query": "What?"}')
    assert read(Reply(text="", tool_calls=(call,)), 1).uses == (Use("alpha", "What?", "id1"),)
    assert read(Reply(text="<think>hm</think>It is 4."), 1).final == "It is 4."
    assert read(Reply(text=" "), 1).trouble == NOTHING
    assert read(Reply(text="", tool_calls=(ToolCall("id1", "alpha", "no"),)), 1).trouble == NO_QUERY


def test_native_ids_are_made_where_they_tell_nothing():
    """Nine letters and digits, which the strictest server takes."""
    calls = tuple(ToolCall("", name, '{"query": "q"}') for name in ("alpha", "beta"))
    step = NativeProtocol(()).read(Reply(text="", tool_calls=calls), 2)
    assert [use.id for use in step.uses] == ["call02001", "call02002"]
