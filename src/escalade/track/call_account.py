"""What the calls of one span used and cost, as attributes: in MLflow's own names and, exactly, in ours.

A cost that is unknown is left open, and said to be: MLflow would put in a guess from its own list of prices.
"""

from collections.abc import Sequence
from typing import Any

from escalade.core.money import Total, total
from escalade.core.usage import Usage
from escalade.ledger.call import Call

_NO_COST: dict[str, float] = {}
"""An explicit absence."""


def account_of(calls: Sequence[Call]) -> dict[str, Any]:
    """The attributes; none where there are no calls."""
    if not calls:
        return {}
    cost, last = total(call.cost for call in calls), calls[-1]
    found: dict[str, Any] = {
        "mlflow.llm.model": last.asked or last.model,
        "mlflow.llm.cost": _NO_COST if cost.usd is None else {"total_cost": float(cost.usd)},
        "escalade.model": last.model,
        "escalade.answered_by": last.answered,
        "escalade.cost_usd": _exactly(cost),
        "escalade.cost_source": last.cost.source,
        "escalade.paid_usd": _exactly(total(call.paid for call in calls)),
        "escalade.from_journal": all(call.hit for call in calls),
        "escalade.latency_s": last.latency_s,
    }
    if last.provider:
        found["mlflow.llm.provider"] = last.provider
    if usages := [call.usage for call in calls if call.usage is not None]:
        found["mlflow.chat.tokenUsage"] = _tokens(usages)
    if len(calls) > 1 or last.status != "ok":
        found["escalade.attempts"] = [
            {"attempt": call.attempt, "status": call.status, "error": call.error, "usd": _exactly(total([call.cost]))}
            for call in calls
        ]
    return found


def _tokens(usages: Sequence[Usage]) -> dict[str, int]:
    whole = usages[0]
    for usage in usages[1:]:
        whole += usage
    found = {"input_tokens": whole.input, "output_tokens": whole.output, "total_tokens": whole.input + whole.output}
    if whole.cached:
        found["cache_read_input_tokens"] = whole.cached
    if whole.cache_write:
        found["cache_creation_input_tokens"] = whole.cache_write
    return found


def _exactly(amount: Total) -> str:
    return "unknown" if amount.usd is None else f"{amount.usd:f}"
