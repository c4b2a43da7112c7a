"""Prompt templates as data files, strict in their variables and named by fingerprint."""

from escalade.prompts.template import Template, from_file, names, template

__all__ = ["Template", "from_file", "names", "template"]
