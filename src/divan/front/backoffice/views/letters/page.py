"""The page of a letter, composed of parts; its document; and that the secretariat filed it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from divan.dealings.cases import queries as cases
from divan.dealings.cases.values import CaseUnknown, TaskDone
from divan.dealings.correspondence import actions, queries
from divan.dealings.correspondence.values import Letter, LetterErased, LetterState, LetterUnknown, Secrecy, Urgency
from divan.foundation import clock
from divan.foundation.errors import NotAllowed
from divan.foundation.http.access import STAFF, access
from divan.foundation.http.media import bytes_answer
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.numbers import digits
from divan.front.backoffice.duties import SECRETARIAT, own_post
from divan.front.backoffice.letter_parts import answers, archive, arrived, opened, paper, referrals, routes, sending
from divan.front.backoffice.letter_parts.composing import Part, Reading, compose
from divan.front.texts.words import TONES, word
from divan.registers.people.values import Post
from divan.trust.signing import queries as signing
from divan.trust.signing.values import Document

PARTS: tuple[Part, ...] = (
    arrived.PART,
    paper.PART,
    opened.PART,
    sending.PART,
    routes.PART,
    referrals.PART,
    answers.PART,
    archive.PART,
)
"""The parts below the head, in their order on the page."""


def seen_letter(post: Post, letter: UUID, at: datetime) -> Letter:
    """Return a letter that a post may read, or that is about a case which the post may see.

    :raises LetterUnknown: if there is none, or it is not for this post: the two are not told apart.
    """
    try:
        return queries.get_letter_for(letter, post, at)
    except LetterUnknown:
        found = queries.get_letter(letter)
        if found.secrecy in queries.clearance_of(post.uuid, at).readable and _is_about_own_case(post, found):
            return found
        raise


def _files_for(post: Post, letter: Letter) -> bool:
    return post.role == SECRETARIAT and post.unit.body_uuid == letter.body_uuid


def _may_file(post: Post, letter: Letter) -> bool:
    """Whether a post files a letter; what was written here goes by the dispatch desk instead."""
    return _files_for(post, letter) and letter.state is LetterState.SIGNED and letter.drafter_post is None


def _is_about_own_case(post: Post, letter: Letter) -> bool:
    if letter.about_uuid is None:
        return False
    try:
        if letter.about_kind == "cases.case":
            return cases.may_see_case(post, cases.get_case(letter.about_uuid))
        if letter.about_kind == "cases.task":
            return cases.may_see_case(post, cases.get_case(cases.get_task(letter.about_uuid).case))
    except (CaseUnknown, TaskDone):
        pass
    return False


def _marks(letter: Letter) -> list[tuple[str, str]]:
    """Return secrecy and urgency in words with their tones, as far as they say something."""
    said = [] if letter.secrecy is Secrecy.ORDINARY else [(word("secrecy", letter.secrecy), TONES[letter.secrecy])]
    return said if letter.urgency is Urgency.ORDINARY else [*said, (word("urgency", letter.urgency), "bad")]


def _document(letter: Letter) -> Document | None:
    """Return the document of a letter; of one that was erased only what its case keeps."""
    if letter.document_uuid is not None:
        found: Document | None = signing.get_document(letter.document_uuid)
    else:
        found = queries.find_document(letter.uuid) if letter.drafter_post else None
    if found is not None and found.about_uuid == letter.uuid and queries.erased_at(letter.uuid) is not None:
        return None
    return found


def _note_reading(request: HttpRequest, post: Post, letter: UUID, what: str, now: datetime) -> None:
    """Write into the log that somebody read a letter; who sees it by its case alone is in the log of the case."""
    if letter in queries.list_readable([letter], post, now):
        actions.note_reading(letter=letter, post=post, what=what, actor=actor_of(request), now=now)


@access(STAFF)
@require_safe
def letter(request: HttpRequest, letter: UUID) -> HttpResponse:
    """Show a letter: number, signer, recipient, the signed document and where a stranger verifies it."""
    post, now = own_post(request), clock.now()
    found = seen_letter(post, letter, now)
    line = queries.find_open_work(letter)
    if line is not None:
        actions.mark_read(work=line.uuid, actor=actor_of(request), now=now)
    actions.read_referrals(letter=letter, actor=actor_of(request), now=now)
    _note_reading(request, post, letter, "page", now)
    reading = Reading(
        content=queries.content_of(letter),
        post=post,
        actor=actor_of(request),
        language=get_language() or "fa",
        now=now,
    )
    values = {
        "letter": found,
        "state": word("letter-state", found.state),
        "tone": TONES.get(found.state, ""),
        "document": _document(found),
        "may_file": _may_file(post, found),
        "case": found.about_uuid if _is_about_own_case(post, found) else None,
        "marks": _marks(found),
        "is_on_paper": found.signed_by_hand and found.document_uuid is None,
        "is_erased": queries.erased_at(letter) is not None,
        "parts": compose(PARTS, reading),
    }
    return render(request, "backoffice/letters/letter.html", values)


@access(STAFF)
@require_POST
def file_letter(request: HttpRequest, letter: UUID) -> HttpResponse:
    """File a signed letter, as the secretariat of its body.

    :raises NotAllowed: for whoever may read the letter but does not keep the register.
    """
    post = own_post(request)
    found = seen_letter(post, letter, clock.now())
    if not _files_for(post, found):
        raise NotAllowed
    actions.file_letter(letter=letter, actor=actor_of(request), now=clock.now())
    messages.success(request, _("Letter %(number)s was filed.") % {"number": digits(str(found.number))})
    return redirect("backoffice:worklist")


@access(STAFF)
@require_safe
def document(request: HttpRequest, letter: UUID) -> HttpResponse:
    """Give the signed document of a letter.

    :raises LetterUnknown: if the letter is not for this post, or its document is not made yet.
    :raises LetterErased: if it was erased with the letter.
    """
    post, now = own_post(request), clock.now()
    found = seen_letter(post, letter, now)
    if found.document_uuid is None:
        raise LetterUnknown
    if _document(found) is None:
        raise LetterErased
    _note_reading(request, post, letter, "document", now)
    name = str(found.number).replace("/", "-") + ".pdf"
    return bytes_answer(signing.read_pdf(found.document_uuid), name=name, media_type="application/pdf", download=False)
