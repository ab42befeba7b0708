"""Why the flow of a service does not allow an action, in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FLOW_REASONS: Mapping[str, Promise | str] = {
    "flow.unknown-step": _("The service has no such step."),
    "flow.action-not-offered": _("This cannot be chosen in this step."),
    "flow.codes-required": _(
        "Choose at least one requirement that is not met: a refusal names them, and nothing else."
    ),
    "flow.unknown-codes": _("One of the requirements does not belong to this service."),
    "flow.codes-not-accepted": _("No requirement is to be named with this choice."),
    "flow.text-required": _("Write the text of the letter."),
    "flow.note-required": _("Write a note for whoever receives it."),
    "flow.nothing-proposed": _("There is no draft to decide on."),
    "flow.no-flow": _("This service has no steps here."),
    "flow.withdrawal-too-late": _("It is too late to withdraw."),
}
"""By the code that the library gives as ``reason``."""
