"""The catalogue as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class CatalogueApp(AppConfig):
    """Service identity cards and published versions of service packages."""

    name = "divan.registers.catalogue"
    label = "catalogue"

    def ready(self) -> None:
        """Declare the subjects."""
        from divan.foundation import facts  # noqa: PLC0415 (models load after the app registry)
        from divan.registers.catalogue import models  # noqa: PLC0415 (as above)

        facts.register_subject("catalogue.service", facts.subjects_of(models.Service))
        facts.register_subject("catalogue.version", facts.subjects_of(models.ServiceVersion))
        facts.register_subject("catalogue.bundle", facts.subjects_of(models.BundleVersion))
        facts.register_subject("catalogue.visit-day", facts.subjects_of(models.VisitDay))
