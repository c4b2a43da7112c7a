"""Ways to combine Models; each is a Model, and each is one file."""
