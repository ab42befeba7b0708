"""Notices: the short messages of a service, filled from its case and queued with the change they tell of."""

from __future__ import annotations

from datetime import datetime

from divan.dealings.cases import models, queries
from divan.dealings.cases.apps import options
from divan.dealings.cases.queries.dossier import case_of
from divan.foundation import messages
from divan.foundation.actors import Actor
from divan_libs.persian.jalali import TEHRAN
from divan_libs.servicepack.filling import field_values, fill_text
from divan_libs.servicepack.models import Package


def send_notice(
    row: models.Case,
    package: Package,
    message: str,
    *,
    actor: Actor,
    now: datetime,
    decision: dict[str, str] | None = None,
) -> None:
    """Queue a message of the package to the applicant's mobile, in the applicant's language; without a mobile, none."""
    if not row.applicant.mobile:
        return
    case = case_of(row)
    language = queries.case_language(case)
    sources = queries.output_sources(
        case,
        package,
        today=now.astimezone(TEHRAN).date(),
        language=language,
        base_url=options().base_url,
        decision=decision,
    )
    declared = package.outputs.message(message)
    values = field_values(package, declared.fields, sources, language) if declared else {}
    messages.queue_message(
        recipient=row.applicant.mobile,
        text=fill_text(package.text(f"messages.{message}.text", language), values),
        about=row,
        actor=actor,
        now=now,
    )
