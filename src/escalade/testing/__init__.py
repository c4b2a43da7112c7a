"""Doubles that complain and conformance checks, for our tests and for those of plug-ins."""

from escalade.testing.conform import check_gate, check_model, check_store
from escalade.testing.scripted import ScriptedModel, UnexpectedCallError

__all__ = ["ScriptedModel", "UnexpectedCallError", "check_gate", "check_model", "check_store"]
