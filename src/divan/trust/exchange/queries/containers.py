"""Evidence in the form that foreign tools check: the signatures of the gateway as XAdES, in ASiC-E containers."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Sequence

from django.db.models import QuerySet

from divan.trust.exchange import models
from divan.trust.exchange.queries.evidence import attempts_of, items_of
from divan.trust.exchange.values import EvidenceContainer, EvidenceUncertified
from divan_libs.asic import containers, hashchain
from divan_libs.envelope.evidence.records import (
    BATCH_FILE,
    CLOSING_FILE,
    INTENT_FILE,
    Header,
    MessageSignature,
    SignedRoot,
)
from divan_libs.envelope.keys import to_jose

_PLAIN_NAME = re.compile(r"[^A-Za-z0-9.-]+", re.ASCII)


def get_container(message_id: str, *, request_id: str = "") -> EvidenceContainer:
    """Return the evidence of a message as an ASiC-E container: of the attempt named, else of the newest one.

    Its signature is the one that the gateway made when the message passed; nothing is signed now. Without a timestamp
    yet (``stamped_at`` is None) the container says less, and may be asked for again later.

    :raises EvidenceUnknown: if no attempt under this identifier was taken over.
    :raises EvidenceUncertified: if the gateway's key had no certificate.
    """
    row = attempts_of(message_id, request_id)[0]
    if not _certificates(row.segment):
        raise EvidenceUncertified(segment=row.segment.name)
    intent, closing = bytes(row.intent), bytes(row.closing)
    files = {INTENT_FILE: intent, CLOSING_FILE: closing}
    found = models.StampedBatch.objects.select_related("stamp").filter(batch=row.batch).first()
    if bytes(row.signature):
        place = 1 + _rows_with_signature(row.batch).filter(leaf__lt=row.leaf).count()
        signature = message_signature_file(row)
        octets = containers.write_container(files, signature, stamp=_stamp(found, place))
    else:
        root = SignedRoot.decode(bytes(row.batch.root))
        items = items_of(row.batch)
        chain = hashchain.chain_file(
            [(INTENT_FILE, hashchain.digest(intent)), (CLOSING_FILE, hashchain.digest(closing))],
            row.leaf,
            len(items),
            hashchain.path(items, row.leaf),
        )
        octets = containers.write_container(
            files | {BATCH_FILE: root.statement()},
            batch_signature_file(row.batch),
            chain=chain,
            result=root.result(),
            stamp=_stamp(found, 0),
        )
    name = _PLAIN_NAME.sub("-", message_id)[:100].strip("-.") or "message"
    return EvidenceContainer(
        name=f"{name}-{row.request_id}.asice", octets=octets, stamped_at=found.stamp.stamped_at if found else None
    )


def signature_files(batch: models.EvidenceBatch) -> list[bytes]:
    """Return ``META-INF/signatures.xml`` of a batch, and of each of its messages that is signed alone, in order."""
    return [batch_signature_file(batch), *map(message_signature_file, _rows_with_signature(batch))]


def batch_signature_file(batch: models.EvidenceBatch) -> bytes:
    """Return the signature over the hash chain of a batch as XAdES."""
    root = SignedRoot.decode(bytes(batch.root))
    return root.signed().as_file(to_jose(bytes.fromhex(root.signature)), _certificates(batch.segment))


def message_signature_file(row: models.EvidenceRow) -> bytes:
    """Return the signature over one message alone as XAdES."""
    signature = MessageSignature.decode(bytes(row.signature))
    return signature.signed().as_file(to_jose(bytes.fromhex(signature.signature)), _certificates(row.segment))


def _rows_with_signature(batch: models.EvidenceBatch) -> QuerySet[models.EvidenceRow]:
    rows = models.EvidenceRow.objects.select_related("segment").filter(batch=batch).exclude(signature=b"")
    return rows.order_by("leaf")


def _certificates(segment: models.Segment) -> Sequence[bytes]:
    return [b64decode(text) for text in Header.decode(bytes(segment.header)).certificates]


def _stamp(found: models.StampedBatch | None, place: int) -> containers.Stamp | None:
    if found is None:
        return None
    items, index = items_of(found.stamp), found.first + place
    return containers.Stamp(
        token=bytes(found.stamp.token), index=index, size=len(items), hashes=hashchain.path(items, index)
    )
