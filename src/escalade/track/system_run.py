"""What is logged of one system: its run with params and metrics, and its tables. Pure: a Summary in, values out.

Figures are those of the report, none is computed here. A cost that is unknown has no metric: a zero would be a lie.
"""

from collections.abc import Iterable
from typing import Any

from escalade.analysis import Summary
from escalade.analysis.spending import Cost, Spent
from escalade.analysis.summary import Comparison, SystemSummary
from escalade.core.money import total
from escalade.store import Record, Run
from escalade.track.names import metric_name, metrics, params, tags
from escalade.track.values import RunLog, Table

QUESTIONS = (
    "question_id", "sample", "category", "status", "outcome", "score", "accepted", "gate_score", "level", "stopped",
    "cost_usd", "latency_s", "calls", "error",
)  # fmt: skip
"""The columns of a system's table of questions, which holds no text."""


def system_run(run: Run, summary: Summary, system: SystemSummary, end_ms: int) -> RunLog:
    """The run of one system. Its params name what was asked for, its metrics are the report's figures."""
    facts = run.systems[system.name]
    return RunLog(
        name=system.name,
        params=params(
            {
                "experiment": run.experiment,
                "task": run.task,
                "task_fingerprint": run.task_fingerprint,
                "metric": run.metric,
                "num_questions": run.items,
                "samples": run.samples,
                "seed": run.seed,
                "reference": run.reference,
                "config_key": system.name,
                "kind": system.kind,
                "system_fingerprint": facts.fingerprint,
                "simulated": system.simulated,
            }
        ),
        metrics=metrics(_figures(system) | _costs(system.cost) | _versus(system.versus_reference)),
        tags=tags(
            {
                "escalade.run": run.id,
                "escalade.system": system.name,
                "escalade.kind": "system",
                "escalade.version": run.version,
                "escalade.rival": facts.rival or None,
                "mlflow.note.content": _note(summary, system),
            }
        ),
        start_ms=round(run.at * 1000),
        end_ms=end_ms,
    )


def _figures(system: SystemSummary) -> dict[str, Any]:
    quality, latency, tokens, gate = system.quality, system.latency_s, system.tokens, system.gate
    figures: dict[str, Any] = {
        "quality": quality.mean,
        "quality_low": quality.low,
        "quality_high": quality.high,
        "questions": quality.n,
        "trials": system.trials,
        "coverage": system.coverage,
        "failures": sum(system.failures.values()),
        "unparsed": system.unparsed,
        "ungraded": system.ungraded,
        "input_tokens": tokens.input,
        "output_tokens": tokens.output,
    }
    if latency is not None:
        figures |= {"latency_s_mean": latency.mean, "latency_s_p50": latency.p50, "latency_s_p95": latency.p95}
    if gate.judged:
        figures |= {f"gate/{field}": getattr(gate, field) for field in gate.__struct_fields__}
    if system.flips.compared:
        figures |= {f"flips/{field}": getattr(system.flips, field) for field in system.flips.__struct_fields__}
    for level in system.funnel:
        figures[f"funnel/level_{level.level}_reached"] = level.reached
        figures[f"funnel/level_{level.level}_stopped"] = level.stopped
    for name, other in system.others.items():
        figures[metric_name("quality_by_grader", name)] = other.mean
    for label, values in system.by_label.items():
        for value, found in values.items():
            figures[metric_name(f"quality_by_{label}", value)] = found.mean
    return figures


def _costs(cost: Cost) -> dict[str, Any]:
    figures: dict[str, Any] = {
        "total_cost": cost.total,
        "cost_per_question": cost.per_item,
        "cost_per_correct": cost.per_correct,
        "calls": cost.calls,
        "calls_of_unknown_cost": cost.unknown_calls,
        "calls_of_estimated_cost": cost.estimated_calls,
    }
    figures |= {metric_name("cost_by_role", role): spent.usd for role, spent in cost.by_role.items()}
    figures |= {metric_name("cost_by_model", model): spent.usd for model, spent in cost.by_model.items()}
    for level in cost.by_level:
        if level.level is not None:
            figures[f"cascade_lvl_{level.level}_cost"] = level.spent.usd
    return figures


def _versus(found: Comparison | None) -> dict[str, Any]:
    if found is None:
        return {}
    fields = ("difference", "low", "high", "p", "p_holm", "cost_ratio")
    return {f"versus_reference/{field}": getattr(found, field) for field in fields}


def _note(summary: Summary, system: SystemSummary) -> str:
    """What MLflow shows as the run's description: the report's own sentences."""
    said = ["SIMULATED: no real model answered."] if system.simulated else []
    said += [system.sentence] if system.sentence else []
    said += [f"Money is USD; quality is {summary.task.metric}, 0 to 1, with its 95 % interval.", *summary.notes]
    return "\n\n".join(said)


def question_row(record: Record) -> tuple[Any, ...]:
    """A question's line in its system's table, by `QUESTIONS`."""
    grade, cost = record.grade, total(call.cost for call in record.calls).usd
    return (
        record.item,
        record.sample,
        record.labels.get("category"),
        record.status,
        grade.outcome if grade else None,
        grade.score if grade and grade.outcome != "grader_failed" else None,
        record.accepted,
        record.score,
        record.level,
        record.stopped or None,
        None if cost is None else float(cost),
        None if record.latency_s is None else round(record.latency_s, 3),
        len(record.calls),
        record.error or None,
    )


def tables(system: SystemSummary, questions: Iterable[tuple[Any, ...]]) -> list[Table]:
    """The tables of a system's run."""
    money = ("usd", "calls", "unknown_calls", "estimated_calls")
    cost = system.cost
    found = [
        Table(file="questions.json", columns=QUESTIONS, rows=list(questions)),
        Table(file="cost_by_role.json", columns=("role", *money), rows=_spending(cost.by_role.items())),
        Table(file="cost_by_model.json", columns=("model", *money), rows=_spending(cost.by_model.items())),
        Table(
            file="cost_by_level.json",
            columns=("level", *money),
            rows=_spending((level.level, level.spent) for level in cost.by_level),
        ),
        Table(
            file="funnel.json",
            columns=("level", "reached", "stopped"),
            rows=[(level.level, level.reached, level.stopped) for level in system.funnel],
        ),
        Table(
            file="quality_by_label.json",
            columns=("label", "value", "quality", "low", "high", "questions"),
            rows=[
                (label, value, found.mean, found.low, found.high, found.n)
                for label, values in system.by_label.items()
                for value, found in values.items()
            ],
        ),
    ]
    return [table for table in found if table.rows]


def _spending(parts: Iterable[tuple[Any, Spent]]) -> list[tuple[Any, ...]]:
    return [
        (key, None if spent.usd is None else float(spent.usd), spent.calls, spent.unknown_calls, spent.estimated_calls)
        for key, spent in parts
    ]
