"""Messages found in the gateway's own segments by their identifiers, without a database.

Of each finished segment an index is kept beside the segments: sorted hashes of the identifiers in it. It says only
where it is worth looking, and is made anew whenever it does not fit.
"""

from __future__ import annotations

import hashlib
import json
import os
from base64 import b64decode
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from divan_libs.asic.containers import Stamp
from divan_libs.envelope.evidence import containers
from divan_libs.envelope.evidence.records import (
    EvidenceError,
    Header,
    Kind,
    MessageSignature,
    SignedRoot,
    digest,
    message_item,
)
from divan_libs.envelope.evidence.segments import SUFFIX, read_segment

_INDEXES = "index"
_WIDTH = 8
MOST = 100
"""A message is rarely sent twice; of more attempts than these only the newest are found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundMessage:
    """A message that ended and is under a signed root, as its segment has it.

    ``signature`` are the octets of its own signature if it has one, of which ``signed_before`` stand in the batch
    before it. ``leaf`` is its index among the ``items`` of the batch.
    """

    segment: str
    certificates: Sequence[bytes]
    intent: bytes
    closing: bytes
    root: SignedRoot
    items: Sequence[bytes]
    leaf: int
    signature: bytes
    signed_before: int

    @property
    def place(self) -> int:
        """The place of its signature among those of its batch, as a stamp counts them."""
        return 1 + self.signed_before if self.signature else 0

    def container(self, stamp: Stamp | None) -> bytes:
        """Return the evidence as an ASiC-E container."""
        if self.signature:
            signature = MessageSignature.decode(self.signature)
            octets = containers.message_signature(signature, self.certificates)
            return containers.signed_alone(self.intent, self.closing, octets, stamp)
        return containers.signed_with_others(
            self.intent,
            self.closing,
            root=self.root,
            items=self.items,
            leaf=self.leaf,
            signature=containers.batch_signature(self.root, self.certificates),
            stamp=stamp,
        )


def find_messages(directory: Path, message_id: str) -> list[FoundMessage]:
    """Return every attempt under an identifier that is in these segments, newest first; at most :data:`MOST`.

    Of a message that is not under a root yet nothing is found; of a segment that is damaged nothing is taken.
    """
    found: list[FoundMessage] = []
    wanted = _hash(message_id)
    for path in sorted(directory.glob(f"*{SUFFIX}"), reverse=True):
        with suppress(EvidenceError, FileNotFoundError):
            if _may_hold(path, wanted):
                found += reversed(_messages_in(path, message_id))
        if len(found) >= MOST:
            break
    return found[:MOST]


def _hash(message_id: str) -> bytes:
    return hashlib.blake2b(message_id.encode("utf-8", "surrogatepass"), digest_size=_WIDTH).digest()


def _may_hold(path: Path, wanted: bytes) -> bool:
    index = path.parent / _INDEXES / f"{path.stem}-{path.stat().st_size}"
    try:
        hashes = index.read_bytes()
    except FileNotFoundError:
        scan = read_segment(path)
        hashes = b"".join(sorted({_hash(_told(payload)["message_id"]) for payload in _intents(scan.records)}))
        # One that still grows gets its index when it is whole.
        if scan.finished:
            _keep(index, hashes)
    place = bisect_left(_Hashes(hashes), wanted)
    return hashes[place * _WIDTH : (place + 1) * _WIDTH] == wanted


class _Hashes(Sequence[bytes]):
    """A row of hashes as a sequence, without a copy of each."""

    def __init__(self, octets: bytes) -> None:
        self._octets = octets

    def __len__(self) -> int:
        return len(self._octets) // _WIDTH

    def __getitem__(self, place: Any) -> Any:
        return self._octets[place * _WIDTH : (place + 1) * _WIDTH]


def _keep(index: Path, hashes: bytes) -> None:
    # Whoever cannot write looks through the segments each time.
    with suppress(OSError):
        index.parent.mkdir(exist_ok=True, mode=0o750)
        draft = index.with_name(f"{index.name}.{os.getpid()}")
        draft.write_bytes(hashes)
        draft.replace(index)


def _told(payload: bytes) -> dict[str, Any]:
    try:
        document = json.loads(payload)
        if isinstance(document["message_id"], str):
            return dict(document)
    except (ValueError, TypeError, KeyError) as error:
        raise EvidenceError("exchange.evidence.payload") from error
    raise EvidenceError("exchange.evidence.payload")


def _intents(records: Sequence[tuple[Kind, bytes]]) -> Iterator[bytes]:
    return (payload for kind, payload in records if kind is Kind.INTENT)


def _messages_in(path: Path, message_id: str) -> list[FoundMessage]:
    records = read_segment(path).records
    if not records or records[0][0] is not Kind.HEADER:
        raise EvidenceError("exchange.evidence.damaged", segment=path.name, offset=0)
    certificates = [b64decode(text) for text in Header.decode(records[0][1]).certificates]
    intents = {digest(payload): payload for payload in _intents(records)}
    wanted = {key for key, payload in intents.items() if _told(payload)["message_id"] == message_id}
    signatures = {
        MessageSignature.decode(payload).request_id: payload for kind, payload in records if kind is Kind.SIGNATURE
    }
    closings = [(json.loads(payload), payload) for kind, payload in records if kind is Kind.CLOSING]
    found = []
    for root in (SignedRoot.decode(payload) for kind, payload in records if kind is Kind.ROOT):
        ended = closings[root.first :][: root.count]
        if not any(told["intent"] in wanted for told, _ in ended):
            continue
        items = [message_item(intents[told["intent"]], payload) for told, payload in ended]
        alone = [told["request_id"] in signatures for told, _ in ended]
        found += [
            FoundMessage(
                segment=path.name,
                certificates=certificates,
                intent=intents[told["intent"]],
                closing=payload,
                root=root,
                items=items,
                leaf=leaf,
                signature=signatures.get(told["request_id"], b""),
                signed_before=sum(alone[:leaf]),
            )
            for leaf, (told, payload) in enumerate(ended)
            if told["intent"] in wanted
        ]
    return found
