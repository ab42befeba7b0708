"""The exchange as a Django app; reads settings once into typed options."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.apps import AppConfig, apps


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeOptions:
    """What the exchange is told by the installation.

    ``control`` is the folder of the control plane: ``snapshot-key.pem`` signs snapshots, ``seal-key.pem`` seals what
    goes to other installations, ``client.pem`` is the key and certificate of our own subsystem, ``authorities.pem``
    what the gateway's certificate must chain to. ``gateway`` is the folder that the gateway reads and writes:
    ``snapshot.jws``, ``callers.pem`` (who vouches for callers), ``shown.pem`` (what it shows to others),
    ``subject-keys.json``, ``evidence-key.pub`` (several keys may stand in it, former ones too) and ``evidence/``.
    ``address`` is where our own client reaches the gateway, ``public`` where those of other installations do;
    ``subsystem`` and ``server`` are the addresses of our subsystem and of the gateway on the exchange.
    """

    rehearsal: bool
    control: Path
    gateway: Path
    address: str
    subsystem: str
    server: str
    public: str = ""


class ExchangeApp(AppConfig):
    """Members, data services, permits, snapshots and evidence."""

    name = "divan.trust.exchange"
    label = "exchange"
    options: ExchangeOptions

    def ready(self) -> None:
        """Read the settings and declare the subjects."""
        from django.conf import settings  # noqa: PLC0415 (settings are complete only now)

        from divan.foundation import facts  # noqa: PLC0415 (models load after the app registry)
        from divan.trust.exchange import models  # noqa: PLC0415 (as above)

        self.options = settings.EXCHANGE
        subjects = (
            models.Member,
            models.Subsystem,
            models.Group,
            models.DataService,
            models.PermitRequest,
            models.Permit,
            models.Certificate,
            models.Agreement,
            models.SnapshotVersion,
            models.Segment,
            models.EvidenceStamp,
            models.SettledDoubt,
        )
        for model in subjects:
            facts.register_subject(model.subject_kind, facts.subjects_of(model))


def options() -> ExchangeOptions:
    """Return what the installation told the exchange."""
    app = apps.get_app_config("exchange")
    assert isinstance(app, ExchangeApp)  # noqa: S101 (the label is ours)
    return app.options
