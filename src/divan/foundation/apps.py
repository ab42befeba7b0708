"""The foundation as a Django app; reads settings once into typed options."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.apps import AppConfig, apps


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundationOptions:
    """What the foundation is told by the installation."""

    files_directory: Path
    scanner_address: str
    sms_gateway: str
    sms_token: str


class FoundationApp(AppConfig):
    """Mechanism: facts, messages, files."""

    name = "divan.foundation"
    label = "foundation"
    options: FoundationOptions

    def ready(self) -> None:
        """Read the settings and declare the subjects."""
        from django.conf import settings  # noqa: PLC0415 (settings are complete only now)

        from divan.foundation import facts, models  # noqa: PLC0415 (models load after the app registry)

        self.options = settings.FOUNDATION
        facts.register_subject("foundation.message", facts.subjects_of(models.OutgoingMessage))
        facts.register_subject("foundation.file", facts.subjects_of(models.StoredFile))


def options() -> FoundationOptions:
    """Return what the installation told the foundation."""
    app = apps.get_app_config("foundation")
    assert isinstance(app, FoundationApp)  # noqa: S101 (the label is ours)
    return app.options
