"""Arena-Hard-Auto: open-ended questions, answered and then set against a baseline's answers by judges.

Its grade is the share that the answer wins of its games, with the judges' labels beside it, so that every other way of
scoring can be worked out later from what is stored. Grading costs money, on an account of its own. An answer that
cannot be judged is ungraded and counted as such; a system that gives no answer loses.

Judges, prompts, baseline and scheme are part of the fingerprint: runs that differ in one of them are not comparable.
"""

from collections.abc import Sequence
from pathlib import Path

from escalade.answers import without_reasoning
from escalade.core.battle import Battle, Ruling
from escalade.core.errors import Failure
from escalade.core.grade import Grade, Outcome
from escalade.core.ids import fingerprint
from escalade.core.reply import Reply
from escalade.core.scheme import OFFICIAL, Scheme
from escalade.ledger.span import Span
from escalade.models.structure import Worst
from escalade.tasks.arena_hard.baseline import Baselines
from escalade.tasks.arena_hard.games import Games, Pair
from escalade.tasks.arena_hard.questions import QUESTIONS, Version, category_of, kind_of, read_questions
from escalade.tasks.fetch import USUAL, DataFiles, sha256_of
from escalade.tasks.grader import unread
from escalade.tasks.protocol import Item

_CATEGORIES: dict[Version, list[str]] = {"v2.0": ["hard_prompt", "creative_writing"], "v0.1": ["arena-hard-v0.1"]}


class ArenaHard:
    """`path` names a local copy of the questions; `verify=False` accepts a changed one, or questions of your own."""

    metric = "win share"
    grades_steps = False
    redacted = False

    def __init__(
        self,
        games: Games,
        version: Version = "v2.0",
        *,
        baselines: Baselines | None = None,
        scheme: Scheme = OFFICIAL,
        categories: Sequence[str] = (),
        path: Path | None = None,
        verify: bool = True,
        files: DataFiles = USUAL,
    ) -> None:
        self._games = games
        self._version = version
        self._baselines = baselines or Baselines(files=files)
        self._scheme = scheme
        self._categories = tuple(categories)
        self._path = path
        self._verify = verify
        self._files = files

    @property
    def name(self) -> str:
        """Says where it is no whole benchmark, and whether judges or baseline are simulated."""
        local = None if self._verify else self._files.own_copy(QUESTIONS[self._version], self._path)
        of = f"_{self._version}" if local is None else f" on {local.name}"
        parts = {"judge": self._games.simulated, "baseline": self._baselines.simulated}
        simulated = " and ".join(part for part, is_so in parts.items() if is_so)
        marks = [*self._categories, *([f"simulated {simulated}"] if simulated else [])]
        return f"arena_hard{of}" + (f" ({', '.join(marks)})" if marks else "")

    @property
    def fingerprint(self) -> str:
        published = QUESTIONS[self._version]
        local = None if self._verify else self._files.own_copy(published, self._path)
        data = sha256_of(local) if local else published.sha256
        categories = list(self._categories) or self._known_categories(local)
        against = self._baselines.fingerprint(categories)
        return fingerprint(["arena_hard-1", data, categories, against, self._games.fingerprint, self._scheme])

    async def items(self) -> Sequence[Item]:
        path = await self._files.obtain(QUESTIONS[self._version], self._path, verify=self._verify)
        items = read_questions(path, self._categories)
        for category in dict.fromkeys(category_of(item) for item in items):
            await self._baselines.of(category).prepare()
        return items

    async def grade(self, item: Item, reply: Reply, span: Span) -> Grade:
        answer = without_reasoning(reply.text).strip()
        if not answer:
            return unread(reply)
        against = await self._baselines.answer(item, span)
        if isinstance(against, Failure):
            return Grade(outcome="grader_failed", reason=f"no answer of the baseline: {against.error}")
        own_answer = kind_of(category_of(item)).own_answer
        battle = await self._games.play(Pair(item, answer, against), span, own_answer=own_answer)
        return graded(battle, self._scheme)

    def worst(self, item: Item, answer_tokens: int) -> Worst:
        """The baseline's answer, if a model gives it, and every judge's two games, each asked for once more."""
        against = self._baselines.worst(item)
        own_answer = kind_of(category_of(item)).own_answer
        return against + self._games.worst(item, answer_tokens + against.output, own_answer=own_answer)

    async def close(self) -> None:
        """Nothing is open."""

    def _known_categories(self, local: Path | None) -> list[str]:
        if local is None:
            return _CATEGORIES[self._version]
        return list(dict.fromkeys(category_of(item) for item in read_questions(local)))


def graded(battle: Battle, scheme: Scheme) -> Grade:
    """The grade of an answer by its battle: over the judges that judged both of their games."""
    won = [advantage for ruling in battle.rulings for advantage in ruling.advantages or ()]
    reason = "; ".join(f"{ruling.judge}: {_labels(ruling)}" for ruling in battle.rulings)
    if not won:
        return Grade(outcome="grader_failed", method="games", reason=reason, battle=battle)
    score = scheme.score(won)
    outcome: Outcome = "right" if score == 1 else "wrong" if score == 0 else "partial"
    return Grade(outcome=outcome, score=score, method=f"games, {scheme.name}", reason=reason, battle=battle)


def _labels(ruling: Ruling) -> str:
    return " and ".join(game.label or "unjudged" for game in ruling.games)
