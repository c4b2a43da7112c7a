"""Reading the final answer out of a reply, and telling whether two answers are the same.

`read` guesses neither letter nor number from prose, evaluates nothing a model wrote and raises for no text, however
hostile: it takes linear time and returns None where no answer is declared. Proving that two different formulas are
equal is a grader's work (`escalade.tasks`), not done here. A user's pattern, which may take for ever, is searched in a
process that can be ended.
"""

from escalade.answers.answer import Answer
from escalade.answers.json_answer import check_schema, last_json
from escalade.answers.modal import modal
from escalade.answers.pattern import search, trouble_with
from escalade.answers.reading import read
from escalade.answers.reasoning import without_reasoning
from escalade.answers.same import canonical, same

__all__ = [
    "Answer",
    "canonical",
    "check_schema",
    "last_json",
    "modal",
    "read",
    "same",
    "search",
    "trouble_with",
    "without_reasoning",
]
