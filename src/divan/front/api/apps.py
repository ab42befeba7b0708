"""The interface for machines as a Django app; it keeps nothing."""

from __future__ import annotations

from django.apps import AppConfig


class ApiApp(AppConfig):
    """The door for machines."""

    name = "divan.front.api"
    label = "api"

    def ready(self) -> None:
        """Let the refusals of this door have their words."""
        from divan.front.api import texts  # noqa: PLC0415 (translations are ready only now)

        texts.declare_all()
