"""Words and refusals of persons, bodies, units and posts."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = Promise | str

WORDS: Mapping[str, Mapping[str, Promise | str]] = {
    "unit-kind": {"body": _("Body"), "unit": _("Unit")},
    "unit-level": {
        "province": _("the province"),
        "county": _("a county"),
        "district": _("a district"),
        "village": _("a village"),
    },
    "unit-event": {
        "renamed": _("Renamed; until then it was called:"),
        "moved": _("Moved; until then it stood below:"),
        "closed": _("The unit was closed."),
        "succeeded": _("Succeeded by:"),
    },
    "unit-problem": {
        "name": _("Write a name of at most 200 characters."),
        "legal-basis": _("Write the law or decision, in at most 300 characters."),
        "day": _("The day must not lie in the future."),
        "no-day": _("Write the day."),
        "below-itself": _("It cannot stand below itself."),
        "no-parent": _("Only a body may stand below none."),
        "successor": _("It cannot succeed itself."),
    },
}

REFUSALS: Mapping[str, tuple[Text, Text, Text]] = {
    "people.unit-unknown": (_("There is no such body or unit."), "", _("Look for it in the tree of the organisation.")),
    "people.unit-closed": (
        _("This unit was closed."),
        _("“%(name)s” is closed; nothing of it changes any more."),
        _("See who succeeds it."),
    ),
    "people.unit-unfit": (_("The unit cannot be changed so."), _("Nothing was changed."), ""),
    "people.unit-occupied": (
        _("The unit is not empty."),
        _("Held posts: %(posts)s. Units below it: %(units)s."),
        _("Move them first, or merge the unit into another."),
    ),
    "people.own-post": (
        _("Nobody changes their own post."),
        _("The workbook gives you a post, or changes one that you hold. Nothing was taken over."),
        _("Let somebody else take these rows over."),
    ),
}
