"""Sigmoid MLM's experiments in MLflow as runs of ours, as far as they hold answers.

Its scripts logged a run for each question, named by the question's id, with the answer in a trace or a file. Scores
there are its judges' and grade nothing: answers come in ungraded, to be compared. A question without an answer is left
out and counted, since the scripts lost answers that had been given.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from math import isfinite
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import msgspec

from escalade.core.errors import DataError
from escalade.core.grade import Grade
from escalade.core.ids import fingerprint
from escalade.core.money import NOTHING, UNKNOWN, Money
from escalade.core.structure import Structure
from escalade.ledger.call import Call
from escalade.store import Record, Run
from escalade.store.record import SystemFacts
from escalade.track.reading_back import ReadBack, outputs_of, runs_of, traces_of

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Experiment
    from mlflow.entities import Run as MlflowRun

_ANSWERS = ("final_best_response", "answer", "output")
"""The keys under which its scripts logged a final answer, the surest first."""
_FILES = ("final_answer.json", "history.json")
_JUDGES = ("judge_model", "in_cascade_judge_model")
_NOTE = (
    "Read from an MLflow experiment of Sigmoid MLM: costs are as its scripts logged them (the complex flow's leave out "
    "calls), tokens and what was asked of whom are not known."
)
_UNGRADED = Grade(outcome="grader_failed", reason="the experiment holds no grades by right answers")


def ancestor_run(client: "MlflowClient", experiment: "Experiment") -> ReadBack:
    """The experiment's questions as one run. Raises DataError where it holds no answer."""
    texts = dict(_traced(client, experiment))
    questions: dict[tuple[str, str], MlflowRun] = {}
    repeated = 0
    for one in runs_of(client, experiment):
        if "question_id" in one.data.params:
            key = _system(one, experiment), one.data.params["question_id"]
            repeated += key in questions
            questions.setdefault(key, one)
    answers = {key: texts.get(one.info.run_id) or _filed(client, one) for key, one in questions.items()}
    records = [_record(*key, questions[key], text) for key, text in sorted(answers.items()) if text]
    if not records:
        raise DataError(
            f"the MLflow experiment {experiment.name!r} holds no answers that Escalade or Sigmoid MLM logged",
            hint="name an experiment that `escalade track` or Sigmoid MLM's scripts made",
        )
    missing = []
    if silent := len(answers) - len(records):
        missing.append(f"{silent:,} of {len(answers):,} questions have no answer in MLflow, and are left out.")
    if repeated:
        missing.append(f"{repeated:,} older runs of questions that were asked again are left out.")
    run = _run(experiment, records, missing)
    return ReadBack(run, [msgspec.structs.replace(record, run=run.id) for record in records], missing)


def _system(one: "MlflowRun", experiment: "Experiment") -> str:
    """Its scripts' key of a flow; the baseline's had none."""
    params = one.data.params
    return params.get("config_key") or params.get("model_name") or re.sub(r"_v\d+$", "", experiment.name)


def _traced(client: "MlflowClient", experiment: "Experiment") -> Iterator[tuple[str, str]]:
    """Runs with their answers, the newest trace of a run last: earlier ones are of its lower levels."""
    for trace in reversed(list(traces_of(client, experiment))):
        run, text = trace.info.request_metadata.get("mlflow.sourceRun"), _answer_in(outputs_of(trace))
        if run and text:
            yield run, text


def _answer_in(said: Mapping[str, Any]) -> str:
    return next((said[key] for key in _ANSWERS if isinstance(said.get(key), str) and said[key]), "")


def _filed(client: "MlflowClient", one: "MlflowRun") -> str:
    """The answer in the file that a flow left, "" where there is none or none can be read."""
    there = {file.path for file in client.list_artifacts(one.info.run_id)}
    for name in _FILES:
        if name in there:
            with TemporaryDirectory(prefix="escalade-") as folder:
                said = _read(Path(client.download_artifacts(one.info.run_id, name, folder)))
            attempts = said if isinstance(said, list) else [said]
            return _answer_in(_best([attempt for attempt in attempts if isinstance(attempt, dict)]))
    return ""


def _read(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _best(attempts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The attempt that its simple flow returned: of those that its judge called valid, if any, the best score."""
    valid = [attempt for attempt in attempts if attempt.get("verdict") == "Valid"] or attempts
    return max(valid, key=lambda attempt: _number(attempt.get("score")) or 0.0, default={})


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and isfinite(value) else None


def _record(system: str, item: str, one: "MlflowRun", text: str) -> Record:
    params, metrics, info = one.data.params, one.data.metrics, one.info
    judged = any(params.get(name) for name in _JUDGES)
    level = _number(metrics.get("final_cascade_level"))
    ended = info.end_time or info.start_time
    return Record(
        run="",
        system=system,
        item=item,
        labels={"category": params["category"]} if params.get("category") else {},
        status="answered",
        text=text,
        accepted=metrics.get("success") == 1 if judged and "success" in metrics else None,
        score=_number(metrics.get("final_best_confidence_score")),
        level=int(level) if level else None,
        grade=_UNGRADED,
        calls=_calls(one),
        seconds=(ended - info.start_time) / 1000,
        at=ended / 1000,
    )


def _calls(one: "MlflowRun") -> list[Call]:
    """One Call for all that its models cost and one for its judges, where they were logged apart."""
    params, metrics = one.data.params, one.data.metrics
    model = params.get("final_best_model") or params.get("model_name") or "model"
    if "model_cost" not in metrics or "judge_cost" not in metrics:
        return [_call(one, model, "worker", metrics.get("total_cost"))]
    judge = next((params[name] for name in _JUDGES if params.get(name)), "judge")
    return [_call(one, model, "worker", metrics["model_cost"]), _call(one, judge, "gate", metrics["judge_cost"])]


def _call(one: "MlflowRun", model: str, role: str, usd: float | None) -> Call:
    known = usd is not None and isfinite(usd) and usd >= 0
    cost = Money(Decimal(repr(usd)), "reported", estimated=True) if known else UNKNOWN
    return Call(id=f"mlflow-{one.info.run_id}-{role}", model=model, role=role, cost=cost, paid=NOTHING)


def _run(experiment: "Experiment", records: Sequence[Record], missing: Sequence[str]) -> Run:
    name = experiment.name
    systems = dict.fromkeys(record.system for record in records)
    return Run(
        id=f"{name}-{fingerprint(records)[:8]}",
        experiment=name,
        task=f"{name} (from MLflow)",
        task_fingerprint=fingerprint("Sigmoid MLM's questions, ungraded"),
        metric="score",
        items=len({record.item for record in records}),
        systems={
            one: SystemFacts(structure=Structure("model", one), fingerprint=fingerprint([name, one])) for one in systems
        },
        notes=[_NOTE, *missing],
        at=max(record.at for record in records),
    )
