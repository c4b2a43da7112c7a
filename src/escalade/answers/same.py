"""Telling whether two final answers are equal but for their spelling. Cheap and safe; proves no mathematics."""

from escalade.answers.choice import canonical_choice
from escalade.answers.json_answer import canonical_json
from escalade.answers.latex import canonical_latex
from escalade.answers.number import canonical_number
from escalade.answers.phrase import canonical_phrase
from escalade.answers.typography import plain
from escalade.core.messages import Expects


def same(a: str, b: str, expects: Expects) -> bool:
    """Whether two answers, free of prose, have one canonical spelling."""
    return a == b or canonical(a, expects) == canonical(b, expects)


def canonical(value: str, expects: Expects) -> str:
    """The one spelling of an answer that is free of prose, such as a gold answer or `Answer.value`."""
    match expects.form:
        case "choice":
            return canonical_choice(value)
        case "number":
            return canonical_number(plain(value))
        case "expression":
            return canonical_latex(plain(value))
        case "json":
            return canonical_json(value)
        case "phrase":
            return canonical_phrase(plain(value))
        case "text":
            return canonical_text(value)


def canonical_text(text: str) -> str:
    """Case, spacing and a full stop at the end do not count."""
    return " ".join(text.split()).casefold().removesuffix(".").rstrip()
