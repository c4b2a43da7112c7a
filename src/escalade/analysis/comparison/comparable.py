"""Whether two runs may be laid side by side: the same items, the same words, gold answers, grading and prices.

What differs is named; whether to go on all the same is the reader's to decide, not this module's.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal

from msgspec import Struct

from escalade.analysis.comparison.contestant import Contestant
from escalade.core.ids import canonical

What = Literal["items", "wording", "gold", "grading", "prices"]
_BUCKETS = {"input": "input", "cached": "input", "cache_write": "input", "output": "output", "reasoning": "output"}
"""The buckets of a price, each with the one whose rate holds where it has none of its own."""
_SOME = 3
"""Examples named of what differs."""


class Difference(Struct, frozen=True, order=True):
    what: What
    sentence: str


def differences(contestants: Sequence[Contestant]) -> list[Difference]:
    """All that keeps any two of them, of different runs, from being compared; each told once."""
    pairs = [(a, b) for n, a in enumerate(contestants) for b in contestants[n + 1 :] if a.run.id != b.run.id]
    return list(dict.fromkeys(difference for a, b in pairs for difference in _between(a, b)))


def _between(a: Contestant, b: Contestant) -> Iterator[Difference]:
    between = f"runs {a.run.id} and {b.run.id}"
    if (items := _items(a, b)) is not None:
        yield items
    common = a.wording.keys() & b.wording.keys()
    wording = _changed(a.wording, b.wording, common)
    gold = _changed(a.gold, b.gold, common)
    if wording:
        yield Difference("wording", f"{between} put {_count(wording, common)} in other words")
    if gold:
        yield Difference("gold", f"{between} have other gold answers for {_count(gold, common)}")
    if a.run.task_fingerprint != b.run.task_fingerprint and not wording and not gold:
        known = all(of[item] for of in (a.wording, b.wording, a.gold, b.gold) for item in common)
        what = "the grading or, beyond these items, the data" if known else "the questions, the gold or the grading"
        told = f"task fingerprints {a.run.task_fingerprint or 'unknown'} and {b.run.task_fingerprint or 'unknown'}"
        yield Difference("grading", f"{between} differ in {what} ({told})")
    yield from (Difference("prices", f"{between}: {told}") for told in _prices(a, b))


def _items(a: Contestant, b: Contestant) -> Difference | None:
    """Items that one asked and the other, finished, did not. What is merely unfinished is no difference."""
    only_a = a.wording.keys() - b.wording.keys() if b.finished else set()
    only_b = b.wording.keys() - a.wording.keys() if a.finished else set()
    if not only_a and not only_b:
        return None
    common = len(a.wording.keys() & b.wording.keys())
    parts = [f"{len(only):,} items of {run}" for only, run in ((only_a, a.run.id), (only_b, b.run.id)) if only]
    return Difference("items", f"{' and '.join(parts)} are not in the other run, {common:,} are in both")


def _changed(a: Mapping[str, str], b: Mapping[str, str], common: set[str]) -> list[str]:
    return sorted(item for item in common if a[item] and b[item] and a[item] != b[item])


def _count(changed: Sequence[str], common: set[str]) -> str:
    named = ", ".join(changed[:_SOME]) + (", ..." if len(changed) > _SOME else "")
    return f"{len(changed):,} of {len(common):,} items ({named})"


def _prices(a: Contestant, b: Contestant) -> Iterator[str]:
    first, second = a.prices(), b.prices()
    for key in sorted(first.keys() & second.keys()):
        used = [each.sources.get(key[0], set()) for each in (a, b)]
        if set().union(*used) != {"reported"} and _plain(first[key]) != _plain(second[key]):
            here, there = map(_price_in_words, (first[key], second[key]), used)
            yield f"the price of {key[0]} is {here} in the one and {there} in the other"
    for model in sorted(a.sources.keys() & b.sources.keys()):
        one, other = a.sources[model], b.sources[model]
        if ("reported" in one) != ("reported" in other):
            with_, without = (a, b) if "reported" in one else (b, a)
            yield (
                f"costs of {model} are the provider's own in {with_.run.id} and computed from a price in "
                f"{without.run.id}"
            )


def _plain(price: Mapping[str, Any]) -> bytes:
    """What a price says of tokens, spelt in one way and without where it comes from; 3 and 3.0 are one rate."""
    rates = {bucket: _rate(price.get(bucket) or price[otherwise]) for bucket, otherwise in _BUCKETS.items()}
    longer = [{"above": step["above"], "rates": _plain(step).decode()} for step in price.get("long_prompts") or ()]
    return canonical([rates, _rate(price.get("per_request") or "0"), longer])


def _rate(usd: Any) -> str:
    return f"{Decimal(str(usd)).normalize():f}"


def _price_in_words(price: Mapping[str, Any], sources: set[str]) -> str:
    """A price, and where it comes from: as it says of itself, or as the costs of its calls say."""
    origin = price.get("as_of") or price.get("source") or ", ".join(sorted(sources - {"reported"}))
    return f"${price.get('input')} in, ${price.get('output')} out{origin and f' ({origin})'}"
