"""The honest rivals of an orchestration: what single models, votes and mixtures of them give, and at what cost."""
