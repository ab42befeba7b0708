"""The ways between the pages of the exchange, for who acts there."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.frame import Link
from divan.trust.exchange import queries


def sections(request: HttpRequest, current: str) -> list[Link]:
    """Return the ways between the sections, with how many requests wait for the visitor."""
    waiting = queries.count_waiting(actor_of(request))
    return [
        Link(reverse(f"backoffice:{name}"), label, current=name == current, count=count)
        for name, label, count in (
            ("exchange", _("Requests"), waiting or None),
            ("permits", _("Permits"), None),
            ("exchange-members", _("Members"), None),
            ("exchange-services", _("Data services"), None),
            ("exchange-groups", _("Groups"), None),
            ("exchange-certificates", _("Certificates"), None),
        )
    ]


def language() -> str:
    """Return the language of the page, as the exchange knows it."""
    return "en" if get_language() == "en" else "fa"
