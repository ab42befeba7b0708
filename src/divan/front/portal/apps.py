"""The portal as a Django app; it keeps nothing."""

from __future__ import annotations

from django.apps import AppConfig

from divan.front.portal.options import PortalOptions


class PortalApp(AppConfig):
    """The citizen's door."""

    name = "divan.front.portal"
    label = "portal"
    options: PortalOptions

    def ready(self) -> None:
        """Read the settings and let every refusal have its words."""
        from django.conf import settings  # noqa: PLC0415 (settings are complete only now)

        from divan.front.texts import refusals  # noqa: PLC0415 (translations are ready only now)

        self.options = settings.PORTAL
        refusals.declare_all()
