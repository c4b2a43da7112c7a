"""`read`: the one door to the readers of all forms.

Typographic quotes, dashes and spaces are read as their ASCII counterparts everywhere but in JSON and free text.
"""

from escalade.answers.answer import Answer
from escalade.answers.choice import read_choice
from escalade.answers.expression import read_expression
from escalade.answers.final_number import read_number
from escalade.answers.json_answer import read_json
from escalade.answers.phrase import read_phrase
from escalade.answers.reasoning import own_part, without_reasoning
from escalade.answers.same import canonical_text
from escalade.answers.typography import plain
from escalade.core.messages import Expects


def read(text: str, expects: Expects) -> Answer | None:
    """The final answer of a reply in the form that was expected; None where none can be read. Never raises."""
    text = without_reasoning(text)
    match expects.form:
        case "choice":
            return read_choice(own_part(plain(text)), expects.choices)
        case "number":
            return read_number(own_part(plain(text)))
        case "expression":
            return read_expression(own_part(plain(text)))
        case "json":
            return read_json(text, expects.json_schema)
        case "phrase":
            return read_phrase(own_part(plain(text)))
        case "text":
            said = text.strip()
            return Answer(canonical_text(said), "text", said) if said else None
