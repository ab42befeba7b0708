"""Records: what an outcome makes known, so that the next service asks for it instead of a copy."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from django.db.models import Q

from divan.dealings.cases import models
from divan.dealings.cases.queries.records import raw_sources, record_fields, subjects_of
from divan.dealings.cases.values import RECORD_ENDED, RECORD_PUBLISHED
from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.foundation.faults import power_may_fail
from divan_libs.servicepack.models import Effect, Outcome, Package


def publish_records(row: models.Case, package: Package, outcome: Outcome, *, actor: Actor, now: datetime) -> None:
    """Publish the records of an outcome in the running transaction, after its effect on the permit.

    Records that this case, or its permit, told before end where newer ones take their place or the permit was revoked;
    a renewal that tells nothing new prolongs them.
    """
    before = _live(row)
    declared = {record.code: record for record in package.outputs.records if record.code in outcome.records}
    prolongs = outcome.effect is Effect.RENEWS and not declared
    # Of this very case an earlier decision no longer holds; of the permit's former cases only what is told anew.
    for held in before:
        gone = held.case_id == row.pk or held.record in declared or outcome.effect is Effect.REVOKES
        if gone and not prolongs:
            _end(held, actor=actor, now=now)
    until = _until(row)
    if prolongs:
        for held in before:
            held.valid_until = until
            held.save(update_fields=["valid_until"])
            facts.record(RECORD_PUBLISHED, subject=held, actor=actor, at=now, case=row.uuid, prolonged=True)
    if not declared:
        return
    sources = raw_sources(row, package, now)
    for record in declared.values():
        fields = record_fields(record, sources)
        for subject in subjects_of(record, sources):
            made = models.IssuedRecord.objects.create(
                uuid=uuid4(),
                case=row,
                record=record.code,
                data_service=record.data_service,
                subject_code=subject,
                fields=fields,
                published_at=now,
                valid_until=until,
            )
            power_may_fail("record.before-fact")
            facts.record(
                RECORD_PUBLISHED, subject=made, actor=actor, at=now, case=row.uuid, data_service=record.data_service
            )


def end_records_of_permit(permit: models.Permit, *, actor: Actor, now: datetime) -> None:
    """End what a permit's cases told other bodies, in the transaction that ends the permit."""
    live = models.IssuedRecord.objects.select_for_update().filter(ended_at__isnull=True)
    for held in live.filter(Q(case_id=permit.case_id) | Q(case__permit=permit)):
        _end(held, actor=actor, now=now)


def _live(row: models.Case) -> list[models.IssuedRecord]:
    """Return the records in force of a case and of all cases of its permit, locked."""
    whose = Q(case=row)
    if row.permit_id is not None:
        whose |= Q(case__permit_id=row.permit_id) | Q(
            case_id__in=models.Permit.objects.filter(pk=row.permit_id).values("case_id")
        )
    live = models.IssuedRecord.objects.select_for_update(of=("self",)).filter(whose, ended_at__isnull=True)
    return list(live.order_by("id"))


def _until(row: models.Case) -> datetime | None:
    permit = models.Permit.objects.filter(Q(pk=row.permit_id) if row.permit_id else Q(case=row)).first()
    return permit.ends_at if permit else None


def _end(held: models.IssuedRecord, *, actor: Actor, now: datetime) -> None:
    held.ended_at = now
    held.save(update_fields=["ended_at"])
    facts.record(RECORD_ENDED, subject=held, actor=actor, at=now, data_service=held.data_service)
