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

        kept = (getattr(models, name) for name in models.__all__)
        for model in (one for one in kept if hasattr(one, "subject_kind")):
            facts.register_subject(model.subject_kind, facts.subjects_of(model))
