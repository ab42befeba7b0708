"""Evidence in the form that foreign tools check: the signatures of the gateway as XAdES, in ASiC-E containers."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Sequence

from django.db.models import QuerySet

from divan.trust.exchange import models
from divan.trust.exchange.queries.evidence import attempts_of, items_of
from divan.trust.exchange.values import EvidenceContainer, EvidenceUncertified
from divan_libs.asic import containers, hashchain
from divan_libs.envelope.evidence.containers import (
    batch_signature,
    container_name,
    message_signature,
    signed_alone,
    signed_with_others,
)
from divan_libs.envelope.evidence.records import Header, MessageSignature, SignedRoot


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
    found = models.StampedBatch.objects.select_related("stamp").filter(batch=row.batch).first()
    if bytes(row.signature):
        place = 1 + _rows_with_signature(row.batch).filter(leaf__lt=row.leaf).count()
        octets = signed_alone(intent, closing, message_signature_file(row), _stamp(found, place))
    else:
        octets = signed_with_others(
            intent,
            closing,
            root=SignedRoot.decode(bytes(row.batch.root)),
            items=items_of(row.batch),
            leaf=row.leaf,
            signature=batch_signature_file(row.batch),
            stamp=_stamp(found, 0),
        )
    return EvidenceContainer(
        name=container_name(message_id, row.request_id),
        octets=octets,
        stamped_at=found.stamp.stamped_at if found else None,
    )


def signature_files(batch: models.EvidenceBatch) -> list[bytes]:
    """Return ``META-INF/signatures.xml`` of a batch, and of each of its messages that is signed alone, in order."""
    return [batch_signature_file(batch), *map(message_signature_file, _rows_with_signature(batch))]


def batch_signature_file(batch: models.EvidenceBatch) -> bytes:
    """Return the signature over the hash chain of a batch as XAdES."""
    return batch_signature(SignedRoot.decode(bytes(batch.root)), _certificates(batch.segment))


def message_signature_file(row: models.EvidenceRow) -> bytes:
    """Return the signature over one message alone as XAdES."""
    return message_signature(MessageSignature.decode(bytes(row.signature)), _certificates(row.segment))


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
