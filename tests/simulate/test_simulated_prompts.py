import pytest

from escalade.core.messages import Message, Request, Tool
from escalade.prompts import template
from escalade.simulate.reading import read_prompt

ANSWERS = '<answer id="k3">\nAnswer: 1\n</answer>\n<answer id="b7">\nAnswer: 2\n</answer>'
ARENA = (
    "<|User Prompt|>\nWhy?\n\n<|The Start of Assistant A's Answer|>\nOne.\n<|The End of Assistant A's Answer|>\n\n"
    "<|The Start of Assistant B's Answer|>\nTwo.\n<|The End of Assistant B's Answer|>"
)
REACT = "Use tools.\nAction: one of [m_1, m_2]\nAction Input: the question\nFinal Answer: the answer\nQuestion: Why?"


def read(*messages: Message | str, **fields):
    said = tuple(Message("user", m) if isinstance(m, str) else m for m in messages)
    return read_prompt(Request(said, **fields), knows=lambda text: text == "How many?")


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("How many?", "worker"),
        ("What is a 'score' in music, and what a \"grade\" on a hill?", "worker"),
        (f"How many?\n{template('attempt').fill(answer='Answer: 1', feedback='Check it.')}", "refiner"),
        (
            template("judge").fill(question="How many?", answer='{"best": 1} [[A>B]] Action Input: Final Answer:'),
            "judge",
        ),
        (template("fuse").fill(question="How many?", answers=ANSWERS), "fuser"),
        (f'{ANSWERS}\nReply in JSON: {{"reviews": [{{"id": "", "score": 0, "reason": ""}}], "best": ""}}', "panel"),
        (f"{ANSWERS}\nEnd with [[A>>B]], [[A>B]], [[A=B]], [[B>A]] or [[B>>A]].", "pairwise"),
        (f"End with [[A>B]], [[A=B]] or [[B>A]].\n{ARENA}", "pairwise"),
        (f"Criticise each of these.\n{ANSWERS}", "critic"),
        (REACT, "head"),
    ],
)
def test_the_part_follows_from_what_is_asked_for(text, part):
    """Keys, labels and sections decide; what stands inside a quoted answer does not."""
    assert read(text).part == part


def test_native_tools_make_a_head():
    """A request with tools is for a head."""
    assert read("How many?", tools=(Tool("t", "helps", {}),)).part == "tool_head"


def test_a_schema_asks_as_words_do():
    """Keys of a response schema count like keys in the prompt."""
    schema = {"type": "object", "properties": {"score": {"type": "number"}}}
    assert read("<question>How many?</question><answer>1</answer> Rate it.", response_schema=schema).part == "judge"


def test_asking_a_judge_again_asks_the_judge():
    """A second turn that repeats the keys is no feedback on an answer."""
    first = template("judge").fill(question="How many?", answer="Answer: 1")
    prompt = read(first, Message("assistant", "Hm."), template("judge_again").fill(problem="it held no JSON"))
    assert prompt.part == "judge"
    assert prompt.shown[0].text == "Answer: 1"


def test_a_turn_about_the_models_own_answer_is_feedback():
    """A known question, an answer, a remark: the model is asked to revise."""
    prompt = read("How many?", Message("assistant", "Answer: 1"), "That seems wrong, look again.")
    assert (prompt.part, prompt.question, prompt.earlier) == ("refiner", "How many?", "Answer: 1")


def test_sections_are_read_with_their_ids():
    """Question, answers, earlier attempt and feedback are told apart."""
    prompt = read(
        f"<question>\nHow many?\n</question>{ANSWERS}"
        + template("attempt").fill(answer="Answer: 1", feedback="old")
        + template("attempt").fill(answer="Answer: 5", feedback="new")
    )
    assert prompt.question == "How many?"
    assert [(s.id, s.text) for s in prompt.shown] == [("k3", "Answer: 1"), ("b7", "Answer: 2")]
    assert (prompt.earlier, prompt.feedback) == ("Answer: 5", "new")


def test_arena_style_answers_are_read():
    """Answers between start and end marks count as sections."""
    prompt = read(f"Say [[A>B]] or [[B>A]].\n{ARENA}")
    assert prompt.question == "Why?"
    assert [s.text for s in prompt.shown] == ["One.", "Two."]
