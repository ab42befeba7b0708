"""Why a stranger can believe it: identity, exchange, signatures, ledger."""
