"""Addresses of the exchange's console, below /office/."""

from __future__ import annotations

from django.urls import path

from divan.front.backoffice.views.exchange import console, doubts, evidence

urlpatterns = [
    path("exchange/console/", console.console, name="exchange-console"),
    path("exchange/console/find/", console.find, name="find-message"),
    path("exchange/containers/<path:message_id>/", evidence.container, name="message-container"),
    path("exchange/in-doubt/<str:request_id>/", doubts.settle, name="settle-doubt"),
]
