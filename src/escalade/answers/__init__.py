"""Reading the final answer out of a reply, and telling whether two answers are the same.

`read` never guesses a letter from prose, never evaluates what a model wrote and never raises for a text, however
hostile: it takes linear time and returns None where no answer is declared. Proving that two different formulas are
equal is a grader's work (`escalade.tasks`), not done here.
"""

from escalade.answers.answer import Answer
from escalade.answers.json_answer import last_json
from escalade.answers.modal import modal
from escalade.answers.reading import read
from escalade.answers.reasoning import without_reasoning
from escalade.answers.same import canonical, same

__all__ = ["Answer", "canonical", "last_json", "modal", "read", "same", "without_reasoning"]
