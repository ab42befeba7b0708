"""The exchange protocol: addresses, headers, request hash, permits, routing snapshot, evidence records."""
