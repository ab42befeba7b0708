"""What keeps a request from being sent, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from divan_libs.servicepack.models import Package


def missing_text(package: Package, kind: str, code: str, language: str) -> str:
    """Return what is missing: an answer by its question, a requirement by its title, a condition by its rejection."""
    if kind == "answer":
        return _("Not answered yet: %(question)s") % {"question": package.text(f"questions.{code}.label", language)}
    said = {
        "inquiry": _("Not confirmed yet: %(need)s"),
        "mandate": _("Not confirmed yet: %(need)s"),
        "signature": _("Not signed yet: %(need)s"),
        "appointment": _("No time chosen yet: %(need)s"),
        "payment": _("Not paid yet: %(need)s"),
    }.get(kind)
    if said:
        return said % {"need": package.text(f"needs.{code}.title", language)}
    return package.text(f"needs.{code}.rejection", language)
