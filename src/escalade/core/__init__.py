"""Values and errors that every other package speaks of; imports nothing of ours."""
