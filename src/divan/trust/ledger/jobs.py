"""What the ledger does later: it seals."""

from __future__ import annotations

from datetime import datetime

from divan.foundation.actors import SYSTEM
from divan.trust.ledger import actions


def seal(now: datetime) -> int:
    """Seal the next facts; return how many. A duty of the worker.

    :raises HistoryDoubtful: to stop the worker: going on could make a second history.
    """
    return actions.seal_batch(actor=SYSTEM, now=now)
