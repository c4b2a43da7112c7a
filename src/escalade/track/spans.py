"""Our values as MLflow's entities: a span, what is known of a trace as a whole, an assessment. Sends nothing."""

import json
from typing import TYPE_CHECKING, Any

from escalade.track.values import Assessment, SpanLog, TraceLog

if TYPE_CHECKING:
    from mlflow.entities import Assessment as MlflowAssessment
    from mlflow.entities import Span, TraceInfo


def as_span(log: SpanLog, trace: str) -> "Span":
    from mlflow.entities import Span  # noqa: PLC0415  (seconds, and an extra)

    attributes = {"mlflow.traceRequestId": trace, "mlflow.spanType": log.kind, **log.attributes}
    status = {"code": "STATUS_CODE_ERROR" if log.error else "STATUS_CODE_OK", "message": log.error}
    return Span.from_dict(
        {
            "trace_id": trace,
            "span_id": log.id,
            "parent_span_id": log.parent,
            "name": log.name,
            "start_time_unix_nano": log.start_ns,
            "end_time_unix_nano": log.end_ns,
            "status": status,
            "attributes": {name: json.dumps(value) for name, value in attributes.items()},
            "events": [],
        }
    )


def as_trace_info(log: TraceLog, experiment: str, key: str, run: str) -> "TraceInfo":
    """`run` is the question's run, in which MLflow shows the trace."""
    from mlflow.entities import TraceInfo, TraceLocation, TraceState  # noqa: PLC0415  (seconds, and an extra)

    return TraceInfo(
        trace_id=log.id,
        trace_location=TraceLocation.from_experiment_id(experiment),
        request_time=log.start_ms,
        execution_duration=log.duration_ms,
        state=TraceState.ERROR if log.failed else TraceState.OK,
        request_preview=log.question,
        response_preview=log.answer,
        client_request_id=log.item,
        trace_metadata={"mlflow.sourceRun": run},
        tags={**log.tags, "mlflow.traceName": log.name, "escalade.key": key},
        assessments=[as_assessment(one, log.id, run) for one in log.assessments],
    )


def as_assessment(one: Assessment, trace: str, run: str) -> "MlflowAssessment":
    from mlflow.entities import AssessmentError, AssessmentSource, Expectation, Feedback  # noqa: PLC0415  (see above)

    given: dict[str, Any] = {
        "name": one.name,
        "value": one.value,
        "source": AssessmentSource(one.by, one.source),
        "trace_id": trace,
        "span_id": one.span,
        "metadata": {**one.metadata, "mlflow.assessment.sourceRunId": run},
    }
    if one.expected:
        made: MlflowAssessment = Expectation(**given)
    else:
        error = AssessmentError("UNJUDGED", one.trouble) if one.trouble else None
        made = Feedback(**given, rationale=one.rationale or None, error=error)
    made.assessment_id = one.id
    return made
