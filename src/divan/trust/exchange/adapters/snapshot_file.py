"""The file from which the gateway takes its routing snapshot."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from divan.trust.exchange.adapters.keys import SNAPSHOT, snapshot_signer, write_file
from divan.trust.exchange.apps import ExchangeOptions
from divan_libs.envelope.errors import EnvelopeError
from divan_libs.envelope.signed_snapshot import divide, join, names_in, open_snapshot


def handed_out_version(told: ExchangeOptions, now: datetime, newest: tuple[int, str] = (0, "")) -> int:
    """Return the number of the snapshot in the gateway's file if it is of our key, 0 if there is none such.

    ``newest`` are number and hex SHA-256 (of the signed line) of the newest that was published: if that stands there it
    is not opened.

    A gateway takes no number twice. After an older copy of the database was put back, numbering must go on behind what
    the gateway has, or nothing that is revoked from then on would be refused.

    :raises ExchangeNotPrepared: if the key that signs snapshots is missing.
    """
    try:
        data = (told.gateway / SNAPSHOT).read_bytes()
        if hashlib.sha256(divide(data)[0]).hexdigest() == newest[1]:
            return newest[0]
        return open_snapshot(data, snapshot_signer(told).public_key(), now=now).version
    except OSError:
        return 0
    except EnvelopeError as error:
        expired = error.code == "exchange.snapshot.expired"
        return int(str(error.facts["version"])) if expired else 0


def hand_out(
    told: ExchangeOptions,
    newest: Callable[[], bytes | None],
    parts: Callable[[Collection[str]], Mapping[str, bytes]],
) -> None:
    """Write the signed line that ``newest`` returns, with its parts, as the gateway's snapshot, unless it stands there.

    ``parts`` returns those of the names (hex SHA-256) that the file does not hold yet. One process at a time:
    ``newest`` is asked under the lock, so that of two publishers the slower does not put the older one back.

    :raises OSError: if it cannot be written; the former file stays.
    :raises EnvelopeError: if what ``newest`` returns names no parts; ``exchange.snapshot.part`` if what is kept under
        such a name is not what was signed.
    """
    told.gateway.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(told.gateway / ".publishing", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        head = newest()
        if head is not None:
            write_file(told.gateway / SNAPSHOT, _whole(told, head, parts))
    finally:
        os.close(descriptor)


def _whole(told: ExchangeOptions, head: bytes, parts: Callable[[Collection[str]], Mapping[str, bytes]]) -> bytes:
    names = names_in(head)
    there = _parts_there(told)
    missing = [name for name in names if name not in there]
    for line in (parts(missing) if missing else {}).values():
        there[hashlib.sha256(line).hexdigest()] = line
    for name in missing:
        if name not in there:
            raise EnvelopeError("exchange.snapshot.part", sha256=name)
    return join(head, (there[name] for name in names))


def _parts_there(told: ExchangeOptions) -> dict[str, bytes]:
    try:
        _, lines = divide((told.gateway / SNAPSHOT).read_bytes())
    except OSError:
        return {}
    return {hashlib.sha256(line).hexdigest(): line for line in lines}
