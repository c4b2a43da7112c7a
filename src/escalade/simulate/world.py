"""The world: the questions that are known in it, their right answers and what is latent about them.

Only simulated models look in here. Strategies, gates and graders never do.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, lru_cache

from msgspec import Struct

from escalade.answers import canonical
from escalade.core.errors import ConfigError
from escalade.core.ids import digest
from escalade.core.messages import Expects
from escalade.simulate.draws import Draws
from escalade.simulate.finding import QuestionIndex, normalised
from escalade.simulate.inventing import invented_form, invented_gold, wrong_answers

TOPIC_LABELS = ("category", "domain", "subject")
"""Labels that benchmarks name a question's field by, the first of them that an item has being its topic."""
_HIDDEN_TOPICS = 8
_PARAGRAPH = "\n\n"
_REMEMBERED = 4096
"""Prompts whose question need not be searched for again: the samples of one question come close together."""


class KnownItem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A question with its right answer."""

    id: str
    text: str
    """All that the user says first, options and instructions included."""
    gold: str
    expects: Expects = Expects()
    labels: dict[str, str] = {}
    """Public labels; the world takes its topic from them."""


class Latent(Struct, frozen=True, kw_only=True):
    """What chance gave an item, the same for every model."""

    topic: str
    difficulty: float
    luck: float
    """The common part of all models' luck on it, standard normal; low is good luck."""
    gold: str
    """The right answer in its canonical spelling."""
    wrong: tuple[str, ...]
    """Wrong answers that models may give; the first is the common one."""


class World:
    """Known items and a seed. Any other question can be asked too: its answer is invented from its text."""

    def __init__(
        self,
        items: Iterable[KnownItem] = (),
        *,
        seed: int = 0,
        difficulty_spread: float = 1.0,
        topic_labels: Sequence[str] = TOPIC_LABELS,
    ) -> None:
        """`difficulty_spread` is the standard deviation of item difficulty. Raises ConfigError on a repeated id.

        An item's topic is the first of `topic_labels` that it has.
        """
        self.items: dict[str, KnownItem] = {}
        for item in items:
            if item.id in self.items:
                raise ConfigError(f"two items of the simulated world have the id {item.id!r}", hint="rename one")
            self.items[item.id] = item
        self.seed = seed
        self.difficulty_spread = difficulty_spread
        self.topic_labels = tuple(topic_labels)
        self._latents: dict[str, Latent] = {}

    @cached_property
    def fingerprint(self) -> str:
        """12 hex digits that name the items with their topics, the seed and the spread of difficulty."""
        settings = (str(self.seed), repr(self.difficulty_spread))
        rows = (part for i in self.items.values() for part in (i.id, i.text, i.gold, i.expects.form, self.topic(i)))
        return digest(*settings, *rows)[:12]

    @cached_property
    def _by_text(self) -> dict[str, KnownItem]:
        """Whole texts, normalised."""
        texts: dict[str, KnownItem] = {}
        for item in self.items.values():
            texts.setdefault(normalised(item.text), item)
        return texts

    @cached_property
    def _by_core(self) -> dict[str, KnownItem]:
        """Texts, normalised, less an instruction at the end that many of them have: prompts may leave it out."""
        endings = Counter(item.text.rpartition(_PARAGRAPH)[2] for item in self.items.values())
        cores: dict[str, KnownItem] = {}
        for item in self.items.values():
            start, _, ending = item.text.rpartition(_PARAGRAPH)
            cores.setdefault(normalised(start if start and endings[ending] > 1 else item.text), item)
        return cores

    @cached_property
    def _search(self) -> Callable[[str], str | None]:
        """From a normalised prompt to the core inside it."""
        return lru_cache(_REMEMBERED)(QuestionIndex(core for core in self._by_core if core).search)

    def knows(self, text: str) -> bool:
        """Whether `text` is a known question and nothing else."""
        return normalised(text) in self._by_text

    def find(self, prompt: str, item_id: str = "") -> KnownItem | None:
        """The known item that `prompt` asks about. Where several have the same text, `item_id` tells which."""
        named = self.items.get(item_id)
        if named is not None and named.text in prompt:
            return named
        words = normalised(prompt)
        found = self._by_text.get(words) or self._searched(words)
        if found is not None and named is not None and normalised(named.text) == normalised(found.text):
            return named
        return found

    def _searched(self, words: str) -> KnownItem | None:
        core = self._search(words)
        return None if core is None else self._by_core[core]

    def invent(self, question: str) -> KnownItem:
        """An item for a question that nobody knows, made from its text alone: equal texts have equal answers."""
        words = normalised(question)
        draws = Draws(self.seed, "invented", words)
        expects = invented_form(question)
        return KnownItem(
            id=f"invented-{digest(words)[:16]}",
            text=question,
            gold=invented_gold(expects, draws),
            expects=expects,
        )

    def topic(self, item: KnownItem) -> str:
        said = next((item.labels[name] for name in self.topic_labels if item.labels.get(name)), "")
        return said or f"topic-{Draws(self.seed, 'topic', item.id).below(_HIDDEN_TOPICS)}"

    def latent(self, item: KnownItem) -> Latent:
        known = self._latents.get(item.id)
        if known is not None:
            return known
        draws = Draws(self.seed, "item", item.id)
        latent = Latent(
            topic=self.topic(item),
            difficulty=self.difficulty_spread * draws.normal(),
            luck=draws.normal(),
            gold=canonical(item.gold, item.expects),
            wrong=wrong_answers(item.gold, item.expects, draws),
        )
        if item.id in self.items:
            self._latents[item.id] = latent
        return latent
