"""Independent samples of one model: `vote(sample(model, 5))` is self-consistency.

Every sample has its own number in the journal, so that five samples are five calls, now and on replay.
"""

from collections.abc import Sequence

from escalade.core.checked import whole
from escalade.core.errors import ConfigError
from escalade.core.messages import Request
from escalade.core.reply import Reply
from escalade.core.structure import Part, Structure
from escalade.ledger.span import Span
from escalade.models.given import all_checked, checked
from escalade.models.protocol import Model, ask, reply_or_raise
from escalade.models.structure import Worst, structure_of, worst_of


class Sampled:
    """The `index`-th of `of` samples of a model."""

    def __init__(self, model: Model, index: int, of: int) -> None:
        if not 0 <= index < of:
            raise ConfigError(f"there is no sample {index} of {of}")
        self.model = checked(model, "sample")
        self.index = index
        self.of = of
        self.name = f"{model.name}#{index + 1}"

    async def reply(self, request: Request, span: Span) -> Reply:
        return reply_or_raise(await ask(self.model, request.sampled(self.index, self.of), span, span.role))

    def structure(self) -> Structure:
        settings = {"index": self.index, "of": self.of}
        return Structure("sample", self.name, settings, (Part("worker", structure_of(self.model)),))

    def worst(self, prompt_tokens: int) -> Worst:
        return worst_of(self.model, prompt_tokens)


def sample(model: Model, n: int) -> list[Model]:
    """`n` members that are independent samples of `model`."""
    of = whole(n, "n, the number of samples,", 1)
    return [Sampled(model, index, of) for index in range(of)]


def distinct(members: Sequence[Model], called: str = "a member") -> list[Model]:
    """The members, where a model that stands there n times gives its n samples: no answer is counted twice.

    Raises TypeError for what is no Model; `called` is what each is.
    """
    members = all_checked(members, called)
    sources = [member.model if isinstance(member, Sampled) else member for member in members]
    result: list[Model] = []
    for place, member in enumerate(members):
        same = [other for other, source in zip(members, sources, strict=True) if source is sources[place]]
        earlier = sum(1 for source in sources[:place] if source is sources[place])
        result.append(member if _differ(same) else Sampled(sources[place], earlier, len(same)))
    return result


def _differ(members: Sequence[Model]) -> bool:
    """Whether members that ask one model are different samples of it already."""
    samples = [(member.index, member.of) for member in members if isinstance(member, Sampled)]
    return len(members) == 1 or (len({of for _, of in samples}) == 1 and len(set(samples)) == len(members))
