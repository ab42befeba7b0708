"""The sections of the secretariat's pages, with how much waits in each."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from divan.dealings.correspondence import queries
from divan.foundation.ui.frame import Link
from divan.registers.people.values import Post

MOST_COUNTED = 999
"""Counting further would read a whole desk for a number that nobody needs."""


def sections_of(post: Post, at: datetime, here: str) -> list[Link]:
    """Return the links to the sections of the secretariat; what waits is counted up to the post's clearance."""
    waiting = queries.intakes_for(post, at).filter(state__in=("waiting", "broken"))[:MOST_COUNTED].count()
    at_desk = queries.dispatches_for(post, at).filter(state__in=queries.AT_DESK)[:MOST_COUNTED].count()
    links: list[tuple[str, str, int | None]] = [
        ("arrivals", _("Letters that arrived"), waiting),
        ("dispatch-desk", _("To be sent"), at_desk),
        ("registers", _("Registers"), None),
        ("terms", _("Basic information"), None),
    ]
    if queries.heads_body(post):
        links += [("clearances", _("Clearances"), None), ("secretariats", _("Secretariats"), None)]
    return [Link(reverse(f"backoffice:{name}"), label, name == here, count) for name, label, count in links]
