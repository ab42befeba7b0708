"""The octets of a segment: frames with length and checksum, written in groups of which each is one durable write.

A frame is marker (2), kind (1), zero (1), offset at which its group begins (8), payload length (4), CRC-32 over all of
that and the payload (4), payload; numbers big-endian. The marker's 0xFF never occurs in a UTF-8 payload.

The group's offset is what tells a torn tail from damage: a group is written only after the one before it is durable.
So a bad place is a torn tail if no valid frame after it belongs to a group that begins behind it; then nobody was ever
told that those octets are safe. Otherwise something that was safe has been changed.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from divan_libs.envelope.evidence.records import EvidenceError, Kind

_MARKER = b"\xff\xd1"
_HEAD = struct.Struct(">2sBxQII")
_PREFIX = struct.Struct(">2sBxQI")
MAX_PAYLOAD = 1 << 20
"""No record is larger; a larger length is damage."""

_KINDS = {int(kind): kind for kind in Kind}


@dataclass(frozen=True, slots=True)
class Frame:
    """One record at its place."""

    kind: Kind
    payload: bytes
    offset: int
    group_start: int


@dataclass(frozen=True, slots=True)
class Scan:
    """What a segment holds: its whole frames, where they end, and how many octets of a torn tail follow."""

    frames: list[Frame]
    end: int
    torn: int

    @property
    def records(self) -> list[tuple[Kind, bytes]]:
        """The records without their places."""
        return [(frame.kind, frame.payload) for frame in self.frames]

    @property
    def finished(self) -> bool:
        """Whether the segment was closed in order and will not grow."""
        return bool(self.frames) and self.frames[-1].kind is Kind.END and not self.torn


def write_group(records: Iterable[tuple[Kind, bytes, *tuple[str, ...]]], group_start: int) -> bytes:
    """Return the frames of one group that begins at that offset of the segment.

    :raises EvidenceError: ``exchange.evidence.too-large``.
    """
    pieces: list[bytes] = []
    for kind, payload, *_ in records:
        if len(payload) > MAX_PAYLOAD:
            raise EvidenceError("exchange.evidence.too-large", length=len(payload))
        prefix = _PREFIX.pack(_MARKER, kind, group_start, len(payload))
        checksum = zlib.crc32(payload, zlib.crc32(prefix))
        pieces += (prefix, checksum.to_bytes(4), payload)
    return b"".join(pieces)


def _frame_at(data: bytes, offset: int, base: int) -> Frame | None:
    if offset + _HEAD.size > len(data):
        return None
    marker, kind, group_start, length, checksum = _HEAD.unpack_from(data, offset)
    start = offset + _HEAD.size
    known = marker == _MARKER and kind in _KINDS and data[offset + 3] == 0
    if not known or length > MAX_PAYLOAD or start + length > len(data) or group_start > base + offset:
        return None
    payload = data[start : start + length]
    if zlib.crc32(payload, zlib.crc32(data[offset : offset + _PREFIX.size])) != checksum:
        return None
    return Frame(_KINDS[kind], payload, base + offset, group_start)


def scan(data: bytes, *, base: int = 0) -> Scan:
    """Read the frames of a segment; ``base`` is the offset in the segment at which the data begins, a frame's own.

    :raises EvidenceError: ``exchange.evidence.damaged`` (with ``offset``) when octets that were durable are bad.
    """
    frames: list[Frame] = []
    offset = 0
    while offset < len(data):
        frame = _frame_at(data, offset, base)
        if frame is None:
            _require_torn_tail(data, offset, base)
            break
        frames.append(frame)
        offset += _HEAD.size + len(frame.payload)
    return Scan(frames, base + offset, len(data) - offset)


def _require_torn_tail(data: bytes, damage: int, base: int) -> None:
    place = damage + 1
    while (place := data.find(_MARKER, place)) != -1:
        frame = _frame_at(data, place, base)
        if frame is not None and frame.group_start > base + damage:
            raise EvidenceError("exchange.evidence.damaged", offset=base + damage)
        place += 1
