"""The world: the questions that are known in it, their right answers and what is latent about them.

Only simulated models look in here. Strategies, gates and graders never do.
"""

from collections.abc import Iterable
from functools import cached_property

from msgspec import Struct

from escalade.core.errors import ConfigError
from escalade.core.ids import digest
from escalade.core.messages import Expects
from escalade.simulate.draws import Draws
from escalade.simulate.finding import QuestionIndex, normalised
from escalade.simulate.inventing import invented_form, invented_gold, wrong_answers

_HIDDEN_TOPICS = 8


class KnownItem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A question with its right answer."""

    id: str
    text: str
    """All that the user says first, options and instructions included."""
    gold: str
    expects: Expects = Expects()
    labels: dict[str, str] = {}
    """Public labels; one of them may name the topic."""


class Latent(Struct, frozen=True):
    """What chance gave an item, the same for every model."""

    topic: str
    difficulty: float
    luck: float
    """The common part of all models' luck on it, standard normal; low is good luck."""
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
        topic_label: str = "category",
    ) -> None:
        """`difficulty_spread` is the standard deviation of item difficulty. Raises ConfigError on a repeated id."""
        self.items: dict[str, KnownItem] = {}
        for item in items:
            if item.id in self.items:
                raise ConfigError(f"two items of the simulated world have the id {item.id!r}", hint="rename one")
            self.items[item.id] = item
        self.seed = seed
        self.difficulty_spread = difficulty_spread
        self.topic_label = topic_label
        self._latents: dict[str, Latent] = {}
        self._found: dict[str, str | None] = {}

    @cached_property
    def fingerprint(self) -> str:
        """12 hex digits that name the items, the seed and the settings."""
        settings = (str(self.seed), repr(self.difficulty_spread), self.topic_label)
        rows = (part for i in self.items.values() for part in (i.id, i.text, i.gold, i.expects.form, self.topic(i)))
        return digest(*settings, *rows)[:12]

    @cached_property
    def _by_text(self) -> dict[str, KnownItem]:
        texts: dict[str, KnownItem] = {}
        for item in self.items.values():
            texts.setdefault(normalised(item.text), item)
        return texts

    @cached_property
    def _index(self) -> QuestionIndex:
        return QuestionIndex(text for text in self._by_text if text)

    def knows(self, text: str) -> bool:
        """Whether `text` is a known question and nothing else."""
        return normalised(text) in self._by_text

    def find(self, prompt: str, item_id: str = "") -> KnownItem | None:
        """The known item that `prompt` asks about. Where several have the same text, `item_id` tells which."""
        named = self.items.get(item_id)
        if named is not None and named.text in prompt:
            return named
        words = normalised(prompt)
        exact = self._by_text.get(words)
        if exact is None and self.items:
            if words not in self._found:
                self._found[words] = self._index.search(words)
            text = self._found[words]
            exact = self._by_text[text] if text is not None else None
        if exact is not None and named is not None and normalised(named.text) == normalised(exact.text):
            return named
        return exact

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
        said = item.labels.get(self.topic_label)
        if said:
            return said
        return f"topic-{Draws(self.seed, 'topic', item.id).below(_HIDDEN_TOPICS)}"

    def latent(self, item: KnownItem) -> Latent:
        known = self._latents.get(item.id)
        if known is not None:
            return known
        draws = Draws(self.seed, "item", item.id)
        latent = Latent(
            topic=self.topic(item),
            difficulty=self.difficulty_spread * draws.normal(),
            luck=draws.normal(),
            wrong=wrong_answers(item.gold, item.expects, draws),
        )
        if item.id in self.items:
            self._latents[item.id] = latent
        return latent
