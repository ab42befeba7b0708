"""Letters of citizens to bodies: written here with attachments, and followed until the answer stands here."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from divan.dealings.cases import queries as cases
from divan.dealings.correspondence import actions, queries
from divan.dealings.correspondence.values import (
    Arrived,
    Channel,
    Intake,
    IntakeState,
    IntakeUnknown,
    Letter,
    LetterUnknown,
    Party,
    PartyKind,
    RecipientLine,
    Secretariat,
)
from divan.foundation import clock, files
from divan.foundation.actors import Actor
from divan.foundation.errors import NotAllowed, Refusal, Trouble
from divan.foundation.http.access import SIGNED_IN, access
from divan.foundation.http.media import file_answer
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.fields import ErrorSummary, Field, Option
from divan.foundation.ui.refusals import text_of
from divan.front.portal.account import account_tabs
from divan.front.texts.answers import problem_text
from divan.front.texts.words import TONES, word
from divan.registers.people import queries as people
from divan.trust.signing import queries as signing

LONGEST = 5000
MOST_FILES = 5
MOST_WAITING = 20
"""Letters of one person that may wait to be registered; who writes more waits for the secretariats."""

NOT_TAKEN: tuple[type[Exception], ...] = (
    files.FileEmpty,
    files.FileTooLarge,
    files.FileTypeUnknown,
    files.FileMislabelled,
    files.FileInfected,
    files.ScannerSilent,
)
"""Why a file is not taken, to be said beside its field."""


def _person(request: HttpRequest) -> UUID:
    person = actor_of(request).uuid
    if person is None:
        raise NotAllowed
    return person


@access(SIGNED_IN)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """List the letters that the visitor wrote to bodies, newest first, with where each stands."""
    written = queries.list_intakes_of_applicant(_person(request))
    answered = queries.list_answered([one.letter for one in written if one.letter], _person(request))
    lines = [_shown(one, is_answered=one.letter in answered) for one in written]
    values = {"lines": lines, "account_tabs": account_tabs(_person(request), "letters")}
    return render(request, "portal/petitions.html", values)


def _shown(intake: Intake, *, is_answered: bool) -> dict[str, object]:
    language = get_language() or "fa"
    body = people.get_unit(queries.get_secretariat(intake.secretariat).body_code)
    letter = queries.get_letter(intake.letter) if intake.letter else None
    return {
        "intake": intake,
        "body": body.name(language),
        "letter": letter,
        "state": word("petition-state", "answered" if is_answered else intake.state),
        "tone": "good" if is_answered else TONES.get(intake.state, ""),
    }


@access(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    """Write a letter to a body; it arrives at its secretariat at once. What is wrong is said and nothing is lost."""
    person = _person(request)
    bodies = {str(one.uuid): one for one in queries.list_central_secretariats()}
    problems: dict[str, str] = {}
    if request.method == "POST":
        problems = _problems(request, bodies, person)
        if not problems:
            taken = _try(request, bodies[request.POST["body"]], None, problems)
            if taken is not None:
                return redirect("portal:petition", taken.uuid)
    return _form(request, _fields(request, bodies, problems), None)


@access(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def reply(request: HttpRequest, petition: UUID, answer: UUID) -> HttpResponse:
    """Write back to the body that answered a letter, once; the new letter refers to the answer.

    :raises IntakeUnknown, LetterUnknown: if the letter is another's, or has no such answer.
    """
    person = _person(request)
    found = queries.get_petition(petition, person)
    answered, _files = queries.get_answer(answer, found, person)
    if queries.has_replied(answer, person):
        messages.info(request, _("You have written back to this answer. Your letter stands below."))
        return redirect("portal:petitions")
    problems: dict[str, str] = {}
    if request.method == "POST":
        problems = _problems(request, None, person)
        if not problems:
            taken = _try(request, queries.get_secretariat(found.secretariat), answered, problems)
            if taken is not None:
                return redirect("portal:petition", taken.uuid)
    return _form(request, _letter_fields(request, problems, subject=found.arrived.subject), answered)


def _form(request: HttpRequest, fields: list[Field], answered: Letter | None) -> HttpResponse:
    summary = ErrorSummary.of(fields)
    values = {
        "fields": fields,
        "key": request.POST.get("key", "")[:80] or str(uuid4()),
        "answered": answered,
        "error_summary": summary,
    }
    return render(request, "portal/write.html", values, status=422 if summary else 200)


def _try(
    request: HttpRequest, secretariat: Secretariat, answered: Letter | None, problems: dict[str, str]
) -> Intake | None:
    """Take a letter in; what is wrong with its files is written into the problems."""
    try:
        return _take_in(request, secretariat, answered, actor_of(request).for_oneself())
    except (Refusal, Trouble) as refusal:
        if not isinstance(refusal, NOT_TAKEN):
            raise
        problems["files"] = str(text_of(refusal))
        return None


def _problems(request: HttpRequest, bodies: dict[str, Secretariat] | None, person: UUID) -> dict[str, str]:
    problems = {}
    if bodies is not None and request.POST.get("body", "") not in bodies:
        problems["body"] = _("Choose whom you write to.")
    if not request.POST.get("subject", "").strip():
        problems["subject"] = _("Write what your letter is about.")
    text = request.POST.get("text", "").strip()
    if not text:
        problems["text"] = _("Write your letter.")
    elif len(text) > LONGEST:
        problems["text"] = problem_text("answers.too-long", {"maximum": LONGEST})
    if len(request.FILES.getlist("files")) > MOST_FILES:
        problems["files"] = problem_text("answers.files.too-many", {"maximum": MOST_FILES})
    if queries.count_waiting_petitions(person) >= MOST_WAITING:
        problems["text"] = _("Many letters of yours wait to be registered. Write again when some are.")
    return problems


def _take_in(request: HttpRequest, secretariat: Secretariat, answered: Letter | None, actor: Actor) -> Intake:
    person = people.get_person(_person(request))
    body = people.get_unit(secretariat.body_code)
    now = clock.now()
    to = Party(kind=PartyKind.BODY, uuid=body.uuid, organization=body.name_fa, code=body.code)
    arrived = Arrived(
        sender=Party(kind=PartyKind.PERSON, uuid=person.uuid, name=person.full_name),
        their_date=None,
        subject=" ".join(request.POST["subject"].split())[:300],
        wording=request.POST["text"].strip(),
        recipients=(RecipientLine(party=to),),
        relations=(queries.answer_to(answered),) if answered else (),
        applicant=person.uuid,
        language=get_language() or "fa",
    )
    uploads = [actions.Upload(name=one.name or "file", content=one.chunks()) for one in request.FILES.getlist("files")]
    # The key is the person's: nobody meets the letter of another by sending its key.
    key = f"{person.uuid}:{request.POST.get('key', '')[:80] or uuid4()}"
    return actions.take_in_pages(
        secretariat=secretariat.uuid,
        channel=Channel.PORTAL,
        key=key,
        arrived=arrived,
        pages=(),
        attachments=uploads,
        actor=actor,
        now=now,
    )


def _fields(request: HttpRequest, bodies: dict[str, Secretariat], problems: dict[str, str]) -> list[Field]:
    language = get_language() or "fa"
    units = people.find_units([one.body_uuid for one in bodies.values()])
    named = [Option(key, units[one.body_uuid].name(language)) for key, one in bodies.items()]
    to = Field(
        "body",
        "select",
        _("To whom do you write?"),
        _("If a service is what you need, ask for the service: it has a clock and an answer in law."),
        request.POST.get("body", ""),
        [problems["body"]] if "body" in problems else [],
        options=[Option("", _("Choose")), *named],
    )
    return [to, *_letter_fields(request, problems)]


def _letter_fields(request: HttpRequest, problems: dict[str, str], subject: str = "") -> list[Field]:
    typed = request.POST

    def errors(name: str) -> list[str]:
        return [problems[name]] if name in problems else []

    return [
        Field("subject", "text", _("Subject"), "", typed.get("subject", subject), errors("subject")),
        Field(
            "text",
            "long-text",
            _("Your letter"),
            "",
            typed.get("text", ""),
            errors("text"),
            attributes={"rows": "10", "maxlength": str(LONGEST)},
        ),
        Field(
            "files",
            "file",
            _("Attachments"),
            _("At most five: PDF, JPEG or PNG. Choose them again if the page comes back with an error."),
            "",
            errors("files"),
            required=False,
            attributes={"multiple": True, "accept": ".pdf,.jpg,.jpeg,.png"},
        ),
    ]


@access(SIGNED_IN)
@require_safe
def petition(request: HttpRequest, petition: UUID) -> HttpResponse:
    """Show a letter that the visitor wrote: where it stands, its number at the body, and what was answered.

    :raises IntakeUnknown: if the visitor wrote no such letter.
    """
    person = _person(request)
    found = queries.get_petition(petition, person)
    answers = queries.list_answers(found.letter, person) if found.letter else []
    values = _shown(found, is_answered=bool(answers)) | {
        "arrived": found.arrived,
        "answers": [_answer(one, found, person) for one in answers],
        "cases": _cases(found, person),
        "waits": found.state is IntakeState.WAITING,
    }
    return render(request, "portal/petition.html", values)


def _answer(letter: Letter, petition: Intake, person: UUID) -> dict[str, object]:
    """Return an answer with its files, where a stranger proves its document, and whether one may still write back."""
    _letter, carried = queries.get_answer(letter.uuid, petition, person)
    document = (
        signing.get_document(letter.document_uuid) if letter.document_uuid else queries.find_document(letter.uuid)
    )
    return {
        "letter": letter,
        "files": carried,
        "code": document.code if document is not None and document.state == "issued" else "",
        "replied": queries.has_replied(letter.uuid, person),
    }


def _cases(petition: Intake, person: UUID) -> list[dict[str, object]]:
    """Return the cases that the body opened from a letter for whoever wrote it."""
    opened = cases.list_cases_from_letter(petition.letter) if petition.letter else []
    language = get_language() or "fa"
    return [
        {
            "case": one,
            "title": cases.get_package_of(one).text("card.title", language),
            "state": word("case-state", one.state),
            "tone": TONES.get(one.state, ""),
        }
        for one in opened
        if one.applicant == person
    ]


@access(SIGNED_IN)
@require_safe
def file(request: HttpRequest, petition: UUID, file: UUID) -> HttpResponse:
    """Give back a file that the visitor attached to a letter.

    :raises IntakeUnknown: if the letter is another's, or has no such file.
    """
    found = queries.get_petition(petition, _person(request))
    if file not in {one.file_uuid for one in found.arrived.files}:
        raise IntakeUnknown
    return file_answer(files.get_file(file), files.read_file(file))


@access(SIGNED_IN)
@require_safe
def answer_file(request: HttpRequest, petition: UUID, answer: UUID, file: UUID) -> HttpResponse:
    """Give a file of an answer to the visitor's letter: the signed letter itself, or an attachment.

    :raises IntakeUnknown, LetterUnknown: if the letter is another's, or has no such answer or file.
    """
    person = _person(request)
    _letter, carried = queries.get_answer(answer, queries.get_petition(petition, person), person)
    if file not in {one.file_uuid for one in carried}:
        raise LetterUnknown
    return file_answer(files.get_file(file), files.read_file(file))
