"""Places as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class PlacesApp(AppConfig):
    """The administrative divisions of the country."""

    name = "divan.registers.places"
    label = "places"

    def ready(self) -> None:
        """Declare the subjects."""
        from divan.foundation import facts  # noqa: PLC0415 (models load after the app registry)
        from divan.registers.places import models  # noqa: PLC0415 (as above)

        facts.register_subject("places.division-list", facts.subjects_of(models.DivisionList))
