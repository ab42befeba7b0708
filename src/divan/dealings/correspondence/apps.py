"""Correspondence as a Django app; reads settings once into typed options."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.apps import AppConfig, apps


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrespondenceOptions:
    """What correspondence is told by the installation.

    ``connections`` is the file that names mailboxes of secretariats and products of bodies; it need not be there.
    ``patience`` is for how long a letter is offered to the other side before it comes back as dead, ``longest_pause``
    the most between two tries, ``asking_pause`` after how long the other side is asked for a registration that it has
    not told. ``parts`` is the folder of files that come in parts, ``base_url`` where people find the portal.
    """

    connections: Path
    parts: Path
    patience: timedelta
    longest_pause: timedelta
    asking_pause: timedelta
    base_url: str = ""


class CorrespondenceApp(AppConfig):
    """Letters, secretariat registers and numbers, and the one worklist."""

    name = "divan.dealings.correspondence"
    label = "correspondence"
    options: CorrespondenceOptions

    def ready(self) -> None:
        """Read the settings and declare the subjects."""
        from django.conf import settings  # noqa: PLC0415 (settings are complete only now)

        from divan.dealings.correspondence import models  # noqa: PLC0415 (models load after the app registry)
        from divan.foundation import facts  # noqa: PLC0415 (as above)

        self.options = settings.CORRESPONDENCE
        kept = (getattr(models, name) for name in models.__all__)
        for model in (one for one in kept if hasattr(one, "subject_kind")):
            facts.register_subject(model.subject_kind, facts.subjects_of(model))


def options() -> CorrespondenceOptions:
    """Return what the installation told correspondence."""
    app = apps.get_app_config("correspondence")
    assert isinstance(app, CorrespondenceApp)  # noqa: S101 (the label is ours)
    return app.options
