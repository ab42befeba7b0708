"""Line drawings on a grid of 24, drawn in the colour of the text around them."""

from __future__ import annotations

from types import MappingProxyType

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

ICONS = MappingProxyType(
    {
        "alert": '<path d="M12 4v9.5M12 18.5v.5"/>',
        "arrow": '<path d="M5 12h14M13 6l6 6-6 6"/>',
        "back": '<path d="M15 5l-7 7 7 7"/>',
        "building": '<path d="M4 20h16M6 20V9l6-5 6 5v11M10 20v-5h4v5"/>',
        "check": '<path d="M5 12.5l4.5 4.5L19 7.5"/>',
        "clock": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5l3.5 2"/>',
        "copy": '<path d="M9 9h10v11H9zM15 9V5H5v11h4"/>',
        "cross": '<path d="M6 6l12 12M18 6L6 18"/>',
        "document": '<path d="M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6"/>',
        "download": '<path d="M12 4v11M7 10.5l5 5 5-5M5 20h14"/>',
        "eye": '<path d="M3 12c2-4 5-6 9-6s7 2 9 6c-2 4-5 6-9 6s-7-2-9-6z"/><circle cx="12" cy="12" r="3"/>',
        "globe": '<circle cx="12" cy="12" r="8.5"/><path d="M3.5 12h17M12 3.5c5 5 5 12 0 17M12 3.5c-5 5-5 12 0 17"/>',
        "letter": '<path d="M3.5 6h17v12h-17zM3.5 7l8.5 6 8.5-6"/>',
        "pause": '<path d="M9 6v12M15 6v12"/>',
        "person": '<circle cx="12" cy="8" r="4"/><path d="M4.5 20c1-4 4-6 7.5-6s6.5 2 7.5 6"/>',
        "phone": '<path d="M8 3h8v18H8zM11 18h2"/>',
        "print": '<path d="M7 9V4h10v5M7 17H4v-8h16v8h-3M7 14h10v6H7z"/>',
        "search": '<circle cx="10.5" cy="10.5" r="6"/><path d="M15 15l5 5"/>',
        "seal": '<circle cx="12" cy="9.5" r="5.5"/><path d="M8.5 14l-1.5 7 5-2.5 5 2.5-1.5-7M9.8 9.500l1.6 1.6 3-3"/>',
        "shield": '<path d="M12 3l7.5 3v6c0 4.5-3 7.5-7.5 9-4.5-1.5-7.5-4.5-7.5-9V6z"/>',
    }
)
_TURNING = frozenset({"arrow", "back"})


def icon(name: str, extra: str = "") -> SafeString:
    """Return a drawing that screen readers pass over; words beside it say the same. Arrows turn with the direction.

    :raises KeyError: for a name that is not drawn.
    """
    classes = " ".join(part for part in ("icon", "icon--turns" if name in _TURNING else "", extra) if part)
    drawing = mark_safe(ICONS[name])  # noqa: S308 (a constant above)
    return format_html(
        '<svg class="{}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>', classes, drawing
    )
