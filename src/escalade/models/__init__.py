"""Models that call out: the protocol, the leaf that spends, and what stands between it and the network."""
