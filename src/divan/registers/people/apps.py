"""People as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class PeopleApp(AppConfig):
    """Persons, bodies and units, posts and memberships."""

    name = "divan.registers.people"
    label = "people"

    def ready(self) -> None:
        """Declare the subjects."""
        from divan.foundation import facts  # noqa: PLC0415 (models load after the app registry)
        from divan.registers.people import models  # noqa: PLC0415 (as above)

        kept = (
            models.Person,
            models.Unit,
            models.UnitEvent,
            models.Post,
            models.Membership,
            models.Substitution,
        )
        for model in kept:
            facts.register_subject(model.subject_kind, facts.subjects_of(model))
