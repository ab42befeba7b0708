"""The file from which the gateway takes its routing snapshot."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Callable
from datetime import datetime

from divan.trust.exchange.adapters.keys import SNAPSHOT, snapshot_signer, write_file
from divan.trust.exchange.apps import ExchangeOptions
from divan_libs.envelope.errors import EnvelopeError
from divan_libs.envelope.snapshot import open_snapshot


def handed_out_version(told: ExchangeOptions, now: datetime, newest: tuple[int, str] = (0, "")) -> int:
    """Return the number of the snapshot in the gateway's file if it is of our key, 0 if there is none such.

    ``newest`` are number and hex SHA-256 of the newest that was published: if that stands there it is not opened.

    A gateway takes no number twice. After an older copy of the database was put back, numbering must go on behind what
    the gateway has, or nothing that is revoked from then on would be refused.

    :raises ExchangeNotPrepared: if the key that signs snapshots is missing.
    """
    try:
        data = (told.gateway / SNAPSHOT).read_bytes()
        if hashlib.sha256(data).hexdigest() == newest[1]:
            return newest[0]
        return open_snapshot(data, snapshot_signer(told).public_key(), now=now).version
    except OSError:
        return 0
    except EnvelopeError as error:
        expired = error.code == "exchange.snapshot.expired"
        return int(str(error.facts["version"])) if expired else 0


def hand_out(told: ExchangeOptions, newest: Callable[[], bytes | None]) -> None:
    """Write what ``newest`` returns as the gateway's snapshot, unless it stands there; one process at a time.

    ``newest`` is asked under the lock, so that of two publishers the slower does not put the older one back.

    :raises OSError: if it cannot be written; the former file stays.
    """
    told.gateway.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(told.gateway / ".publishing", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        signed = newest()
        if signed is not None:
            write_file(told.gateway / SNAPSHOT, signed)
    finally:
        os.close(descriptor)
