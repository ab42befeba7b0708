"""What an applicant may say of a case that was sent: add a paper, object, rate; and begin again from a permit."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from divan.dealings.cases import actions, queries
from divan.dealings.cases.values import AdditionNotPossible, ObjectionNotPossible, PermitUnknown, RatingNotPossible
from divan.foundation import clock, files
from divan.foundation.errors import Refusal, Trouble
from divan.foundation.http.access import SIGNED_IN, access
from divan.foundation.http.media import file_answer
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.fields import ErrorSummary, Field, Option
from divan.foundation.ui.refusals import text_of
from divan.front.portal.account import account_tabs
from divan.front.portal.case_page import shown_permit
from divan.front.portal.views.apply import own_case

LONGEST = 5000


_NOT_TAKEN: tuple[type[Exception], ...] = (
    AdditionNotPossible,
    Trouble,
    files.FileEmpty,
    files.FileTooLarge,
    files.FileTypeUnknown,
    files.FileMislabelled,
    files.FileInfected,
)
"""Why a file is not added, to be said beside its field."""


def _language() -> str:
    return get_language() or "fa"


@access(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, case: UUID) -> HttpResponse:
    """Add a file with a note to a case that runs; officers find it as new."""
    found = own_case(request, case)
    note, wrong_note, wrong_file = request.POST.get("note", "")[:LONGEST], [], []
    if request.method == "POST":
        upload = request.FILES.get("file")
        if not note.strip():
            wrong_note.append(_("Write what the file is and why you add it."))
        if upload is None:
            wrong_file.append(_("Choose a file."))
        if upload is not None and not wrong_note:
            actor, now = actor_of(request), clock.now()
            try:
                stored = files.store_upload(name=upload.name or "file", content=upload.chunks(), actor=actor, now=now)
                actions.add_document(case=case, note=note, file=stored, actor=actor, now=now)
            except (Refusal, Trouble) as refusal:
                if not isinstance(refusal, _NOT_TAKEN):
                    raise
                wrong_file.append(str(text_of(refusal).title))
            else:
                messages.success(request, _("The file was added; whoever has your case sees it as new."))
                return redirect("portal:case", case)
    fields = [
        Field("note", "long-text", _("What is it, and why do you add it?"), "", note, wrong_note),
        Field(
            "file", "file", _("File"), _("PDF, JPEG or PNG"), "", wrong_file, attributes={"accept": ".pdf,.jpg,.png"}
        ),
    ]
    values = {"case": found, "fields": fields, "error_summary": ErrorSummary.of(fields)}
    return render(request, "portal/add.html", values, status=422 if wrong_note or wrong_file else 200)


@access(SIGNED_IN)
@require_safe
def addition(request: HttpRequest, case: UUID, file: UUID) -> HttpResponse:
    """Give a file back that one added to a case."""
    own_case(request, case)
    return file_answer(*queries.case_file_bytes(case, file))


@access(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def object_to(request: HttpRequest, case: UUID) -> HttpResponse:
    """Object to the newest decision of a case with a reason; another decider hears it."""
    found = own_case(request, case)
    text, wrong = request.POST.get("text", "")[:LONGEST], []
    if request.method == "POST":
        try:
            actions.raise_objection(case=case, text=text, actor=actor_of(request), now=clock.now())
        except ObjectionNotPossible as refusal:
            if refusal.facts.get("reason") != "no-reason":
                raise
            wrong.append(_("Write why the decision is not right."))
        else:
            messages.success(request, _("Your objection was recorded; somebody else than before looks at the case."))
            return redirect("portal:case", case)
    elif queries.objection_until(found) is None:
        raise ObjectionNotPossible(reason="not-heard")
    package, language = queries.get_package_of(found), _language()
    hint = _("Name the facts that were not seen, or seen wrongly. Papers can be added on the page of the case.")
    fields = [Field("text", "long-text", _("Why is the decision not right?"), hint, text, wrong)]
    values = {
        "case": found,
        "outcome": package.text(f"outcomes.{found.outcome}.title", language) if found.outcome else "",
        "until": queries.objection_until(found),
        "fields": fields,
        "error_summary": ErrorSummary.of(fields),
    }
    return render(request, "portal/object.html", values, status=422 if wrong else 200)


STARS = ("5", "4", "3", "2", "1")


@access(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def rate(request: HttpRequest, case: UUID) -> HttpResponse:
    """Say once, after the answer, how one was served."""
    found = own_case(request, case)
    stars, words, wrong = request.POST.get("stars", ""), request.POST.get("words", "")[:LONGEST], []
    if request.method == "POST":
        try:
            number = int(stars) if stars in STARS else 0
            actions.rate_case(case=case, stars=number, words=words, actor=actor_of(request), now=clock.now())
        except RatingNotPossible as refusal:
            if refusal.facts.get("reason") != "stars":
                raise
            wrong.append(_("Choose one of the five."))
        else:
            messages.success(request, _("Thank you. Your rating counts for this service."))
            return redirect("portal:case", case)
    elif queries.find_rating(case) is not None:
        raise RatingNotPossible(reason="rated-before")
    said = (_("Very good"), _("Good"), _("Neither good nor bad"), _("Bad"), _("Very bad"))
    options = [Option(value, label) for value, label in zip(STARS, said, strict=True)]
    fields = [
        Field("stars", "choice", _("How were you served?"), "", stars, wrong, options=options),
        Field("words", "long-text", _("Anything else?"), _("You may leave this open."), words, required=False),
    ]
    values = {"case": found, "fields": fields, "error_summary": ErrorSummary.of(fields)}
    return render(request, "portal/rate.html", values, status=422 if wrong else 200)


@access(SIGNED_IN)
@require_safe
def permits(request: HttpRequest) -> HttpResponse:
    """List one's permits with what may be begun about each."""
    actor = actor_of(request)
    held = queries.list_permits_of(actor.uuid) if actor.uuid else []
    lines = [shown_permit(one, _language(), clock.now()) for one in held]
    tabs = account_tabs(actor.uuid, "permits") if actor.uuid else []
    return render(request, "portal/permits.html", {"lines": lines, "account_tabs": tabs})


@access(SIGNED_IN)
@require_POST
def entry(request: HttpRequest, permit: UUID, entry: str) -> HttpResponse:
    """Begin a renewal or amendment of one's permit as a draft that carries over what is known."""
    case = actions.begin_entry(
        permit=permit, entry=entry, language=_language(), actor=actor_of(request), now=clock.now()
    )
    return redirect("portal:application", case.uuid)


@access(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def hand_back(request: HttpRequest, permit: UUID) -> HttpResponse:
    """Hand one's permit back after asking once more."""
    held = queries.get_permit(permit)
    actor, now = actor_of(request), clock.now()
    if held.holder != actor.uuid:
        raise PermitUnknown
    if request.method == "POST":
        actions.hand_back_permit(permit=permit, actor=actor, now=now)
        messages.success(request, _("The permit was handed back."))
        return redirect("portal:permits")
    return render(request, "portal/hand_back.html", {"shown": shown_permit(held, _language(), now)})
