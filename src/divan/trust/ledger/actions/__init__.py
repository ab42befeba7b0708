"""What the ledger does: it opens the log, seals facts, keeps what witnesses vouched for, and erases salts."""

from __future__ import annotations

from divan.trust.ledger.actions.doubts import HistoryDoubtful
from divan.trust.ledger.actions.examining import begin_examination, carry_on_examination
from divan.trust.ledger.actions.opening import open_log
from divan.trust.ledger.actions.salts import erase_salt, erase_salts_about, erase_salts_before
from divan.trust.ledger.actions.sealing import seal_batch
from divan.trust.ledger.actions.witnessing import keep_cosignatures

__all__ = [
    "HistoryDoubtful",
    "begin_examination",
    "carry_on_examination",
    "erase_salt",
    "erase_salts_about",
    "erase_salts_before",
    "keep_cosignatures",
    "open_log",
    "seal_batch",
]
