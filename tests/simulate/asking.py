"""Ways of asking simulated models and of reading what they say, as a client would."""

import math

import msgspec

from escalade.answers import read, same
from escalade.core.messages import Message, Request
from escalade.simulate import KnownItem


def asked(item: KnownItem, sample: int = 0, **sampling) -> Request:
    """The plain question."""
    request = Request.of(item.text)
    sampling = msgspec.structs.replace(request.sampling, **sampling)
    return msgspec.structs.replace(request, item=item.id, labels=item.labels, sample=sample, sampling=sampling)


def saying(item: KnownItem, text: str) -> Request:
    """A prompt of one message about the item."""
    return Request((Message("user", text),), item=item.id)


def final(text: str, item: KnownItem) -> str | None:
    found = read(text, item.expects)
    return found.value if found else None


def is_right(text: str, item: KnownItem) -> bool:
    found = final(text, item)
    return found is not None and same(found, item.gold, item.expects)


def answer_of(item: KnownItem, value: str) -> str:
    """An answer as a worker would put it."""
    return f"Some thoughts.\n\n{'The answer is (' + value + ').' if item.expects.choices else 'Answer: ' + value}"


def within(observed: float, expected: float, trials: int, errors: float = 3.0) -> bool:
    """Whether a share of `trials` is as expected, within so many binomial standard errors."""
    return abs(observed - expected) <= errors * math.sqrt(expected * (1 - expected) / trials) + 1e-9
