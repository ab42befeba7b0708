"""What the ledger tells."""

from __future__ import annotations

from divan.trust.ledger.queries.examination import fsck
from divan.trust.ledger.queries.log import (
    SEALER,
    commitments,
    find_receipt,
    list_recent,
    log_state,
    published_store,
    read_published,
    record_of,
)

__all__ = [
    "SEALER",
    "commitments",
    "find_receipt",
    "fsck",
    "list_recent",
    "log_state",
    "published_store",
    "read_published",
    "record_of",
]
