"""The chart out of a workbook: first what it would do, row by row, then, if one wants it, the taking over."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from divan.foundation import clock, files
from divan.foundation.actors import Actor
from divan.foundation.errors import NotFound, Refusal, Trouble
from divan.foundation.http.access import access
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.fields import ErrorSummary, Field
from divan.foundation.ui.refusals import text_of
from divan.front.backoffice.duties import ORGANISATION, require_unlimited
from divan.registers.people import actions
from divan.registers.people import queries as people
from divan_libs.orgchart import words
from divan_libs.orgchart.reading import read_chart
from divan_libs.orgchart.values import MAX_BYTES, Chart, ChartUnreadable, Finding, Plan

MOST_CHANGES = 600
"""So many changes are taken over while a page waits; `divan people import` takes over any number."""

MOST_LINES = 400
"""So many findings and changes are shown; the sums count them all."""

KEPT_FOR = 24 * 3600
KEPT_AS = "application/octet-stream"
_SALT = "organisation.chart"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A finding in words."""

    place: str
    row: int
    column: str
    value: str
    code: str
    said: str
    hinders: bool


@access(ORGANISATION)
@require_http_methods(["GET", "POST"])
def load(request: HttpRequest) -> HttpResponse:
    """Take a workbook, say what it would do, and take it over when asked to: nothing is changed before.

    Between the two the file lies in the store; it leaves after two days, and its key opens to nobody else.
    """
    require_unlimited(request)
    actor, now = actor_of(request), clock.now()
    kept = request.POST.get("kept", "")
    try:
        if request.method == "POST" and kept:
            return _take_over(request, kept, actor, now)
        if request.method == "POST":
            return _report(request, *_receive(request, actor, now), now)
    except ChartUnreadable as problem:
        return _ask(request, words.said(words.SENTENCES, problem.code, _language()))
    except NotFound:
        return _ask(request, _("The file is no longer kept. Choose it once more."))
    except (Refusal, Trouble) as refusal:
        return _ask(request, str(text_of(refusal).title))
    return _ask(request)


def _language() -> str:
    return "en" if get_language() == "en" else "fa"


def _ask(request: HttpRequest, problem: str = "") -> HttpResponse:
    hint = _("XLSX with sheets of units, posts and holders, of at most %(size)s MB.") % {"size": MAX_BYTES // 2**20}
    field = Field("file", "file", _("Workbook"), hint, "", [problem] if problem else [], attributes={"accept": ".xlsx"})
    values = {"field": field, "error_summary": ErrorSummary.of([field])}
    return render(request, "backoffice/organisation/import.html", values, status=422 if problem else 200)


def _receive(request: HttpRequest, actor: Actor, now: datetime) -> tuple[Chart, str]:
    """Read and keep what was handed in; return the chart and the key under which the file is found again."""
    upload = request.FILES.get("file")
    if upload is None or (upload.size or 0) > MAX_BYTES:
        raise ChartUnreadable("size", limit=MAX_BYTES)
    content = upload.read()
    chart = _read(content)
    stored = files.store_received(
        name=(upload.name or "chart.xlsx")[:120], content=content, media_type=KEPT_AS, actor=actor, now=now
    )
    return chart, signing.dumps([str(stored.uuid), str(actor.uuid)], salt=_SALT)


def _read(content: bytes) -> Chart:
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as written:
        written.write(content)
        written.flush()
        return read_chart(Path(written.name))


def _report(request: HttpRequest, chart: Chart, kept: str, now: datetime) -> HttpResponse:
    plan = people.plan_chart(chart, now)
    language = _language()
    values = {
        "remarks": [_remark(one, language) for one in plan.findings[:MOST_LINES]],
        "sums": [
            (words.said(words.DEEDS, deed, language), count)
            for deed, count in Counter(change.deed for change in plan.changes).items()
        ],
        "changes": [
            (words.said(words.DEEDS, one.deed, language), one.code, _fields(one.sheet, one.fields, language), one.row)
            for one in plan.changes[:MOST_LINES]
        ],
        "hindered": len(plan.hindrances),
        "unshown": max(0, len(plan.changes) - MOST_LINES),
        "is_too_large": len(plan.changes) > MOST_CHANGES,
        "kept": kept,
    }
    status = 422 if plan.hindrances else 200
    return render(request, "backoffice/organisation/report.html", values, status=status)


def _fields(sheet: object, names: tuple[str, ...], language: str) -> str:
    return " · ".join(words.heading_any(sheet, name, language) for name in names)  # type: ignore[arg-type]  # the sheet of a change


def _remark(finding: Finding, language: str) -> Remark:
    return Remark(
        place=words.TITLES[finding.sheet],
        row=finding.row,
        column=words.heading_any(finding.sheet, finding.column, language),
        value=finding.value,
        code=finding.code,
        said=words.said(words.SENTENCES, finding.code, language),
        hinders=finding.hinders,
    )


def _take_over(request: HttpRequest, kept: str, actor: Actor, now: datetime) -> HttpResponse:
    """Take over the kept file tree by tree; what was cut off comes with the next time.

    :raises NotFound: if the key is nobody's or another's, or the file has left.
    """
    try:
        file, owner = signing.loads(kept, salt=_SALT, max_age=KEPT_FOR)
    except signing.BadSignature as error:
        raise NotFound from error
    if owner != str(actor.uuid):
        raise NotFound
    chart = _read(files.read_file(UUID(file)))
    plan = people.plan_chart(chart, now)
    if plan.hindrances or len(plan.changes) > MOST_CHANGES:
        return _report(request, chart, kept, now)
    done = _take_over_parts(chart, actor)
    text = _("The chart was taken over.") if done else _("Nothing was to be changed.")
    messages.success(request, text)
    return redirect("backoffice:organisation")


def _take_over_parts(chart: Chart, actor: Actor) -> int:
    plans: list[Plan] = [
        actions.take_over_chart(chart=part, actor=actor, now=clock.now()) for part in people.split_chart(chart)
    ]
    return sum(len(plan.changes) for plan in plans)
