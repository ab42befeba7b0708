"""The state of the log, for everybody who works here."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from divan.foundation.http.access import STAFF, access
from divan.foundation.ui.pieces import Measure
from divan.front.texts.words import TONES, word
from divan.trust.ledger import queries
from divan.trust.ledger.values import Fault, LogState


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
        "entries": [(one, word("context", one.fact_kind.partition(".")[0])) for one in queries.list_recent(20)],
    }
    return render(request, "backoffice/ledger.html", values)


def _measures(state: LogState) -> list[Measure]:
    return [
        Measure(_("Sealed entries"), state.size if state.is_open else None),
        Measure(_("Published"), state.published_size if state.is_open else None),
        Measure(_("Waiting to be sealed"), state.pending, tone="waiting" if state.pending else "good"),
    ]
