"""The ledger as a Django app; reads settings once into typed options."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.apps import AppConfig, apps


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerOptions:
    """What the ledger is told by the installation.

    ``directory`` holds the published files and nothing else, unless ``bucket`` (``s3://name/prefix``) says that they
    lie in an S3-compatible store, which ``bucket_endpoint`` finds; ``key_file`` holds the private key that signs
    checkpoints; ``verifier_file`` the public key as strangers take it; ``origin`` is the name of the log, which no
    other log has. ``policy_file`` names the witnesses (C2SP tlog-policy) and may be absent; each is waited for
    ``witness_timeout`` seconds, and a receipt that goes into a document waits ``patience`` for its cosignatures.
    """

    directory: Path
    key_file: Path
    verifier_file: Path
    policy_file: Path
    origin: str
    bucket: str = ""
    bucket_endpoint: str = ""
    witness_timeout: float = 5.0
    patience: timedelta = timedelta(seconds=30)


class LedgerApp(AppConfig):
    """The transparency log over the facts."""

    name = "divan.trust.ledger"
    label = "ledger"
    options: LedgerOptions

    def ready(self) -> None:
        """Read the settings and declare the subjects."""
        from django.conf import settings  # noqa: PLC0415 (settings are complete only now)

        from divan.foundation import facts  # noqa: PLC0415 (models load after the app registry)
        from divan.trust.ledger import models  # noqa: PLC0415 (as above)

        self.options = settings.LEDGER
        facts.register_subject(models.LogHead.subject_kind, facts.subjects_of(models.LogHead))
        facts.register_subject(models.Examination.subject_kind, facts.subjects_of(models.Examination))
        facts.register_subject(models.Witness.subject_kind, facts.subjects_of(models.Witness))
        facts.register_subject(models.LedgerEntry.subject_kind, models.entries_by_fact)


def options() -> LedgerOptions:
    """Return what the installation told the ledger."""
    app = apps.get_app_config("ledger")
    assert isinstance(app, LedgerApp)  # noqa: S101 (the label is ours)
    return app.options
