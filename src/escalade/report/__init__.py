"""What an experiment found, drawn for a terminal."""
