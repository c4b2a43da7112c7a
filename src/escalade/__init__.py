"""Escalade answers each question with the cheapest ladder of language models that is good enough."""

__version__ = "0.1.0"
