"""A case is opened from a received letter: the service is chosen, then for whom and what the letter gives."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from divan.dealings.cases import actions
from divan.dealings.cases import queries as cases
from divan.dealings.cases.values import AnswersRefused, LetterOpensNoCase, ServiceNotElectronic
from divan.dealings.correspondence import queries
from divan.foundation import clock
from divan.foundation.errors import Refusal
from divan.foundation.http.access import STAFF, access
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.fields import ErrorSummary
from divan.foundation.ui.refusals import text_of
from divan.front.backoffice.duties import own_post
from divan.front.backoffice.letter_opening import opening_fields, opening_form, read_opening, services_of
from divan.front.texts.answers import problem_text
from divan.front.texts.words import word
from divan.registers.catalogue.values import ServiceUnknown
from divan.registers.people import queries as people

REFUSED = (AnswersRefused, LetterOpensNoCase, ServiceNotElectronic, ServiceUnknown)


@access(STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def open_case(request: HttpRequest, letter: UUID) -> HttpResponse:
    """Open a case from a letter: without a service these are offered; what is refused is said and nothing is lost.

    :raises LetterUnknown: if the letter is not for this post.
    :raises LetterOpensNoCase: if no case is opened from it by this post.
    """
    post, now, language = own_post(request), clock.now(), get_language() or "fa"
    found = queries.get_letter_for(letter, post, now)
    if (reason := cases.why_no_case(found, post)) is not None:
        raise LetterOpensNoCase(reason=reason)
    body = people.find_units([found.body_uuid])[found.body_uuid]
    offered = services_of(body.code, language)
    chosen = next((one for one in offered if one.code == request.GET.get("service")), None)
    if chosen is None:
        values = {"letter": found, "services": offered, "body": body.name(language)}
        return render(request, "backoffice/letters/choose_service.html", values)
    form = opening_form(queries.content_of(letter), chosen, language, now)
    problems: dict[str, str] = {}
    general: list[str] = []
    if request.method == "POST":
        opening, problems = read_opening(form, request.POST)
        if opening is not None:
            try:
                case = actions.open_case_from_letter(letter=letter, opening=opening, actor=actor_of(request), now=now)
            except REFUSED as refusal:
                general = _said(refusal)
            else:
                messages.success(request, _("The application was begun. Complete what the letter does not say."))
                return redirect("backoffice:entry", case.uuid)
    fields = opening_fields(form, request.POST if request.method == "POST" else None, problems)
    summary = ErrorSummary.of(fields, general)
    values = {"letter": found, "form": form, "fields": fields, "error_summary": summary}
    return render(request, "backoffice/letters/open_case.html", values, status=422 if summary else 200)


def _said(refusal: Refusal) -> list[str]:
    if isinstance(refusal, LetterOpensNoCase):
        return [word("letter-opens-no-case", str(refusal.facts["reason"]))]
    faults = refusal.facts.get("faults") if isinstance(refusal, AnswersRefused) else None
    if isinstance(faults, tuple):
        return [problem_text(fault.code, fault.facts) for fault in faults]
    return [str(text_of(refusal).title)]
