"""Circulars and other letters to many: who got, read and answered them, and a reminder to those who did not."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_safe

from divan.dealings.correspondence import actions, queries
from divan.dealings.correspondence.values import (
    Direction,
    DraftText,
    Letter,
    LetterUnknown,
    NobodyToRemind,
    RecipientStanding,
)
from divan.foundation import clock
from divan.foundation.http.access import STAFF, access
from divan.foundation.http.media import bytes_answer
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.frame import Link
from divan.foundation.ui.numbers import digits, jalali
from divan.foundation.ui.refusals import text_of
from divan.front.backoffice.answers_sheet import SHOWS, answers_csv, answers_pdf, line_of, shows
from divan.front.backoffice.duties import own_post
from divan.front.backoffice.secretariat.reading import whole
from divan.front.texts.words import word

PAGE = 100
"""Recipients shown at once; files hold them all."""


@access(STAFF)
@require_safe
def circulars(request: HttpRequest) -> HttpResponse:
    """Show the circulars that the post may read, each with how many of its recipients read and answered it."""
    post, after = own_post(request), request.GET.get("after", "")[:80]
    found, further = queries.list_circulars(post, clock.now(), after=after)
    address = reverse("backoffice:circulars")
    values = {"lines": found, "is_first": not after, "next_url": f"{address}?after={further}" if further else ""}
    return render(request, "backoffice/letters/circulars.html", values)


@access(STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def answers(request: HttpRequest, letter: UUID) -> HttpResponse:
    """Show who answered a letter of the house, give them as CSV or PDF, or draft a reminder to those chosen.

    :raises LetterUnknown: if the letter is not for this post, or nobody here wrote it.
    """
    post, now = own_post(request), clock.now()
    found = queries.get_letter_for(letter, post, now)
    if found.number is None or found.direction is Direction.INCOMING:
        raise LetterUnknown
    standings = queries.list_standings(found, post)
    problem = ""
    if request.method == "POST":
        try:
            draft = actions.draft_reminder(
                letter=letter,
                recipients=_chosen(request, standings),
                text=_reminder(found),
                actor=actor_of(request),
                now=now,
            )
        except NobodyToRemind as refusal:
            problem = str(text_of(refusal))
        else:
            messages.success(request, _("The reminder is a draft: look through it and send it to signature."))
            return redirect("backoffice:compose", draft.uuid)
    show = request.GET.get("show", "all")
    show = show if show in SHOWS else "all"
    if request.GET.get("as") in {"csv", "pdf"}:
        return _file(request, found, standings, show)
    address = reverse("backoffice:letter-answers", args=[letter])
    values = {
        "letter": found,
        **_page(request, address, standings, show),
        "parts": _parts(address, standings, show),
        "show": show,
        "open_count": _count(standings, "unanswered"),
        "problem": problem,
        "csv_url": f"{address}?show={show}&as=csv",
        "pdf_url": f"{address}?show={show}&as=pdf",
    }
    return render(request, "backoffice/letters/answers.html", values, status=422 if problem else 200)


def _page(request: HttpRequest, address: str, standings: Sequence[RecipientStanding], show: str) -> dict[str, object]:
    """Return a page of those who stand in a part of the list, and where the next begins."""
    begin = whole(request.GET.get("from", "")) or 0
    shown = [one for one in standings if shows(one, show)]
    further = begin + PAGE < len(shown)
    return {
        "lines": [line_of(one) for one in shown[begin : begin + PAGE]],
        "is_first": begin == 0,
        "next_url": f"{address}?show={show}&from={begin + PAGE}" if further else "",
    }


def _parts(address: str, standings: Sequence[RecipientStanding], show: str) -> list[Link]:
    """Return the ways to the parts of the list, with how many stand in each."""
    return [
        Link(f"{address}?show={one}", word("answers-part", one), current=one == show, count=_count(standings, one))
        for one in SHOWS
    ]


def _count(standings: Sequence[RecipientStanding], show: str) -> int:
    return sum(shows(one, show) for one in standings)


def _file(request: HttpRequest, letter: Letter, standings: Sequence[RecipientStanding], show: str) -> HttpResponse:
    """Give the part of the list that is shown as a file."""
    name = letter.number_text.replace("/", "-")
    if request.GET.get("as") == "pdf":
        content = answers_pdf(letter, standings, show, clock.now())
        return bytes_answer(content, name=f"{name}.pdf", media_type="application/pdf", download=True)
    content = answers_csv([one for one in standings if shows(one, show)])
    return bytes_answer(content, name=f"{name}.csv", media_type="text/csv; charset=utf-8", download=True)


def _chosen(request: HttpRequest, standings: Sequence[RecipientStanding]) -> frozenset[UUID]:
    """Return the recipients that were marked, or all without an answer where the button says so."""
    if request.POST.get("to") == "all":
        return frozenset(one.recipient.uuid for one in standings if shows(one, "unanswered"))
    marked = set(request.POST.getlist("recipient"))
    return frozenset(one.recipient.uuid for one in standings if str(one.recipient.uuid) in marked)


def _reminder(letter: Letter) -> DraftText:
    """Return the words of a reminder, in Persian: it is a letter, whatever language its writer reads pages in."""
    with override("fa"):
        said = {
            "number": digits(letter.number_text),
            "day": jalali(letter.registered_at, "numeric") if letter.registered_at else "",
            "subject": letter.subject,
        }
        subject = _("Reminder: %(subject)s") % said
        text = _("Further to letter %(number)s of %(day)s on “%(subject)s”, its answer has not arrived yet. Please see to it that it is sent soon.") % said  # fmt: skip # noqa: E501 (one text for the translators)
    return DraftText(subject=subject[:300], body_html=format_html("<p>{}</p>", text))
