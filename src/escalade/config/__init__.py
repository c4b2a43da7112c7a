"""The composition root: the only place where names in YAML become objects."""
