"""The command line: commands, nothing else."""
