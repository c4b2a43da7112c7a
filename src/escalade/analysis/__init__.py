"""Numbers from stored Records only, never from live objects."""
