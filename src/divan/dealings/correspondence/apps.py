"""Correspondence as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class CorrespondenceApp(AppConfig):
    """Letters, secretariat registers and numbers, and the one worklist."""

    name = "divan.dealings.correspondence"
    label = "correspondence"

    def ready(self) -> None:
        """Declare the subjects."""
        from divan.dealings.correspondence import models  # noqa: PLC0415 (models load after the app registry)
        from divan.foundation import facts  # noqa: PLC0415 (as above)

        for model in (models.Register, models.Letter, models.WorkItem):
            facts.register_subject(model.subject_kind, facts.subjects_of(model))
