"""How a question is put so that its final answer can be read: in our own words, shared by all tasks."""

from collections.abc import Sequence
from string import ascii_uppercase

import msgspec

from escalade.core.messages import Expects
from escalade.tasks.protocol import Item

MOST_OPTIONS = len(ascii_uppercase)
_CHOICE = 'Think it through, then end with the one line "The answer is (X).", where X is the letter of your choice.'
_EXPRESSION = "Think it through, then end with the final answer alone inside \\boxed{}, in its simplest form."
_NUMBER = 'Think it through, then end with the one line "Answer: N", where N is the number alone.'
_PHRASE = 'Think it through, then end with the one line "Answer: X", where X is nothing but the answer, in few words.'
_SENTENCES = {"choice": _CHOICE, "expression": _EXPRESSION, "number": _NUMBER, "phrase": _PHRASE}


def letters(count: int) -> tuple[str, ...]:
    """The first `count` letters, which name the options."""
    return tuple(ascii_uppercase[:count])


def with_options(question: str, options: Sequence[str]) -> str:
    """The question with its lettered options, one a line."""
    listed = "\n".join(f"({letter}) {option}" for letter, option in zip(ascii_uppercase, options, strict=False))
    return f"{question.strip()}\n\n{listed}"


def instructed(question: str, expects: Expects) -> str:
    """The question and a sentence that says how to mark the final answer; free text and JSON need none."""
    sentence = _SENTENCES.get(expects.form)
    return f"{question.strip()}\n\n{sentence}" if sentence else question


def differs_in_marking(wording: str, item: Item) -> bool:
    """Whether `wording` is of the item's words with another sentence on how to mark the final answer, or with none."""
    *earlier, last = item.turns
    ends = [f"\n\n{sentence}" for sentence in _SENTENCES.values()]
    bare = next((last.removesuffix(end) for end in ends if last.endswith(end)), last)
    puts = [bare, *(f"{bare.strip()}{end}" for end in ends)]
    return wording in [msgspec.structs.replace(item, turns=(*earlier, put)).wording for put in puts]
