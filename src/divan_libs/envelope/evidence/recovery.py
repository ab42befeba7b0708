"""Completes the segments that a crashed process left, so that nothing that was about to leave is ever forgotten."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from divan_libs.envelope.evidence.frames import Scan, scan
from divan_libs.envelope.evidence.records import (
    Closing,
    EvidenceError,
    Header,
    Intent,
    Kind,
    Outcome,
    digest,
    in_doubt,
)
from divan_libs.envelope.evidence.segments import RESERVE, SUFFIX, UNBORN, Segment, is_locked_by_writer, read_segment
from divan_libs.envelope.keys import Signer


@dataclass(slots=True)
class Recovery:
    """What was found and done.

    ``in_doubt``: the messages now closed as such. ``torn``: octets cut off, by file. ``damaged``: files with altered
    octets and the offset; they are left as they are, for people to look at.
    """

    completed: list[str] = field(default_factory=list)
    in_doubt: list[Intent] = field(default_factory=list)
    torn: dict[str, int] = field(default_factory=dict)
    damaged: dict[str, int] = field(default_factory=dict)


def recover(directory: Path, signer: Signer, *, now: int) -> Recovery:
    """Complete every segment without END whose writer is gone; safe to run again at any point, and beside writers.

    Cuts a torn tail, closes each intent that has no end as *in doubt*, puts all ends under a signed root, writes END.

    :raises OSError: the directory cannot be read or written.
    """
    result = Recovery()
    with _alone(directory):
        for leftover in (*directory.glob(f"*{UNBORN}"), *directory.glob(f"*{RESERVE}")):
            _remove_unless_locked(leftover)
        for path in sorted(directory.glob(f"*{SUFFIX}")):
            _recover_segment(path, signer, now, result)
    return result


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    descriptor = os.open(directory / "recovery.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _remove_unless_locked(path: Path) -> None:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        # Its living writer has given it its name meanwhile.
        return
    try:
        if not is_locked_by_writer(descriptor):
            path.unlink(missing_ok=True)
    finally:
        os.close(descriptor)


def _recover_segment(path: Path, signer: Signer, now: int, result: Recovery) -> None:
    descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    closed = False
    try:
        if is_locked_by_writer(descriptor):
            return
        found = scan(path.read_bytes())
        if found.finished:
            return
        _complete(Segment.reopen(path, descriptor, found, signer), found, now, result)
        closed = True
    except EvidenceError as error:
        result.damaged[str(error.facts.get("segment", path.name))] = int(str(error.facts.get("offset", 0)))
    finally:
        if not closed:
            os.close(descriptor)


def _complete(segment: Segment, found: Scan, now: int, result: Recovery) -> None:
    carried = _intents_of_successor(segment.path, segment.header)
    open_intents = in_doubt(found.records)
    doubtful = {key: payload for key, payload in open_intents.items() if key not in carried}
    if doubtful:
        segment.commit([(Kind.CLOSING, _closing(key, payload, now), key) for key, payload in doubtful.items()])
    segment.finish(carried=[key for key in open_intents if key in carried], now=now)
    result.completed.append(segment.path.name)
    result.in_doubt += [Intent.decode(payload) for payload in doubtful.values()]
    if found.torn:
        result.torn[segment.path.name] = found.torn


def _intents_of_successor(path: Path, header: Header) -> set[str]:
    successor = path.with_name(f"{header.run}-{header.sequence + 1:06d}{SUFFIX}")
    if not successor.exists():
        return set()
    records = read_segment(successor).records
    return {Intent.decode(payload).request_id for kind, payload in records if kind is Kind.INTENT}


def _closing(request_id: str, intent: bytes, now: int) -> bytes:
    return Closing(
        request_id=request_id,
        intent=digest(intent),
        outcome=Outcome.IN_DOUBT.value,
        status=None,
        response_hash=None,
        response_size=None,
        error=None,
        sent_at=None,
        ended_at=now,
    ).encode()
