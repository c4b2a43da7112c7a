"""What is logged of one question: a run named by its id, with the ancestor's params, metrics and tags, and ours.

Pure: a Record and its texts in, values out. Names are Sigmoid MLM's wherever it had one for the thing; docs/mlflow.md
lists them. Costs are whole: judges included, over all levels. One that is unknown has no metric.
"""

from collections.abc import Mapping
from typing import Any

from escalade.analysis.trial import answered, score_of
from escalade.core.money import total
from escalade.store import Record, Run
from escalade.track.attempts import Attempt, attempts, spent
from escalade.track.names import metric_name, metrics, params, tags
from escalade.track.values import RunLog


def question_run(run: Run, record: Record, texts: Mapping[str, str]) -> RunLog:
    """The run of one question. `texts` holds the answers' texts by the ids of their Calls."""
    tried = attempts(record)
    return RunLog(
        name=record.item if run.samples == 1 else f"{record.item} #{record.sample}",
        params=params(_params(run, record)),
        metrics=metrics(_metrics(record, texts) | _by_attempt(tried, texts) | _spins(tried)),
        tags=tags(question_tags(record) | {"escalade.kind": "question", "escalade.version": run.version}),
        start_ms=round((record.at - (record.seconds or 0.0)) * 1000),
        end_ms=round(record.at * 1000),
        failed=not answered(record),
    )


def question_tags(record: Record) -> dict[str, Any]:
    """By which a run or a trace is found again."""
    return {
        "escalade.run": record.run,
        "escalade.system": record.system,
        "escalade.item": record.item,
        "escalade.sample": record.sample,
        "status": record.status,
        "stopped": record.stopped,
        "error": record.error,
        **{metric_name("label", name).replace("/", "."): value for name, value in record.labels.items()},
    }


def model_of(record: Record) -> str:
    """The name of the model that wrote the final text, "" where a strategy composed it."""
    return next((call.model for call in record.calls if call.id == record.answer), "")


def _params(run: Run, record: Record) -> dict[str, Any]:
    parts = run.systems[record.system].structure.parts
    gate = next((part.structure for part in parts if part.role == "gate"), None)
    rungs = [part for part in parts if part.level is not None]
    judges = ", ".join(gate.models()) if gate else ""
    return {
        "question_id": record.item,
        "category": record.labels.get("category"),
        "config_key": record.system,
        "version": run.id,
        "model_name": model_of(record),
        "final_best_model": model_of(record) if rungs else None,
        "judge_model": judges,
        "in_cascade_judge_model": judges,
        "acceptable_score": gate.settings.get("at_least") if gate else None,
        "num_models": len(rungs) or None,
    }


def _metrics(record: Record, texts: Mapping[str, str]) -> dict[str, Any]:
    has_answer = answered(record)
    usage = [call.usage for call in record.calls if call.usage is not None]
    found: dict[str, Any] = {
        "success": has_answer if record.accepted is None else record.accepted,
        "answered": has_answer,
        "quality": score_of(record.grade),
        "answer_length": _length(record.answer, record.text, texts),
        "total_cost": total(call.cost for call in record.calls).usd,
        "model_cost": spent(record.calls, judging=False).usd,
        "judge_cost": spent(record.calls, judging=True).usd,
        "grading_cost": total(call.cost for call in record.grading).usd,
        "final_best_confidence_score": record.score,
        "final_cascade_level": record.level,
        "latency_s": record.latency_s,
        "calls": len(record.calls),
        "input_tokens": sum(one.input for one in usage),
        "output_tokens": sum(one.output for one in usage),
    }
    for role in sorted({call.role for call in record.calls}):
        of_role = [call.cost for call in record.calls if call.role == role]
        found[metric_name("cost_by_role", role)] = total(of_role).usd
    for level in sorted({call.level for call in record.calls if call.level is not None}):
        of_level = [call.cost for call in record.calls if call.level == level]
        found[f"cascade_lvl_{level}_cost"] = total(of_level).usd
    return found


def _by_attempt(tried: list[Attempt], texts: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {"iterations": len(tried) or None}
    for number, attempt in enumerate(tried, start=1):
        found[f"iter_{number}_length"] = _length(attempt.call, attempt.text, texts)
        found[f"iter_{number}_passed"] = attempt.accepted
        found[f"iter_{number}_model_cost"] = attempt.model_cost.usd
        found[f"iter_{number}_judge_cost"] = attempt.judge_cost.usd
    return found


def _spins(tried: list[Attempt]) -> dict[str, Any]:
    """By level and attempt, where a level may try more than once."""
    if all(attempt.number == 1 for attempt in tried):
        return {}
    found: dict[str, Any] = {"final_level": tried[-1].level, "final_spin": tried[-1].number}
    before: Attempt | None = None
    for attempt in tried:
        name = f"lvl{attempt.level}_spin{attempt.number}"
        found[f"{name}_score"] = attempt.score
        found[f"{name}_passed"] = attempt.accepted
        found[f"{name}_model_cost"] = attempt.model_cost.usd
        found[f"{name}_judge_cost"] = attempt.judge_cost.usd
        if before is not None and before.level == attempt.level and None not in (before.score, attempt.score):
            found[f"{name}_improvement"] = (attempt.score or 0.0) - (before.score or 0.0)
        before = attempt
    return found


def _length(call: str, text: str | None, texts: Mapping[str, str]) -> int | None:
    """Characters of an answer; None where there is none or its text is not stored."""
    said = texts.get(call) if call else text
    return None if said is None else len(said)
