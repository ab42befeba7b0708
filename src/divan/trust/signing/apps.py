"""Signing as a Django app; reads settings once into typed options."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.apps import AppConfig, apps


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningOptions:
    """What signing is told by the installation.

    ``key_directory`` holds private keys (0700); ``trust_directory`` what strangers may take: roots and the public key
    behind the square codes. ``trusted_roots`` is a PEM file; None means the rehearsal's own. ``timestamp_address`` is
    an RFC 3161 authority; empty means the rehearsal's own. ``fonts_directory`` has the fonts of letters.
    ``shams_separator`` stands between the six fields of the national document id.
    """

    rehearsal: bool
    base_url: str
    key_directory: Path
    trust_directory: Path
    trusted_roots: Path | None
    timestamp_address: str
    fonts_directory: Path
    shams_separator: str = "|"


class SigningApp(AppConfig):
    """Keys, certificates, documents to be signed, issued documents and their verification."""

    name = "divan.trust.signing"
    label = "signing"
    options: SigningOptions

    def ready(self) -> None:
        """Read the settings and declare the subjects."""
        from django.conf import settings  # noqa: PLC0415 (settings are complete only now)

        from divan.foundation import facts  # noqa: PLC0415 (models load after the app registry)
        from divan.trust.signing import models  # noqa: PLC0415 (as above)

        self.options = settings.SIGNING
        for model in (models.KeySet, models.Signatory, models.Document, models.Signature):
            facts.register_subject(model.subject_kind, facts.subjects_of(model))


def options() -> SigningOptions:
    """Return what the installation told signing."""
    app = apps.get_app_config("signing")
    assert isinstance(app, SigningApp)  # noqa: S101 (the label is ours)
    return app.options
