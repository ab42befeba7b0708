"""The state of the log, for everybody who works here."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from divan.foundation.http.access import STAFF, access
from divan.foundation.ui.pieces import Measure
from divan.front.texts.ledger import FAULTS, PARTS
from divan.front.texts.words import TONES, word
from divan.trust.ledger import queries
from divan.trust.ledger.values import Examination, Fault, LogState


@access(STAFF)
@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """Show how far the log is sealed and published, its key, and the newest entries by the context they came from.

    Which person or case an entry belongs to is not shown: the log is one list for the whole province.
    """
    state = queries.log_state()
    standing = str(state.standing or "")
    values = {
        "state": state,
        "figures": _measures(state),
        "standing": word("log-standing", standing) if standing else "",
        "tone": TONES.get(standing, "solid-bad"),
        "is_doubted": bool(state.doubt) or standing in {"ahead", "different"},
        "is_unreadable": state.doubt == Fault.CHECKPOINT_INVALID,
        "examined": _examined(queries.find_last_examination()),
        "under_way": _examined(queries.find_examination_under_way()),
        "entries": [(one, word("context", one.fact_kind.partition(".")[0])) for one in queries.list_recent(20)],
    }
    return render(request, "backoffice/ledger.html", values)


def _examined(found: Examination | None) -> dict[str, object] | None:
    """Return an examination as the page tells it: what of each part was looked at, and each finding in words."""
    if found is None:
        return None
    return {
        "itself": found,
        "parts": [(PARTS[part], found.progress[part]) for part in PARTS if part in found.progress],
        "findings": [(FAULTS[one.code], one) for one in found.findings],
        "further": found.found - len(found.findings),
    }


def _measures(state: LogState) -> list[Measure]:
    return [
        Measure(_("Sealed entries"), state.size if state.is_open else None),
        Measure(_("Published"), state.published_size if state.is_open else None),
        Measure(_("Waiting to be sealed"), state.pending, tone="waiting" if state.pending else "good"),
    ]
