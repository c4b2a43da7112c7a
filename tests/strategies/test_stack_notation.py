import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalade.core.errors import ConfigError
from escalade.strategies.stack import Agent, Layer, depth, names_in, parse, tools_of

NAMES = st.text(min_size=1, max_size=12) | st.sampled_from(
    [
        "A",
        "Llama33_70B",
        "gpt_4",
        "x_",
        "_",
        "a b",
        " ",
        "['A",
        "it's",
        'say "no"',
        "\\",
        "\n",
        "qwen/qwen3-32b:free",
        "é",
    ]
)
LAYERS = st.builds(Layer, NAMES, st.integers(0, 4))
TREES = st.recursive(
    LAYERS, lambda inner: st.builds(lambda tools: Agent(tuple(tools)), st.lists(inner, min_size=1, max_size=3)),
    max_leaves=8,
).filter(lambda tree: depth(tree) <= 16)  # fmt: skip


@given(TREES)
def test_every_tree_is_read_back_from_its_print(tree):
    """Names with underscores, digits, quotes, brackets and line breaks included."""
    assert parse(str(tree)) == tree
    assert str(parse(str(tree))) == str(tree)


@pytest.mark.parametrize(
    "written", ["A_0", "A_2", "Llama33_70B_1", "gpt_4_0", "['A_2', 'B_1']", "[['A_1', 'B_0'], ['A_1', 'B_1']]"]
)
def test_the_usual_notation_is_printed_back_identically(written):
    """As it stands in papers, results and file names."""
    assert str(parse(written)) == written


def test_spacing_and_quotes_are_free():
    """Lists may be written as YAML writes them, or be lists already."""
    wanted = Agent((Layer("A", 2), Agent((Layer("Llama33_70B", 1), Layer("B", 0)))))
    for written in (
        "['A_2',['Llama33_70B_1','B_0']]",
        '["A_2", ["Llama33_70B_1", "B_0"]]',
        " [ A_2 , [Llama33_70B_1,B_0] ] ",
        ["A_2", ["Llama33_70B_1", "B_0"]],
    ):
        assert parse(written) == wanted


def test_the_last_digits_are_the_layer():
    """However many underscores stand before them."""
    assert parse("Llama33_70B_12") == Layer("Llama33_70B", 12)
    assert parse("gpt_4_0") == Layer("gpt_4", 0)


def test_what_a_notation_means():
    """Name_1 is an agent with the model twice; Name_k has the layer below and the model."""
    assert tools_of(parse("A_0")) == ()
    assert tools_of(parse("A_1")) == (Layer("A", 0), Layer("A", 0))
    assert tools_of(parse("A_3")) == (Layer("A", 2), Layer("A", 0))
    assert tools_of(parse("['A_2', 'B_1']")) == (Layer("A", 2), Layer("B", 1))
    assert depth(parse("[['A_2', 'B_0'], 'C_1']")) == 4
    assert names_in(parse("['B_1', ['A_0', 'B_0']]")) == ["B", "A"]


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("", "a name or a list"),
        ("A", "has no layer"),
        ("A_", "has no layer"),
        ("_1", "has no layer"),
        ("A_01", "has no layer"),
        ("A_-1", "has no layer"),
        ("A_²", "has no layer"),
        ("A_1000", "has no layer"),
        ("A_17", "at most 16"),
        ("[]", "a name or a list"),
        ("['A_1'", r"a comma or \]"),
        ("['A_1' 'B_1']", r"a comma or \]"),
        ("['A_1',]", "a name or a list"),
        ("['A_1']]", "the end"),
        ("'A_1", "not closed"),
        ("'A\\n_1'", "backslash"),
        ("[" * 5000, "more than 16 layers"),
        ("A" * 20_000, "at most 10,000"),
        ("__import__('os').system('true')_1", "has no layer"),
        ([], "cannot stand"),
        (["A_1", 3], "cannot stand"),
        ({"A_1": 1}, "cannot stand"),
    ],
)
def test_what_is_no_notation_is_refused(written, problem):
    """In words, with what can be written; nothing is evaluated."""
    with pytest.raises(ConfigError, match=problem):
        parse(written)


@given(st.text(alphabet="AB_012[]',\"\\ ", max_size=30))
def test_any_text_is_a_tree_or_an_error(text):
    """And what is a tree is printed back to itself."""
    try:
        tree = parse(text)
    except ConfigError:
        return
    assert parse(str(tree)) == tree
