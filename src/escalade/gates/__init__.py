"""Who decides, inside a strategy, whether an answer is good enough."""
