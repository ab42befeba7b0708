"""What the ledger tells."""

from __future__ import annotations

from divan.trust.ledger.queries.examination import fsck, fsck_in_steps
from divan.trust.ledger.queries.exploring import growth, prove_entry
from divan.trust.ledger.queries.log import find_examination_under_way, find_last_examination, list_recent, log_state
from divan.trust.ledger.queries.published import (
    SEALER,
    commitments,
    published_head,
    published_store,
    read_published,
    record_of,
    settled_size,
)
from divan.trust.ledger.queries.receipts import find_issued_receipt, find_receipt, find_receipt_to_keep
from divan.trust.ledger.queries.witnesses import (
    find_contradiction,
    find_cosigned,
    find_log_key,
    known_policy,
    list_witnesses,
    read_policy,
    remembered_sizes,
)

__all__ = [
    "SEALER",
    "commitments",
    "find_contradiction",
    "find_cosigned",
    "find_examination_under_way",
    "find_issued_receipt",
    "find_last_examination",
    "find_log_key",
    "find_receipt",
    "find_receipt_to_keep",
    "fsck",
    "fsck_in_steps",
    "growth",
    "known_policy",
    "list_recent",
    "list_witnesses",
    "log_state",
    "prove_entry",
    "published_head",
    "published_store",
    "read_policy",
    "read_published",
    "record_of",
    "remembered_sizes",
    "settled_size",
]
