"""Prompt templates as data files, strict in their variables and named by fingerprint."""
