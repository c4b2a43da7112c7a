"""Simulated models with skill, so that everything can be run, tested and planned with no key."""
