"""Whether the evidence holds: the gateway's files, and what was taken over from them."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from divan.trust.exchange import models
from divan.trust.exchange.adapters.keys import EVIDENCE
from divan.trust.exchange.apps import options
from divan.trust.exchange.queries.evidence import Examiner, keys_by_id
from divan.trust.exchange.values import EvidenceFinding
from divan_libs.envelope.evidence.audit import audit_segment
from divan_libs.envelope.evidence.frames import Frame
from divan_libs.envelope.evidence.records import EvidenceError, Kind, SignedRoot, digest
from divan_libs.envelope.evidence.segments import SUFFIX, read_segment

_TORN = "exchange.evidence.torn"
_ATTEMPTS = 4
_BETWEEN_ATTEMPTS = 0.05


def verify_evidence(*, directory: Path | None = None, with_rows: bool = True) -> list[EvidenceFinding]:
    """Recompute all evidence and return what does not hold; nothing when all holds. Changes nothing.

    Every segment is audited; every segment that was taken over must be there with the root last taken over; every row
    must follow from its records and its root. ``directory`` may name a copy of the segments.

    :raises ExchangeNotPrepared: if the gateway's public key is missing.
    """
    keys = keys_by_id()
    folder = directory or options().gateway / EVIDENCE
    public = list(keys.values())
    findings = [finding for path in sorted(folder.glob(f"*{SUFFIX}")) for finding in _audit(path, public)]
    for segment in models.Segment.objects.order_by("name").iterator():
        findings += _compare(segment, folder / segment.name)
        if with_rows:
            findings += _examine_rows(segment, keys)
    return findings


def _audit(path: Path, keys: Sequence[EllipticCurvePublicKey]) -> list[EvidenceFinding]:
    """Audit a segment. A group that is being written looks torn for a moment, so one that does is looked at again."""
    for attempt in range(_ATTEMPTS):
        if attempt:
            time.sleep(_BETWEEN_ATTEMPTS)
        found = audit_segment(path, *keys)
        if all(finding.code != _TORN for finding in found):
            break
    return [EvidenceFinding(code=f.code, segment=f.segment, offset=f.offset, detail=f.detail) for f in found]


def _compare(segment: models.Segment, path: Path) -> Iterator[EvidenceFinding]:
    if not path.exists():
        yield EvidenceFinding(code="exchange.evidence.missing", segment=segment.name, offset=0)
        return
    try:
        found = read_segment(path)
    except EvidenceError:
        # The audit has named it already.
        return
    if found.end < segment.resume_at:
        yield EvidenceFinding(code="exchange.evidence.shortened", segment=segment.name, offset=found.end)
    if segment.batch and _root_digest(found.frames, segment.batch) != segment.batch_digest:
        yield EvidenceFinding(
            code="exchange.evidence.rewritten", segment=segment.name, offset=0, detail=f"batch {segment.batch}"
        )


def _root_digest(frames: Sequence[Frame], batch: int) -> str:
    for frame in frames:
        try:
            if frame.kind is Kind.ROOT and SignedRoot.decode(frame.payload).batch == batch:
                return digest(frame.payload)
        except (EvidenceError, TypeError):
            continue
    return ""


def _examine_rows(segment: models.Segment, keys: Mapping[str, EllipticCurvePublicKey]) -> Iterator[EvidenceFinding]:
    examiner, kept = Examiner(keys), 0
    rows = models.EvidenceRow.objects.select_related("batch").filter(batch__segment=segment).order_by("batch", "leaf")
    for row in rows.iterator(chunk_size=1000):
        kept += 1
        problem = examiner.problem_of(row)
        if problem:
            yield EvidenceFinding(code=problem, segment=segment.name, offset=row.place, detail=row.request_id)
    expected = sum(models.EvidenceBatch.objects.filter(segment=segment).values_list("size", flat=True))
    batches = models.EvidenceBatch.objects.filter(segment=segment).count()
    if kept != expected or batches != segment.batch:
        yield EvidenceFinding(
            code="exchange.evidence.row-missing",
            segment=segment.name,
            offset=0,
            detail=f"{expected} expected, {kept} kept",
        )
