"""What Escalade is measured on: a task without gold answers, and a model in this process that answers at once."""

from collections.abc import Sequence
from decimal import Decimal

from escalade import Cascade, Experiment, Journal, Price, Reply, judge
from escalade.core.grade import Grade
from escalade.core.messages import Request
from escalade.core.usage import Usage
from escalade.ledger.span import Span
from escalade.models.backend import Received
from escalade.models.leaf import Leaf
from escalade.models.limit import Limiter
from escalade.models.wire.request import encode_request
from escalade.tasks import Item

PRICE = Price(input=Decimal("0.1"), output=Decimal("0.4"))


class Asking:
    """Every reply is as good as any other, and grading it takes no time."""

    name = "benchmark"
    fingerprint = "benchmark"
    metric = "answered"
    grades_steps = False
    redacted = False

    def __init__(self, asked: Sequence[str]) -> None:
        self.accepted = 0
        """How many of the graded replies a gate had accepted."""
        self._items = [Item(id=str(n), turns=(question,)) for n, question in enumerate(asked)]

    async def items(self) -> Sequence[Item]:
        return self._items

    async def grade(self, item: Item, reply: Reply, span: Span) -> Grade:  # noqa: ARG002  (asks nobody)
        self.accepted += reply.accepted or False
        return Grade(outcome="right", score=1.0)

    async def close(self) -> None:
        return


class Instant:
    """A backend that says the same to everybody: a verdict that is an answer too."""

    identity = "instant"
    by_item = False
    simulated = True

    def __init__(self, model_id: str) -> None:
        self.model_id = model_id

    def encode(self, request: Request) -> bytes:
        return encode_request(request, self.model_id)

    async def send(self, body: bytes, request: Request) -> Received:  # noqa: ARG002  (does not read)
        text = '{"reason": "Every step is sound and the result is stated.", "score": 0.95}'
        return Received(text=text, usage=Usage(150, 50), model=self.model_id)


def instant(name: str, journal: Journal | None) -> Leaf:
    """A priced model that answers at once, with all of a model's care around it."""
    return Leaf(name, Instant(name), price=PRICE, journal=journal, limiter=Limiter(start=64))


def experiment(asked: Sequence[str], journal: Journal | None) -> Experiment:
    """The benchmark's work on models that answer at once."""
    system = Cascade([instant("worker", journal)], accept=judge(instant("judge", journal)) >= 0.9)
    return Experiment(name="bench", task=Asking(asked), systems={"cascade": system}, concurrency=64)
