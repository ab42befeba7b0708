"""What an officer may do in a step besides deciding: stop the clocks, step aside, note something for colleagues."""

from __future__ import annotations

from django.utils.translation import gettext as _

from divan.dealings.cases.values import LONGEST_NOTE
from divan.foundation.ui.fields import Field, Option
from divan.front.texts.laws import shown_law
from divan.front.texts.words import clock_in_words
from divan_libs.servicepack.models import Package


def law_of(package: Package, step: str) -> str:
    """Return the law of a step with its article, "" for a step without one."""
    found = package.flow.step(step)
    return str(shown_law(package.card, found.law, short=True)) if found is not None and found.law else ""


def pause_fields(
    package: Package, step: str, language: str, *, reason: str = "", note: str = "", problem: str = ""
) -> list[Field]:
    """Return the questions of a pause: for which coded reason, and a note; none where the step allows no pause."""
    found = package.flow.step(step)
    options = []
    for code in found.pauses if found else ():
        declared = package.flow.pause(code)
        if declared is not None:
            longest = _("at most %(span)s; %(law)s") % {
                "span": clock_in_words(declared.longest),
                "law": shown_law(package.card, declared.law, short=True),
            }
            options.append(Option(code, package.text(f"pauses.{code}.title", language), longest))
    if not options:
        return []
    errors = [problem] if problem else []
    return [
        Field("reason", "choice", _("Why do the clocks stand still?"), "", reason, errors, options=options),
        _long("note", _("Note for the history of the case"), "", note, required=False),
    ]


def recusal_field(typed: str = "", problem: str = "") -> Field:
    """Return the question for the reason of a recusal."""
    hint = _("For example that you are a relative of the applicant. It is recorded; the applicant does not read it.")
    return _long("recusal", _("Why may you not decide here?"), hint, typed, problem)


def note_field(typed: str = "", problem: str = "") -> Field:
    """Return the question for an internal note."""
    hint = _("Officers who have a say in this case read it. The applicant never does.")
    return _long("note-text", _("New note"), hint, typed, problem)


def _long(name: str, label: str, hint: str, typed: str, problem: str = "", *, required: bool = True) -> Field:
    return Field(
        name,
        "long-text",
        label,
        hint,
        typed,
        [problem] if problem else [],
        required,
        attributes={"rows": "3", "maxlength": str(LONGEST_NOTE)},
    )
