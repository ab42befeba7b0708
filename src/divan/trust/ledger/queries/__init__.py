"""What the ledger tells."""

from __future__ import annotations

from divan.trust.ledger.queries.examination import fsck, fsck_in_steps
from divan.trust.ledger.queries.log import (
    SEALER,
    commitments,
    find_examination_under_way,
    find_last_examination,
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
    "find_examination_under_way",
    "find_last_examination",
    "find_receipt",
    "fsck",
    "fsck_in_steps",
    "list_recent",
    "log_state",
    "published_store",
    "read_published",
    "record_of",
]
