"""Registering what arrived: what was read is shown beside its files, corrected, numbered, and referred."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from divan.dealings.correspondence import actions, queries
from divan.dealings.correspondence.values import (
    BackdatingNotAllowed,
    DayUnfit,
    Direction,
    FormulaUnfit,
    Intake,
    IntakeState,
    LetterIsDouble,
    LetterUnknown,
    NumberUnfit,
    ReceiverNotCleared,
    ReferralAgainstChart,
    ReferralNotPossible,
    RegisterClosed,
    Secrecy,
    SecrecyTooHigh,
    YearClosed,
)
from divan.foundation import clock, facts
from divan.foundation.errors import Refusal
from divan.foundation.http.access import access
from divan.foundation.http.media import bytes_answer
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.fields import ErrorSummary
from divan.foundation.ui.numbers import digits
from divan.foundation.ui.pieces import Row
from divan.foundation.ui.refusals import text_of
from divan.front.backoffice.duties import KEEPERS, own_post
from divan.front.backoffice.secretariat.reading import Problems, identifier, line, reason_field
from divan.front.backoffice.secretariat.registration import (
    Asked,
    read_registration,
    registration_fields,
)
from divan.front.backoffice.secretariat.sheets import paper_pdf
from divan.front.backoffice.views.secretariat.arrivals import HANDED_IN
from divan.front.texts.words import TONES, word
from divan.registers.people import queries as people

BESIDE: dict[type[Refusal], str] = {
    BackdatingNotAllowed: "backdate",
    DayUnfit: "backdate",
    FormulaUnfit: "register",
    NumberUnfit: "register",
    ReceiverNotCleared: "to",
    ReferralAgainstChart: "to",
    ReferralNotPossible: "to",
    RegisterClosed: "register",
    SecrecyTooHigh: "secrecy",
    YearClosed: "register",
    LetterIsDouble: "double_reason",
}
"""Beside which question a refusal is said; every other one has a page of its own."""

OPEN = (IntakeState.WAITING, IntakeState.BROKEN)


@access(KEEPERS)
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest, intake: UUID) -> HttpResponse:
    """Show what arrived and register it; or say what is wrong and keep what was typed."""
    post, now = own_post(request), clock.now()
    found = queries.get_intake_for(intake, post, now)
    line_of_work = queries.find_open_work(intake)
    if line_of_work is not None:
        actions.mark_read(work=line_of_work.uuid, actor=actor_of(request), now=now)
    asked = Asked(intake=found, post=post, now=now, language=get_language() or "fa")
    if found.state not in OPEN:
        is_erased = found.state is IntakeState.REFUSED and found.arrived.sender is None and not found.arrived.subject
        values = _values(asked) | {"is_erased": is_erased and not found.arrived.files}
        return render(request, "backoffice/secretariat/arrival.html", values)
    problems: Problems = {}
    if request.method == "POST":
        registration, problems = read_registration(asked, request.POST)
        if not problems:
            try:
                letter = actions.register_intake(
                    intake=intake, registration=registration, actor=actor_of(request), now=now
                )
            except Refusal as refusal:
                if type(refusal) not in BESIDE:
                    raise
                problems[BESIDE[type(refusal)]] = str(text_of(refusal))
            else:
                said = _("Registered under the number %(number)s.") % {"number": digits(letter.number_text)}
                messages.success(request, said)
                return redirect("backoffice:registered", letter.uuid)
    sent = request.POST if request.method == "POST" else None
    doubles = _doubles(asked)
    fields = registration_fields(asked, sent, problems, has_doubles=bool(doubles) or "double_reason" in problems)
    values = _values(asked) | {
        "fields": fields,
        "doubles": doubles,
        "marked": [one for one in doubles if one["letter"]],
        "refusing": [reason_field({}, label=_("Why is it refused? The sender reads it."))],
        "error_summary": ErrorSummary.of(fields.every()),
    }
    return render(request, "backoffice/secretariat/register_arrival.html", values, status=422 if problems else 200)


def _values(asked: Asked) -> dict[str, object]:
    found = asked.intake
    letter = None
    if found.letter is not None:
        try:
            letter = queries.get_letter_for(found.letter, asked.post, asked.now)
        except LetterUnknown:
            letter = None
    ended_by = people.find_persons([found.ended_by]) if found.ended_by else {}
    return {
        "intake": found,
        "arrived": found.arrived,
        "channel": word("letter-channel", found.channel),
        "state": word("intake-state", found.state),
        "tone": TONES.get(found.state, ""),
        "secrecy": word("secrecy", found.arrived.secrecy),
        "secretariat": queries.get_secretariat(found.secretariat).name(asked.language),
        "letter": letter,
        "ended_by": ended_by[found.ended_by].full_name if found.ended_by in ended_by else "",
        "recipients": [(str(one.party), word("recipient-role", one.role)) for one in found.arrived.recipients],
        "problem": word("arrival-problem", found.arrived.problem) if found.arrived.problem else "",
        "deviations": [(word("deviation", one.code), one) for one in found.arrived.deviations],
    }


def _doubles(asked: Asked) -> list[dict[str, object]]:
    arrived = asked.intake.arrived
    if arrived.sender is None and not arrived.files:
        return []
    sender = arrived.sender
    found = queries.doubles_of(
        asked.intake, asked.post, asked.now, sender=sender, number=arrived.their_number, day=arrived.their_date
    )
    return [{"letter": one.letter, "intake": one.intake, "by_file": one.by_file} for one in found]


@access(KEEPERS)
@require_POST
def refuse(request: HttpRequest, intake: UUID) -> HttpResponse:
    """Refuse what arrived, with the reason that its sender reads.

    :raises IntakeUnknown, IntakeEnded, ReasonNeeded: and nothing was changed.
    """
    queries.get_intake_for(intake, own_post(request), clock.now())
    reason = line(request.POST, "reason", 500)
    actions.refuse_intake(intake=intake, reason=reason, actor=actor_of(request), now=clock.now())
    messages.success(request, _("It was refused; the reason goes back to the sender."))
    return redirect("backoffice:arrivals")


@access(KEEPERS)
@require_POST
def double(request: HttpRequest, intake: UUID) -> HttpResponse:
    """Mark what arrived as a double of a letter that was registered before.

    :raises IntakeUnknown, IntakeEnded, LetterUnknown: and nothing was changed.
    """
    post, now = own_post(request), clock.now()
    queries.get_intake_for(intake, post, now)
    letter = identifier(request.POST.get("letter", ""))
    if letter is None:
        raise LetterUnknown
    queries.get_letter_for(letter, post, now)
    actions.mark_double(intake=intake, letter=letter, actor=actor_of(request), now=now)
    messages.success(request, _("It was marked as a double and gets no number."))
    return redirect("backoffice:arrivals")


@access(KEEPERS)
@require_safe
def registered(request: HttpRequest, letter: UUID) -> HttpResponse:
    """Show the receipt (رسید) of a registered letter, to be printed for whoever brought it.

    :raises LetterUnknown: if it is no received letter, or not for this post.
    """
    post, language = own_post(request), get_language() or "fa"
    found = queries.get_letter_for(letter, post, clock.now())
    if found.direction is not Direction.INCOMING or found.secretariat_uuid is None:
        raise LetterUnknown
    secretariat = queries.get_secretariat(found.secretariat_uuid)
    body = people.get_unit(secretariat.body_code)
    values = {
        "letter": found,
        "sender": str(found.sender or ""),
        "body": body.name(language),
        "secretariat": secretariat.name(language),
        "channel": word("letter-channel", found.received_by) if found.received_by else "",
        "files": queries.list_files(letter),
        "seal": _seal(found.uuid),
        "next": queries.next_intake(post, clock.now()),
        "was_handed_in": found.received_by in HANDED_IN,
    }
    return render(request, "backoffice/secretariat/receipt.html", values)


@access(KEEPERS)
@require_POST
def receipt_paper(request: HttpRequest, letter: UUID) -> HttpResponse:
    """Give the receipt of a received letter out as a PDF with a code by which anybody verifies it.

    What is in a letter of a class of secrecy does not stand on a paper that is carried about.

    :raises LetterUnknown: if it is no received letter, or not for this post.
    """
    post, now = own_post(request), clock.now()
    found = queries.get_letter_for(letter, post, now)
    paper = actions.give_receipt_of(letter=letter, actor=actor_of(request), now=now)
    more = [
        Row(_("Subject"), found.subject),
        Row(_("Sender"), str(found.sender or "")),
        Row(_("Number of the sender"), found.their_number, code=True),
    ]
    content = paper_pdf(
        paper,
        more=more if found.secrecy is Secrecy.ORDINARY else (),
        note=_("With this number you ask at the secretariat how your letter stands."),
    )
    return bytes_answer(content, name="receipt.pdf", media_type="application/pdf", download=False)


def _seal(letter: UUID) -> str:
    """Return the first fact of a letter, by which the receipt is found in the log."""
    found = facts.of_subjects([letter])
    return str(found[0].uuid) if found else ""


def intake_of_letter(letter: UUID) -> Intake | None:
    """Return what arrived and became a letter, or None."""
    row = queries.intake_rows().filter(letter__uuid=letter).first()
    return queries.intake_of(row) if row else None
