"""The look as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class UiApp(AppConfig):
    """Templates, tags and static files of every page."""

    name = "divan.foundation.ui"
    label = "ui"

    def ready(self) -> None:
        """Give the foundation's own refusals and troubles their texts."""
        from divan.foundation.ui import foundation_texts  # noqa: PLC0415 (texts are lazy, but the catalogues load after the registry)

        foundation_texts.declare()
