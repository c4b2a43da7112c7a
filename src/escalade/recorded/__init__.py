"""Answers that real models gave earlier, read from files: policies are judged on them with no calls."""

from escalade.recorded.answers import RecordedAnswers, RecordedFields
from escalade.recorded.backend import RecordedBackend

__all__ = ["RecordedAnswers", "RecordedBackend", "RecordedFields"]
