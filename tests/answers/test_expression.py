"""Reading and comparing mathematical expressions by their spelling."""

import pytest

from escalade.answers import canonical, read, same
from escalade.core.messages import Expects

MATHS = Expects("expression")


@pytest.mark.parametrize(
    ("text", "said", "method"),
    [
        ("so \\boxed{x^{2}+\\frac12}.", "x^{2}+\\frac12", "boxed"),
        ("\\boxed{1} then \\boxed{\\frac{a}{b}}", "\\frac{a}{b}", "boxed"),
        ("\\boxed 5", "5", "boxed"),
        ("\\boxed{\\{1,2\\}}", "\\{1,2\\}", "boxed"),
        ("The answer is $\\frac{1}{2}$.", "\\frac{1}{2}", "last declaration"),
        ("The answer is $x=5$, since $y>0$.", "x=5", "last declaration"),
        ("Final answer: 2\\sqrt3.", "2\\sqrt3", "last declaration"),
        ("Answer: (3, \\pi/2)", "(3, \\pi/2)", "last declaration"),
        ("The final answer is:\n\\[ \\dfrac{3}{4} \\]", "\\dfrac{3}{4}", "last declaration"),
        ("First $a$, hence $b+1$", "b+1", "last formula"),
        ("which makes 12 in all", "12", "statement"),
    ],
)
def test_expression_is_read(text: str, said: str, method: str) -> None:
    """The expression as the model spelt it, and how it was found."""
    answer = read(text, MATHS)
    assert answer is not None
    assert (answer.said, answer.method) == (said, method)


@pytest.mark.parametrize("text", ["", "nothing here", "\\boxed{", "\\boxed{}"])
def test_no_expression(text: str) -> None:
    """A text with neither box, declaration, formula nor number has no answer."""
    assert read(text, MATHS) is None


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("\\frac{1}{2}", "0.5"),
        ("\\dfrac{3}{4}", "\\frac34"),
        ("\\left( 3, \\frac{\\pi}{2} \\right)", "(3,\\frac{\\pi}{2})"),
        ("x = 5", "5"),
        ("x \\in [-2,7]", "[-2,7]"),
        ("2\\sqrt3", "2\\sqrt{3}"),
        ("\\$32,348", "32348"),
        ("90^\\circ", "90"),
        ("\\text{Evelyn}", "evelyn"),
        ("10\\text{ inches}", "10"),
        ("x \\le 3", "x\\leq 3"),
        ("$\\pi r^2$", "\\pi r^{2}".replace("{2}", "2")),
        ("3.0", "3"),
        ("a/b", "a / b"),
        ("3/5x", "3/5 x"),
    ],
)
def test_same_expression(a: str, b: str) -> None:
    """Spellings of one expression are the same."""
    assert same(a, b, MATHS)


@pytest.mark.parametrize(
    ("a", "b"),
    [("x+1", "x-1"), ("(1,2)", "(2,1)"), ("\\pi r", "\\pi"), ("n", "N"), ("(1,000)", "(1000)"), ("[1,2]", "(1,2)")],
)
def test_different_expressions(a: str, b: str) -> None:
    """Different formulas keep different spellings."""
    assert not same(a, b, MATHS)


def test_canonical_spelling_remains_latex() -> None:
    """A command keeps its distance from the letter after it."""
    assert canonical("2 \\pi r + 1", MATHS) == "2\\pi r+1"
