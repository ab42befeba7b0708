"""What the portal is told by the installation."""

from __future__ import annotations

from dataclasses import dataclass

from django.apps import apps


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalOptions:
    """What the portal is told by the installation."""

    province_code: str
    base_url: str
    rehearsal: bool
    rehearsal_phone: str


def options() -> PortalOptions:
    """Return what the installation told the portal."""
    found: PortalOptions = apps.get_app_config("portal").options  # type: ignore[attr-defined]  # set when the app is ready
    return found
