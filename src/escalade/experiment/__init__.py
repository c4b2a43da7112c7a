"""Trials of systems on a task: bounded, resumable, within a budget. Knows nothing but Models."""
