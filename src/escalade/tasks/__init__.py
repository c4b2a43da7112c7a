"""Benchmarks and graders: the measure of a reply outside the system that gave it."""
