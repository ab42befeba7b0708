"""The back office as a Django app; it keeps nothing."""

from __future__ import annotations

from django.apps import AppConfig


class BackofficeApp(AppConfig):
    """The officer's door."""

    name = "divan.front.backoffice"
    label = "backoffice"
