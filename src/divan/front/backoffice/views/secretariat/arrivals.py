"""What arrived at the own secretariats: the list of what waits, a letter handed in at the counter, its files."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from divan.dealings.correspondence import actions, queries
from divan.dealings.correspondence.values import (
    Arrived,
    Channel,
    Intake,
    IntakeState,
    IntakeUnknown,
    PagesUnfit,
    Party,
    PartyKind,
    SecretariatUnknown,
)
from divan.foundation import clock, files
from divan.foundation.errors import Refusal, Trouble
from divan.foundation.http.access import access
from divan.foundation.http.media import bytes_answer, file_answer
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.fields import ErrorSummary, Field, Option
from divan.foundation.ui.frame import Link
from divan.foundation.ui.refusals import text_of
from divan.front.backoffice.duties import KEEPERS, own_post
from divan.front.backoffice.secretariat.reading import Problems, errors, identifier, line, one_of
from divan.front.backoffice.secretariat.sections import sections_of
from divan.front.texts.words import TONES, word
from divan.registers.people.values import Post

PAGE = 50
MOST_FILES = 20
HANDED_IN = (Channel.COUNTER, Channel.SCAN, Channel.POST, Channel.COURIER, Channel.FAX, Channel.BY_HAND, Channel.E_MAIL)
"""Channels by which something comes that a clerk hands in."""

STATES = {
    "waiting": (IntakeState.WAITING, IntakeState.BROKEN),
    "registered": (IntakeState.REGISTERED,),
    "refused": (IntakeState.REFUSED, IntakeState.DOUBLE),
}

NOT_TAKEN: tuple[type[Exception], ...] = (
    PagesUnfit,
    files.FileEmpty,
    files.FileTooLarge,
    files.FileTypeUnknown,
    files.FileMislabelled,
    files.FileInfected,
    files.ScannerSilent,
)
"""Why pages are not taken, to be said beside their field."""


@access(KEEPERS)
@require_safe
def arrivals(request: HttpRequest) -> HttpResponse:
    """List what waits at the own secretariats to be registered, oldest first, or what became of the rest."""
    post, now, language = own_post(request), clock.now(), get_language() or "fa"
    state = request.GET.get("state", "")
    state = state if state in STATES else "waiting"
    rows = queries.intakes_for(post, now).filter(state__in=STATES[state])
    key = request.GET.get("after", "")
    after = int(key) if key.isascii() and key.isdigit() and len(key) < 18 else None
    oldest_first = state == "waiting"
    if after is not None:
        rows = rows.filter(id__gt=after) if oldest_first else rows.filter(id__lt=after)
    found = list(rows.order_by("id" if oldest_first else "-id")[: PAGE + 1])
    kept = {one.uuid: one for one in queries.secretariats_kept_by(post)}
    tabs = {"waiting": _("Waiting"), "registered": _("Registered ones"), "refused": _("Refused and double")}
    address = reverse("backoffice:arrivals")
    values = {
        "sections": sections_of(post, now, "arrivals"),
        "tabs": [Link(f"{address}?state={name}", label, current=name == state) for name, label in tabs.items()],
        "lines": [_shown(queries.intake_of(row)) for row in found[:PAGE]],
        "secretariats": {uuid: one.name(language) for uuid, one in kept.items()},
        "several": len(kept) > 1,
        "next_url": f"{address}?state={state}&after={found[PAGE - 1].id}" if len(found) > PAGE else "",
        "waits": oldest_first,
        "now": now,
    }
    return render(request, "backoffice/secretariat/arrivals.html", values)


def _shown(intake: Intake) -> dict[str, object]:
    return {
        "intake": intake,
        "channel": word("letter-channel", intake.channel),
        "state": word("intake-state", intake.state),
        "tone": TONES.get(intake.state, ""),
        "urgency": word("urgency", intake.arrived.urgency) if intake.arrived.urgency != "ordinary" else "",
        "secrecy": word("secrecy", intake.arrived.secrecy) if intake.arrived.secrecy != "ordinary" else "",
    }


@access(KEEPERS)
@require_http_methods(["GET", "POST"])
def hand_in(request: HttpRequest) -> HttpResponse:
    """Take in a letter on paper or from a disk: its pages as pictures or PDF become one document."""
    post, now, language = own_post(request), clock.now(), get_language() or "fa"
    problems: Problems = {}
    if request.method == "POST":
        key = line(request.POST, "key", 80)
        secretariat = _chosen(post, request.POST.get("secretariat", ""))
        channel = one_of(request.POST.get("channel", ""), _channels()) or str(Channel.COUNTER)
        if not request.FILES.getlist("pages"):
            problems["pages"] = _("Choose the pages of the letter.")
        elif len(request.FILES.getlist("pages")) + len(request.FILES.getlist("attachments")) > MOST_FILES:
            problems["pages"] = str(text_of(PagesUnfit()))
        else:
            try:
                taken = actions.take_in_pages(
                    secretariat=secretariat,
                    channel=Channel(channel),
                    key=key or str(uuid4()),
                    arrived=_handed_in(request),
                    pages=_uploads(request, "pages"),
                    attachments=_uploads(request, "attachments"),
                    actor=actor_of(request),
                    now=now,
                )
            except (Refusal, Trouble) as refusal:
                if not isinstance(refusal, NOT_TAKEN):
                    raise
                problems["pages"] = str(text_of(refusal))
            else:
                return redirect("backoffice:register-arrival", taken.uuid)
    fields = _hand_in_fields(request, post, language, problems)
    values = {
        "fields": fields,
        "key": line(request.POST, "key", 80) or str(uuid4()),
        "error_summary": ErrorSummary.of(fields),
    }
    return render(request, "backoffice/secretariat/hand_in.html", values, status=422 if problems else 200)


def _chosen(post: Post, typed: str) -> UUID:
    kept = queries.secretariats_kept_by(post)
    wanted = identifier(typed)
    for one in kept:
        if wanted is None or one.uuid == wanted:
            return one.uuid
    raise SecretariatUnknown


def _channels() -> list[Option]:
    return [Option(one, word("letter-channel", one)) for one in HANDED_IN]


def _handed_in(request: HttpRequest) -> Arrived:
    sender = Party(
        kind=PartyKind.OUTSIDE,
        organization=line(request.POST, "organization"),
        name=line(request.POST, "sender_name"),
    )
    return Arrived(
        sender=sender if str(sender) else None,
        subject=line(request.POST, "subject", 300),
        their_number=line(request.POST, "their_number", 60),
    )


def _uploads(request: HttpRequest, name: str) -> list[actions.Upload]:
    return [actions.Upload(name=one.name or "file", content=one.chunks()) for one in request.FILES.getlist(name)]


def _hand_in_fields(request: HttpRequest, post: Post, language: str, problems: Problems) -> list[Field]:
    typed = request.POST
    kept = queries.secretariats_kept_by(post)
    several: dict[str, str | bool] = {"multiple": True, "accept": ".pdf,.jpg,.jpeg,.png"}
    # Whoever takes in sixty letters a day begins with the pages, not with a walk through the head of the page.
    first = several if problems else {**several, "autofocus": True}
    secretariats = Field(
        "secretariat",
        "select",
        _("Secretariat"),
        "",
        typed.get("secretariat", ""),
        options=[Option(str(one.uuid), one.name(language)) for one in kept],
    )
    return [
        *([secretariats] if len(kept) > 1 else []),
        Field("channel", "select", _("How did it come?"), "", typed.get("channel", "counter"), options=_channels()),
        Field(
            "pages",
            "file",
            _("Pages of the letter"),
            _("Pictures or PDF, in their order; they become one document. Together at most 25 megabytes."),
            "",
            errors(problems, "pages"),
            attributes=first,
        ),
        Field("attachments", "file", _("Attachments"), _("PDF, JPEG or PNG"), "", (), False, attributes=several),
        Field("organization", "text", _("Organization that sent it"), "", typed.get("organization", ""), (), False),
        Field("sender_name", "text", _("Who signed or sent it"), "", typed.get("sender_name", ""), (), False),
        Field("their_number", "code", _("Their number"), "", typed.get("their_number", ""), (), False),
        Field("subject", "text", _("Subject"), "", typed.get("subject", ""), (), False),
    ]


@access(KEEPERS)
@require_safe
def file(request: HttpRequest, intake: UUID, file: UUID) -> HttpResponse:
    """Give a file of what arrived: the letter to look at, what is no PDF to keep.

    :raises IntakeUnknown: if it came to another secretariat, is above the clearance, or has no such file.
    """
    found = queries.get_intake_for(intake, own_post(request), clock.now())
    known = {one.file_uuid for one in found.arrived.files} | {found.arrived.original}
    if file not in known:
        raise IntakeUnknown
    summary, content = files.get_file(file), files.read_file(file)
    if summary.media_type in files.SUFFIXES:
        return bytes_answer(content, name=summary.name, media_type=summary.media_type, download=False)
    return file_answer(summary, content)
