"""Answers that real models gave earlier, read from files."""
