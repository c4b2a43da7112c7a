"""Games: a judge compares two answers to one question, once in either order, and says each time which is better.

Nobody is named to the judge. A label that cannot be read is asked for once more; then, and where the judge fails, the
game is unjudged: never a tie, never a loss. All calls are made through the span that is given, which says whose
account they are on; with a journal, games that were played before are played again for nothing.
"""

from collections.abc import Sequence

from msgspec import Struct

from escalade.answers import without_reasoning
from escalade.core.battle import Battle, Game, Label, Ruling, Side
from escalade.core.errors import ConfigError, Failure
from escalade.core.ids import fingerprint
from escalade.core.messages import Message, Request
from escalade.core.reply import Reply
from escalade.gates.asked_twice import Heard, asked_twice, worst_of_two
from escalade.ledger.span import Span
from escalade.models.given import all_checked
from escalade.models.protocol import Model
from escalade.models.structure import Worst, is_simulated, structure_of, worst_sum
from escalade.models.together import together
from escalade.prompts import Template, template
from escalade.tasks.arena_hard.answers import Answer
from escalade.tasks.arena_hard.labels import read_label
from escalade.tasks.arena_hard.style import style_of
from escalade.tasks.protocol import Item

_FIRST: tuple[Side, Side] = ("baseline", "contestant")
"""Whose answer is shown first in the first game and in the second, as in the official files."""
_CUT = "it was cut off at its token limit"
_NO_LABEL = "it held no label"


class GamePrompts(Struct, frozen=True):
    """What judges are told."""

    own_answer: Template
    """For questions to which the judge writes an answer of its own first."""
    read: Template
    """For questions without one right answer: the judge only reads."""
    again: Template
    """After a reply without a label."""

    @classmethod
    def bundled(cls) -> "GamePrompts":
        return cls(template("arena_own_answer"), template("arena_read"), template("arena_again"))

    @property
    def fingerprint(self) -> str:
        return fingerprint([self.own_answer.text, self.read.text, self.again.text])


class Pair(Struct, frozen=True):
    """Two answers to one item."""

    item: Item
    contestant: str
    """The text of the answer that is measured."""
    baseline: Answer

    def text(self, side: Side) -> str:
        return self.contestant if side == "contestant" else self.baseline.text


class Games:
    """`judges` compare answers, each for itself."""

    def __init__(self, judges: Sequence[Model], prompts: GamePrompts | None = None) -> None:
        if not judges:
            raise ConfigError("nobody is there to judge")
        self.judges = tuple(all_checked(judges, "a judge"))
        self.prompts = prompts or GamePrompts.bundled()

    @property
    def fingerprint(self) -> str:
        """Names the judges with all their settings, and the prompts."""
        return fingerprint([self.prompts.fingerprint, *(structure_of(judge).fingerprint for judge in self.judges)])

    @property
    def simulated(self) -> bool:
        """Whether any judge is."""
        return any(is_simulated(structure_of(judge)) for judge in self.judges)

    async def play(self, pair: Pair, span: Span, *, own_answer: bool = True) -> Battle:
        """Every judge's two games, all at once, in the order of the judges. The baseline is shown first in the first.

        Never raises for a judge that fails: its games are unjudged.
        """
        prompt = self.prompts.own_answer if own_answer else self.prompts.read
        places = [(judge, turn) for judge in range(len(self.judges)) for turn in range(len(_FIRST))]
        games = await together([self._game(prompt, pair, place, span) for place in places])
        rulings = tuple(
            Ruling(judge=judge.name, conditions=self._conditions(judge, prompt), games=tuple(games[at : at + 2]))
            for judge, at in zip(self.judges, range(0, len(games), 2), strict=True)
        )
        ours, theirs = style_of(pair.contestant), style_of(pair.baseline.text)
        return Battle(baseline=pair.baseline.model, rulings=rulings, style=ours, baseline_style=theirs)

    def worst(self, item: Item, answer_tokens: int, *, own_answer: bool = True) -> Worst:
        """The worst case of one pair whose answers have `answer_tokens` together: each game asked for once more."""
        prompt = self.prompts.own_answer if own_answer else self.prompts.read
        told = sum(len(text.encode()) for text in (prompt.text, *item.turns)) + answer_tokens
        games = [worst_of_two(judge, told, self.prompts.again, len(_CUT)) for judge in self.judges]
        return worst_sum(games).times(len(_FIRST))

    async def _game(self, prompt: Template, pair: Pair, place: tuple[int, int], span: Span) -> Game:
        """The game at (judge, turn)."""
        judge, first = self.judges[place[0]], _FIRST[place[1]]
        where = f"{place[0] + 1}.{place[1] + 1}"
        request = _request(prompt, pair, first)
        heard: Heard[Label] = await asked_twice(
            judge, request, span, "grader", read=_labelled, again=self.prompts.again, place=where
        )
        if isinstance(heard.last, Failure):
            return Game(first=first, trouble=f"{heard.last.error.code}: {heard.last.error}")
        trouble = "" if heard.said else "no label could be read in two replies of the judge"
        return Game(first=first, label=heard.said, call=heard.last.call, trouble=trouble)

    def _conditions(self, judge: Model, prompt: Template) -> str:
        return fingerprint([structure_of(judge).fingerprint, prompt.fingerprint, self.prompts.again.fingerprint])


def _labelled(reply: Reply) -> tuple[Label | None, str]:
    """The label in a judge's reply, or None and why there is none."""
    label = read_label(reply.text)
    if label is not None:
        return label, ""
    return None, _CUT if reply.finish == "length" else _NO_LABEL


def _request(prompt: Template, pair: Pair, first: Side) -> Request:
    shown = _FIRST if first == _FIRST[0] else _FIRST[::-1]
    a, b = (without_reasoning(pair.text(side)).strip() for side in shown)
    text = prompt.fill(question="\n\n".join(pair.item.turns), first=a, second=b)
    return Request((Message("user", text),), item=pair.item.id, labels=pair.item.labels)
