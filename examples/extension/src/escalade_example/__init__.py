"""A strategy, a gate, a task and a grader for Escalade, found by its entry points."""
