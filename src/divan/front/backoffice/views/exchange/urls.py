"""Addresses of the exchange, below /office/."""

from __future__ import annotations

from django.urls import path

from divan.front.backoffice.views.exchange import evidence, permits

urlpatterns = [
    path("exchange/permits/", permits.permits, name="permits"),
    path("exchange/permits/new/", permits.grant, name="grant-permit"),
    path("exchange/permits/<uuid:permit>/revoke/", permits.revoke, name="revoke-permit"),
    path("exchange/evidence/", evidence.evidence, name="evidence"),
    path("exchange/evidence/<path:message_id>/", evidence.evidence_message, name="evidence-message"),
    path("exchange/in-doubt/", evidence.in_doubt, name="in-doubt"),
]
