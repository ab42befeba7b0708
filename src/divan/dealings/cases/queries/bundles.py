"""Ways of people through bundles, with what their services share and what they cost together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from divan.dealings.cases import models
from divan.dealings.cases.values import BundleRun, BundleRunUnknown, Case, CaseState
from divan.registers.catalogue import queries as catalogue
from divan_libs.servicepack.models import Package, Question


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedQuestion:
    """What several drafts of a bundle ask: asked once, as the first of them words it.

    ``targets`` are (case, question) that the answer is carried to; ``kept`` is what the first of them holds.
    """

    name: str
    package: Package
    question: Question
    targets: tuple[tuple[UUID, str], ...]
    kept: object


def run_of(row: models.BundleRun) -> BundleRun:
    """Return the value of a row; for the rooms of this context."""
    bundle = catalogue.get_bundle(row.bundle.uuid)
    live = models.BundlePart.objects.filter(run=row, left_at__isnull=True).exclude(case__state=CaseState.ABANDONED)
    parts = dict(live.values_list("service_code", "case__uuid"))
    return BundleRun(
        uuid=row.uuid,
        bundle=row.bundle.uuid,
        code=bundle.code,
        person=row.person.uuid,
        language=row.language,
        state=row.state,
        answers=row.answers,
        parts={one.code: parts[one.code] for one in bundle.services if one.code in parts},
        begun_at=row.begun_at,
        changed_at=row.changed_at,
        sent_at=row.sent_at,
    )


def get_bundle_run(run: UUID, person: UUID | None) -> BundleRun:
    """Return a person's way through a bundle.

    :raises BundleRunUnknown: if there is none, or it is another person's.
    """
    row = models.BundleRun.objects.select_related("bundle", "person").filter(uuid=run).first()
    if row is None or row.person.uuid != person:
        raise BundleRunUnknown
    return run_of(row)


def list_bundle_runs(person: UUID) -> list[BundleRun]:
    """Return the bundles that a person has begun or sent and of which something is left, newest change first."""
    rows = models.BundleRun.objects.select_related("bundle", "person").filter(person__uuid=person)
    found = [run_of(row) for row in rows.exclude(state="given-up").order_by("-changed_at")[:50]]
    return [run for run in found if run.parts]


def find_run_of_case(case: UUID) -> BundleRun | None:
    """Return the way through a bundle that a case belongs to, or None."""
    part = models.BundlePart.objects.filter(case__uuid=case, left_at__isnull=True).exclude(run__state="given-up")
    row = part.select_related("run__bundle", "run__person").first()
    return run_of(row.run) if row else None


def shared_questions(run: BundleRun, drafts: Mapping[str, tuple[Case, Package]]) -> list[SharedQuestion]:
    """Return what at least two of these drafts of a bundle ask, in the bundle's order.

    ``drafts`` are the parts that are not sent yet, by service; what the bundle maps and a newer version of a service
    no longer asks is left out.
    """
    bundle = catalogue.get_bundle(run.bundle)
    found = []
    for name in bundle.shared:
        asked = [
            (*drafts[service], question)
            for service, code in bundle.targets(name)
            if service in drafts and (question := drafts[service][1].form.question(code)) is not None
        ]
        if len(asked) > 1:
            case, package, question = asked[0]
            found.append(
                SharedQuestion(
                    name=name,
                    package=package,
                    question=question,
                    targets=tuple((one.uuid, of.code) for one, _package, of in asked),
                    kept=case.answers.get(question.code),
                )
            )
    return found


def drafts_of(run: BundleRun, cases: Mapping[UUID, Case]) -> dict[str, tuple[Case, Package]]:
    """Return the parts of a bundle that are not sent yet, with their packages, by service."""
    return {
        service: (cases[uuid], catalogue.get_package(cases[uuid].version))
        for service, uuid in run.parts.items()
        if cases[uuid].state is CaseState.DRAFT
    }


def list_runs_to_end(cases: list[UUID]) -> list[tuple[UUID, datetime]]:
    """Return the begun bundles to which these cases belong and of which no draft is left, with their last change."""
    runs = models.BundleRun.objects.filter(
        pk__in=models.BundlePart.objects.filter(case__uuid__in=cases, left_at__isnull=True).values("run"), state="begun"
    )
    waiting = models.BundlePart.objects.filter(left_at__isnull=True, case__state=CaseState.DRAFT).values("run")
    return list(runs.exclude(pk__in=waiting).values_list("uuid", "changed_at"))
