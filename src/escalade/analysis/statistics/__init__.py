"""What may be inferred from numbers, whatever they measure: intervals, tests, and how many items settle a question."""
