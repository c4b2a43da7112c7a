"""Questions of our own for demonstrations without a key: short, made by seed, with right answers that are computed.

They exercise the machinery and measure nothing: real models find them easy.
"""

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

from escalade.core.errors import ConfigError
from escalade.core.messages import Expects
from escalade.simulate.draws import Draws
from escalade.simulate.world import KnownItem

_MOST = 2000
_LETTERS = ("A", "B", "C", "D")
_NUMBER_ENDING = "Think it through, then end with a line of the form: Answer: <number>"
_CHOICE_ENDING = "Think it through, then end with the sentence: The answer is (X). X is the letter of the right option."
_NAMES = ("Ada", "Bruno", "Chandra", "Dmitri", "Esi", "Farid", "Greta", "Hana")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_GOODS = ("pears", "bolts", "tickets", "postcards", "candles", "tiles")
_WORDS = ("harbour", "lantern", "compass", "orchard", "meadow", "bridge", "anchor", "saddle", "copper", "velvet")


class _Drawn(NamedTuple):
    """A question before it has its final form; with `wrong`, it is a choice."""

    text: str
    gold: str
    wrong: tuple[str, ...] = ()


def demo_questions(count: int = 200, seed: int = 0) -> tuple[KnownItem, ...]:
    """`count` different questions, the categories in turn; equal seeds give equal questions.

    Raises ConfigError for more than 2,000.
    """
    if count > _MOST:
        raise ConfigError(f"{count} demo questions were asked for", hint=f"there are at most {_MOST} different ones")
    makers = list(_MAKERS.items())
    items: list[KnownItem] = []
    seen: set[str] = set()
    attempt = 0
    while len(items) < count:
        category, make = makers[len(items) % len(makers)]
        draws = Draws("demo", seed, category, attempt)
        attempt += 1
        drawn = make(draws)
        if drawn.text not in seen:
            seen.add(drawn.text)
            items.append(_finished(f"demo-{len(items) + 1:04}", category, drawn, draws))
    return tuple(items)


def _finished(name: str, category: str, drawn: _Drawn, draws: Draws) -> KnownItem:
    labels = {"category": category}
    if not drawn.wrong:
        text = f"{drawn.text}\n\n{_NUMBER_ENDING}"
        return KnownItem(id=name, text=text, gold=drawn.gold, expects=Expects(form="number"), labels=labels)
    options = draws.shuffled([drawn.gold, *drawn.wrong[: len(_LETTERS) - 1]])
    letters = _LETTERS[: len(options)]
    listed = "\n".join(f"({letter}) {option}" for letter, option in zip(letters, options, strict=True))
    return KnownItem(
        id=name,
        text=f"{drawn.text}\n{listed}\n\n{_CHOICE_ENDING}",
        gold=letters[options.index(drawn.gold)],
        expects=Expects(form="choice", choices=letters),
        labels=labels,
    )


def _shopping(draws: Draws) -> _Drawn:
    name, goods = draws.pick(_NAMES), draws.pick(_GOODS)
    boxes, each, given = 3 + draws.below(17), 4 + draws.below(21), 2 + draws.below(10)
    text = f"{name} buys {boxes} boxes with {each} {goods} in each and gives {given} {goods} away. How many are left?"
    return _Drawn(text, str(boxes * each - given))


def _discount(draws: Draws) -> _Drawn:
    price, share = 20 * (2 + draws.below(40)), 5 * (1 + draws.below(12))
    text = f"A coat costs {price} crowns. Its price is lowered by {share} per cent. How many crowns does it cost now?"
    return _Drawn(text, str(price * (100 - share) // 100))


def _sequence(draws: Draws) -> _Drawn:
    first, step, growth = 1 + draws.below(20), 2 + draws.below(9), draws.below(4)
    terms = [first]
    for place in range(6):
        terms.append(terms[-1] + step + place * growth)
    shown = ", ".join(map(str, terms[:-1]))
    last = terms[-1]
    wrong = (str(last + 1), str(last - step), str(last + growth + 2))
    return _Drawn(f"Which number continues the sequence {shown}?", str(last), wrong)


def _ordering(draws: Draws) -> _Drawn:
    line = draws.shuffled(_NAMES)[:4]
    hints = [f"{front} stands directly in front of {back}." for front, back in pairwise(line)]
    place = draws.below(4)
    which = ("first", "second", "third", "last")[place]
    wrong = tuple(name for name in line if name != line[place])
    return _Drawn(
        f"Four people queue. {' '.join(draws.shuffled(hints))} Who is {which} in the queue?", line[place], wrong
    )


def _calendar(draws: Draws) -> _Drawn:
    today, later = draws.below(7), 8 + draws.below(90)
    days = [_DAYS[(today + later + shift) % 7] for shift in (0, 1, 3, 5)]
    return _Drawn(f"Today is {_DAYS[today]}. Which day is it in {later} days?", days[0], tuple(days[1:]))


def _rectangle(draws: Draws) -> _Drawn:
    width, length, path = 3 + draws.below(20), 24 + draws.below(20), 1 + draws.below(3)
    area = (width + 2 * path) * (length + 2 * path) - width * length
    text = (
        f"A garden is {width} m wide and {length} m long. A path {path} m wide runs all around it, outside. "
        "How many square metres does the path cover?"
    )
    return _Drawn(text, str(area))


def _letters(draws: Draws) -> _Drawn:
    first, second = draws.shuffled(_WORDS)[:2]
    letter = draws.pick(first)
    text = f"How often does the letter '{letter}' occur in '{first} {second} {first}'?"
    return _Drawn(text, str(2 * first.count(letter) + second.count(letter)))


def _deduction(draws: Draws) -> _Drawn:
    first, second, third = draws.shuffled(("gliders", "florins", "trundles", "mockets", "sablings", "quills"))[:3]
    options = {
        f"Every one of the {first} is among the {third}.": f"All {first} are {second}. All {second} are {third}.",
        f"None of the {first} is among the {third}.": f"All {first} are {second}. No {second} are {third}.",
        f"Some of the {first} are among the {third}.": f"Some {first} are {second}. All {second} are {third}.",
    }
    gold = draws.pick(list(options))
    unrelated = f"Every one of the {third} is among the {first}."
    wrong = (*(option for option in options if option != gold), unrelated)
    return _Drawn(f"{options[gold]} Which of these follows, and says the most?", gold, wrong)


_MAKERS: dict[str, Callable[[Draws], _Drawn]] = {
    "arithmetic": _shopping,
    "percentages": _discount,
    "sequences": _sequence,
    "ordering": _ordering,
    "calendar": _calendar,
    "geometry": _rectangle,
    "letters": _letters,
    "deduction": _deduction,
}
