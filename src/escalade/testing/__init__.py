"""Doubles that complain and conformance checks, for our tests and for those of plug-ins."""
