"""Cases as a Django app; reads settings once into typed options."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.apps import AppConfig, apps


@dataclass(frozen=True, slots=True, kw_only=True)
class CasesOptions:
    """What cases is told by the installation."""

    base_url: str
    longest_order_pause: timedelta | None = None
    """How long at most until another body is asked again for the state of an order, whatever a service says."""


class CasesApp(AppConfig):
    """Applications, their steps, decisions, documents and clocks."""

    name = "divan.dealings.cases"
    label = "cases"
    options: CasesOptions

    def ready(self) -> None:
        """Read the settings and declare the subjects."""
        from django.conf import settings  # noqa: PLC0415 (settings are complete only now)

        from divan.dealings.cases import models  # noqa: PLC0415 (models load after the app registry)
        from divan.foundation import facts  # noqa: PLC0415 (as above)

        self.options = settings.CASES
        subjects = (
            models.Case,
            models.CaseNeed,
            models.CaseFile,
            models.Task,
            models.Referral,
            models.Decision,
            models.Objection,
            models.OpinionLetter,
            models.Permit,
            models.OutsideOrder,
            models.CaseInvoice,
            models.ClosedDay,
            models.CaseSignature,
            models.Appointment,
            models.IssuedRecord,
            models.Addition,
            models.Rating,
            models.BundleRun,
            models.BundlePart,
            models.CaseNote,
            models.KeptAnswers,
            models.CaseLetter,
            models.Recusal,
        )
        for model in subjects:
            facts.register_subject(model.subject_kind, facts.subjects_of(model))


def options() -> CasesOptions:
    """Return what the installation told cases."""
    app = apps.get_app_config("cases")
    assert isinstance(app, CasesApp)  # noqa: S101 (the label is ours)
    return app.options
