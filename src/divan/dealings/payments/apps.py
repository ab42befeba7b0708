"""Payments as a Django app; reads settings once into typed options."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.apps import AppConfig, apps


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentsOptions:
    """What payments is told by the installation: where the bank is, who we are there, and the key both sides know.

    ``return_address`` is where the bank sends payers back to, with ``{payment}`` for the attempt.
    """

    return_address: str
    bank_address: str
    bank_terminal: str
    bank_key: str


class PaymentsApp(AppConfig):
    """Invoices, payments, refunds and reconciliation."""

    name = "divan.dealings.payments"
    label = "payments"
    options: PaymentsOptions

    def ready(self) -> None:
        """Read the settings and declare the subjects; those with lines are loaded together with them."""
        from django.conf import settings  # noqa: PLC0415 (settings are complete only now)

        from divan.dealings.payments import models  # noqa: PLC0415 (models load after the app registry)
        from divan.foundation import facts  # noqa: PLC0415 (as above)

        self.options = settings.PAYMENTS
        for model in (models.Account, models.Payment, models.Difference):
            facts.register_subject(model.subject_kind, facts.subjects_of(model))

        def invoices(uuids: Iterable[UUID]) -> Iterable[facts.Subject]:
            return models.Invoice.objects.filter(uuid__in=list(uuids)).prefetch_related("lines")

        def refunds(uuids: Iterable[UUID]) -> Iterable[facts.Subject]:
            return models.RefundOrder.objects.filter(uuid__in=list(uuids)).prefetch_related("shares")

        def statements(uuids: Iterable[UUID]) -> Iterable[facts.Subject]:
            return models.Statement.objects.filter(uuid__in=list(uuids)).prefetch_related("lines")

        facts.register_subject(models.Invoice.subject_kind, invoices)
        facts.register_subject(models.RefundOrder.subject_kind, refunds)
        facts.register_subject(models.Statement.subject_kind, statements)


def options() -> PaymentsOptions:
    """Return what the installation told payments."""
    app = apps.get_app_config("payments")
    assert isinstance(app, PaymentsApp)  # noqa: S101 (the label is ours)
    return app.options
