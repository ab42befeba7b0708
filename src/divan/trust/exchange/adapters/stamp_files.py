"""The files in which the gateway finds the timestamps of its evidence, so that it can hand out containers itself."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from divan.trust.exchange.adapters.keys import write_file
from divan.trust.exchange.apps import ExchangeOptions
from divan_libs.envelope.evidence.stamps import StampedBatches, stamp_path

STAMPS = "stamps"
"""Below the gateway's folder, where it looks by itself: beside its evidence."""


def path_of(told: ExchangeOptions, number: int, name: str, stamped_at: datetime) -> Path:
    """Return where the file of a timestamp stands; numbers ascend as the timestamps do."""
    return told.gateway / STAMPS / stamp_path(number, name, stamped_at.date())


def hand_out(path: Path, stamped: StampedBatches) -> None:
    """Write the file of a timestamp durably, as a whole.

    :raises OSError: if it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    write_file(path, stamped.encode())
