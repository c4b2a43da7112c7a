"""The honest rivals of an orchestration at equal cost: what single models, votes and mixtures of them would give."""
