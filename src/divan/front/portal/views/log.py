"""The log for everybody: its size, who vouches for it, each entry with its proof, and whether all of it holds."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language_bidi, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from divan.foundation import clock
from divan.foundation.http.access import PUBLIC, access
from divan.foundation.http.media import bytes_answer
from divan.foundation.ui.fields import ErrorSummary, Field
from divan.foundation.ui.numbers import ago, digits, number
from divan.front.portal.log_drawings import Direction, covered, growth_drawing, proof_drawing
from divan.front.portal.log_monitor import measure
from divan.trust.ledger import queries as ledger
from divan.trust.ledger.values import ProvedEntry, WitnessState
from divan_libs.persian.text import latin_digits
from divan_libs.tlog.errors import TlogError


def _direction() -> Direction:
    return "rtl" if get_language_bidi() else "ltr"


@access(PUBLIC)
@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """Show how far the log is, its signed head, its witnesses and its growth, and lead to any entry by its index."""
    state = ledger.log_state()
    wanted = latin_digits(request.GET.get("index", "").strip())[:20]
    error = ""
    if wanted:
        if wanted.isascii() and wanted.isdigit() and int(wanted) < state.published_size:
            return redirect("portal:log-entry", int(wanted))
        error = _("There is no such entry. The newest is %(index)s.") % {
            "index": number(max(state.published_size - 1, 0))
        }
    points = ledger.growth()
    field = Field(
        "index",
        "number",
        _("Index of an entry"),
        _("A whole number from zero; it stands in every receipt"),
        wanted,
        [error] if error else [],
    )
    values = {
        "state": state,
        "field": field,
        "error_summary": ErrorSummary.of([field]),
        "witnesses": [_witness(one) for one in ledger.list_witnesses()],
        "chart": growth_drawing(points, _("How the log grew"), _direction()),
        "points": points[:: max(len(points) // 6, 1)],
        "sound": measure(clock.now()).is_sound,
    }
    return render(request, "portal/log.html", values, status=422 if error else 200)


def _witness(one: WitnessState) -> dict[str, object]:
    now = clock.now()
    if one.cosigned_at is None:
        standing, tone = _("has not vouched yet"), "waiting"
    elif one.is_silent:
        standing, tone = _("silent"), "bad"
    elif one.trouble:
        standing, tone = _("did not answer lately"), "waiting"
    else:
        standing, tone = _("vouches"), "good"
    return {
        "name": one.name,
        "key": one.verifier,
        "standing": standing,
        "tone": tone,
        "size": one.cosigned_size,
        "at": one.cosigned_at,
        "ago": ago(one.cosigned_at, now) if one.cosigned_at else "",
        "trouble": one.trouble,
    }


def _proved(index: int) -> ProvedEntry:
    try:
        proved = ledger.prove_entry(index)
    except TlogError as error:
        # The monitor says the same in words; an entry that is not proved is not shown.
        raise Http404 from error
    if proved is None:
        raise Http404
    return proved


@access(PUBLIC)
@require_safe
def entry(request: HttpRequest, index: int) -> HttpResponse:
    """Show one entry with the proof of its place, drawn as a tree and as a table."""
    proved = _proved(index)
    hashes = len(proved.steps)
    label = ngettext(
        "Proof of entry %(index)s: %(count)s hash leads from it to the signed root",
        "Proof of entry %(index)s: %(count)s hashes lead from it to the signed root",
        hashes,
    ) % {"index": digits(index), "count": digits(hashes)}
    values = {
        "proved": proved,
        "label": label,
        "drawing": proof_drawing(proved, label, _("Entry"), _("Signed root"), _direction()),
        "steps": [(covered(step), step) for step in proved.steps],
        "before": index - 1 if index else None,
        "after": index + 1 if index + 1 < proved.size else None,
    }
    return render(request, "portal/log_entry.html", values)


@access(PUBLIC)
@require_safe
def proof(_request: HttpRequest, index: int) -> HttpResponse:
    """Give the proof of an entry's place as a file of C2SP tlog-proof."""
    content = _proved(index).proof.encode()
    return bytes_answer(content, name=f"{index}.tlog-proof", media_type="text/plain; charset=utf-8", download=True)


@access(PUBLIC)
@require_safe
def monitor(request: HttpRequest) -> HttpResponse:
    """Say in words whether everything holds: sealing, publishing, witnesses, the last examination."""
    found = measure(clock.now())
    return render(request, "portal/log_monitor.html", {"found": found, "state": found.state})
