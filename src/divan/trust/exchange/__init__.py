"""Members, data services, permits, routing snapshots and evidence of the exchange."""
