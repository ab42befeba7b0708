"""The log as it stands: its state, its newest lines, its examinations."""

from __future__ import annotations

import logging
from uuid import UUID

from divan.foundation import facts
from divan.trust.ledger import models, rules
from divan.trust.ledger.adapters import publication
from divan.trust.ledger.apps import options
from divan.trust.ledger.queries.published import published_store
from divan.trust.ledger.queries.witnesses import known_policy
from divan.trust.ledger.values import Examination, Fault, Finding, LogState, Part, SealedFact
from divan_libs.tlog.checkpoints import CHECKPOINT_PATH
from divan_libs.tlog.errors import TlogError
from divan_libs.tlog.notes import NoteVerifier

logger = logging.getLogger(__name__)


def log_state() -> LogState:
    """Return where the log stands; never raises for damaged files, which it names in ``doubt``."""
    head = models.LogHead.objects.first()
    needed = known_policy().fewest
    if head is None:
        return LogState(
            is_open=False, origin=options().origin, pending=facts.last_position() + 1, witnesses_needed=needed
        )
    verifier = NoteVerifier.parse(head.verifier)
    note, published, doubt = None, None, ""
    try:
        note = published_store().read(CHECKPOINT_PATH)
        published = publication.open_published(note, verifier)
    except OSError as error:
        logger.warning("the published files cannot be reached: %s", error)
        doubt = str(Fault.STORE_UNREACHABLE)
    except TlogError as error:
        logger.warning("the published checkpoint does not hold: %s", error)
        doubt = str(Fault.CHECKPOINT_INVALID)
    seen = (published.size, published.root) if published else None
    cosigned = models.CosignedHead.objects.first()
    return LogState(
        is_open=True,
        origin=head.origin,
        verifier=head.verifier,
        size=head.size,
        root=bytes(head.root).hex(),
        sealed_at=head.sealed_at,
        published_size=published.size if published else 0,
        checkpoint=(note or b"").decode(errors="replace"),
        pending=max(facts.last_position() + 1 - head.size, 0),
        standing=None if doubt else rules.standing((head.size, bytes(head.root)), seen),
        doubt=doubt,
        cosigned_size=cosigned.size if cosigned else 0,
        cosigned_at=cosigned.cosigned_at if cosigned else None,
        witnesses_needed=needed,
    )


def list_recent(limit: int = 20) -> list[SealedFact]:
    """Return the facts sealed last, newest first."""
    head = models.LogHead.objects.first()
    if head is None:
        return []
    entries = list(models.LedgerEntry.objects.filter(position__lt=head.size).order_by("-position")[:limit])
    if not entries:
        return []
    known = {fact.position: fact for fact in facts.after(entries[-1].position - 1, limit=len(entries))}
    return [
        SealedFact(
            position=entry.position,
            fact_uuid=entry.fact_uuid,
            fact_kind=fact.kind,
            subject_kind=fact.subject_kind,
            subject_uuid=fact.subject_uuid,
            at=fact.at,
            entry=bytes(entry.commitment).hex(),
            is_erased=entry.salt is None,
        )
        for entry in entries
        if (fact := known.get(entry.position)) is not None
    ]


def examination_of(row: models.Examination) -> Examination:
    """Return the value of a row; for the rooms of this context."""
    return Examination(
        uuid=row.uuid,
        begun_at=row.begun_at,
        seen_at=row.seen_at,
        ended_at=row.ended_at,
        progress={Part(part): (done, total) for part, (done, total) in row.progress.items()},
        found=row.found,
        findings=tuple(
            Finding(
                code=Fault(one["code"]),
                position=one["position"],
                fact_kind=one["fact_kind"],
                subject_kind=one["subject_kind"],
                subject_uuid=UUID(one["subject_uuid"]) if one["subject_uuid"] else None,
                path=one["path"],
            )
            for one in row.findings
        ),
    )


def find_examination_under_way() -> Examination | None:
    """Return the examination that is under way, or was left unfinished, or None."""
    row = models.Examination.objects.filter(ended_at__isnull=True).first()
    return examination_of(row) if row else None


def find_last_examination() -> Examination | None:
    """Return the examination that ended last, or None before the first."""
    row = models.Examination.objects.filter(ended_at__isnull=False).order_by("-ended_at").first()
    return examination_of(row) if row else None
