"""Reading the final answer out of a reply, and telling whether two answers are the same."""
