"""Taking over the gateway's evidence."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import DataError, IntegrityError, connection, transaction

from divan.foundation import facts, locks
from divan.foundation.actors import Actor
from divan.trust.exchange import models
from divan.trust.exchange.adapters import keys
from divan.trust.exchange.adapters.segments import Piece, Place, SealedBatch, SealedMessage, list_segments, read_on
from divan.trust.exchange.apps import options
from divan.trust.exchange.queries.evidence import columns_of, moment
from divan.trust.exchange.values import EVIDENCE_DOUBTED, EVIDENCE_IMPORTED
from divan_libs.envelope.evidence.records import EvidenceError

DOUBT_LOOKED_AT_AGAIN_AFTER = timedelta(minutes=5)

_COLUMNS = (
    "segment_id",
    "batch_id",
    "place",
    "leaf",
    "intent",
    "closing",
    "signature",
    "request_id",
    "message_id",
    "client",
    "service",
    "permit",
    "outcome",
    "status",
    "subject",
    "received_at",
    "ended_at",
)
_COPY = f"COPY exchange_evidencerow ({', '.join(_COLUMNS)}) FROM STDIN"

logger = logging.getLogger(__name__)


def import_evidence(*, actor: Actor, now: datetime) -> int:
    """Take over every message that ended and is under a signed root; return how many. Each is taken over once.

    A segment is one transaction: its rows, how far it was read, and the fact go together. What does not hold is not
    taken over; the segment is named in a fact, left as it is, and looked at again later.

    :raises ExchangeNotPrepared: if there is evidence, and the gateway's public key is missing.
    """
    sizes = list_segments(options().gateway / keys.EVIDENCE)
    known = {row.name: row for row in models.Segment.objects.filter(name__in=sizes)}
    due = [name for name, size in sizes.items() if _is_due(known.get(name), size, now)]
    return sum(_import_segment(name, sizes[name], actor, now) for name in due)


def _is_due(segment: models.Segment | None, size: int, now: datetime) -> bool:
    if segment is None:
        return True
    if segment.doubt:
        return now - segment.looked_at >= DOUBT_LOOKED_AT_AGAIN_AFTER
    return size != segment.seen_to


@transaction.atomic
def _import_segment(name: str, size: int, actor: Actor, now: datetime) -> int:
    if not locks.try_hold("exchange.evidence"):
        return 0
    segment, _ = models.Segment.objects.select_for_update().get_or_create(
        name=name, defaults={"uuid": uuid4(), "looked_at": now}
    )
    segment.looked_at = now
    try:
        with transaction.atomic():
            return _take_over(segment, _read_on(segment, size), actor, now)
    except EvidenceError as error:
        code, offset = error.code, int(str(error.facts.get("offset", 0)))
    except (IntegrityError, DataError):
        # The same message ended twice, here or in another segment; or a record holds what no gateway writes.
        code, offset = "exchange.evidence.repeated", segment.resume_at
    except (OverflowError, ValueError):
        # A moment that no calendar has.
        code, offset = "exchange.evidence.payload", segment.resume_at
    segment.refresh_from_db()
    segment.looked_at = now
    _doubt(segment, code, offset, actor, now)
    return 0


def _read_on(segment: models.Segment, size: int) -> Piece:
    if size < segment.resume_at:
        raise EvidenceError("exchange.evidence.shortened", offset=size)
    told = options()
    place = Place(segment.resume_at, segment.closings_before, segment.batch, segment.batch_digest)
    return read_on(told.gateway / keys.EVIDENCE / segment.name, place, keys.evidence_keys(told))


def _doubt(segment: models.Segment, code: str, offset: int, actor: Actor, now: datetime) -> None:
    is_news = (segment.doubt, segment.doubt_at) != (code, offset)
    segment.doubt, segment.doubt_at = code, offset
    segment.save()
    if is_news:
        logger.error("evidence segment %s does not hold at octet %d: %s", segment.name, offset, code)
        facts.record(
            EVIDENCE_DOUBTED, subject=segment, actor=actor, at=now, segment=segment.name, doubt=code, offset=offset
        )


def _take_over(segment: models.Segment, piece: Piece, actor: Actor, now: datetime) -> int:
    count = sum(_take_batch(segment, batch) for batch in piece.batches)
    place = piece.place
    segment.resume_at, segment.closings_before = place.resume_at, place.closings_before
    segment.batch, segment.batch_digest = place.batch, place.batch_digest
    segment.seen_to, segment.finished = piece.size, piece.finished
    segment.header = piece.header or segment.header
    segment.doubt, segment.doubt_at = "", 0
    segment.save()
    if piece.batches:
        facts.record(
            EVIDENCE_IMPORTED,
            subject=segment,
            actor=actor,
            at=now,
            segment=segment.name,
            messages=count,
            batch=segment.batch,
            root=segment.batch_digest,
        )
    return count


def _take_batch(segment: models.Segment, batch: SealedBatch) -> int:
    row = models.EvidenceBatch.objects.create(
        segment=segment,
        number=batch.root.batch,
        size=batch.root.count,
        signed_at=moment(batch.root.signed_at),
        root=batch.octets,
        items=b"".join(batch.items),
    )
    rows = [_columns(segment, row, message) for message in batch.messages]
    with connection.cursor() as cursor:
        for day in sorted({columns["received_at"].date() for columns in rows}):
            cursor.execute("SELECT exchange_open_day(%s)", [day])
        # COPY takes four times what INSERT does; the values are bound all the same.
        # Django does not see into a COPY: without the wrapper a message that ended twice would stop every import.
        with connection.wrap_database_errors, cursor.copy(_COPY) as copy:
            for columns in rows:
                copy.write_row([columns[name] for name in _COLUMNS])
    return len(rows)


def _columns(segment: models.Segment, batch: models.EvidenceBatch, message: SealedMessage) -> dict[str, Any]:
    return {
        "segment_id": segment.pk,
        "batch_id": batch.pk,
        "place": message.place,
        "leaf": message.leaf,
        "intent": message.intent_octets,
        "closing": message.closing_octets,
        "signature": message.signature,
        **columns_of(message.intent, message.closing),
    }
