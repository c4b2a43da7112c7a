"""What may be spent, what one call takes of it, and what is gone for good: values that budgets and stores share."""

from collections.abc import Iterable
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import force_setattr

from escalade.core.checked import number, whole
from escalade.core.money import add, subtract, summed, usd

_NOTHING = Decimal(0)


class Limits(Struct, frozen=True, omit_defaults=True):
    """What may be spent at most; None is no limit. `usd` needs a known price for every model."""

    usd: Decimal | None = None
    calls: int | None = None
    tokens: int | None = None
    """Input and output together."""
    seconds: float | None = None

    def __post_init__(self) -> None:
        """Raises TypeError for a float of money or for what is no number, ConfigError for what is no limit."""
        if self.usd is not None:
            force_setattr(self, "usd", usd(self.usd))
        for name in ("calls", "tokens"):
            if (given := getattr(self, name)) is not None:
                force_setattr(self, name, whole(given, f"limit `{name}`", 0))
        if self.seconds is not None:
            force_setattr(self, "seconds", number(self.seconds, "limit `seconds`", 0))

    def countable(self) -> "Limits | None":
        """The same but for time, which nobody can hold for another process; None where nothing is left."""
        if self.usd is None and self.calls is None and self.tokens is None:
            return None
        return Limits(self.usd, self.calls, self.tokens)


class Spending(Struct, frozen=True, omit_defaults=True):
    """Money (USD) and tokens of one call: first as a worst case, then as it was."""

    usd: Decimal | None
    tokens: int

    @property
    def known(self) -> Decimal:
        """USD, as far as it is known."""
        return self.usd or _NOTHING


class Counted(Struct, frozen=True):
    """USD, calls and tokens that count against a budget."""

    usd: Decimal = Decimal(0)
    calls: int = 0
    tokens: int = 0

    @classmethod
    def of(cls, calls: Iterable[tuple[str, int]]) -> "Counted":
        """Those of calls, each told as its USD in text and its tokens."""
        told = list(calls)
        return cls(summed(Decimal(usd) for usd, _ in told), len(told), sum(tokens for _, tokens in told))

    def plus(self, call: Spending) -> "Counted":
        return Counted(add(self.usd, call.known), self.calls + 1, self.tokens + call.tokens)

    def minus(self, call: Spending) -> "Counted":
        return Counted(subtract(self.usd, call.known), self.calls - 1, self.tokens - call.tokens)

    def lacking(self, limits: Limits) -> str:
        """Which of the limits it exceeds, "" for none."""
        if limits.calls is not None and self.calls > limits.calls:
            return "calls"
        if limits.tokens is not None and self.tokens > limits.tokens:
            return "tokens"
        return "usd" if limits.usd is not None and self.usd > limits.usd else ""
