"""Letters of citizens to bodies: written here with attachments, and followed until the answer stands here."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
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
    lines = [_shown(one) for one in queries.list_intakes_of_applicant(_person(request))]
    values = {"lines": lines, "account_tabs": account_tabs(_person(request), "letters")}
    return render(request, "portal/petitions.html", values)


def _shown(intake: Intake) -> dict[str, object]:
    language = get_language() or "fa"
    body = people.get_unit(queries.get_secretariat(intake.secretariat).body_code)
    letter = queries.get_letter(intake.letter) if intake.letter else None
    return {
        "intake": intake,
        "body": body.name(language),
        "letter": letter,
        "state": word("petition-state", intake.state),
        "tone": TONES.get(intake.state, ""),
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
            try:
                taken = _take_in(request, bodies[request.POST["body"]], actor_of(request).for_oneself())
            except (Refusal, Trouble) as refusal:
                if not isinstance(refusal, NOT_TAKEN):
                    raise
                problems["files"] = str(text_of(refusal))
            else:
                return redirect("portal:petition", taken.uuid)
    fields = _fields(request, bodies, problems)
    values = {
        "fields": fields,
        "key": request.POST.get("key", "")[:80] or str(uuid4()),
        "error_summary": ErrorSummary.of(fields),
    }
    return render(request, "portal/write.html", values, status=422 if problems else 200)


def _problems(request: HttpRequest, bodies: dict[str, Secretariat], person: UUID) -> dict[str, str]:
    problems = {}
    if request.POST.get("body", "") not in bodies:
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


def _take_in(request: HttpRequest, secretariat: Secretariat, actor: Actor) -> Intake:
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
        applicant=person.uuid,
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
    language, typed = get_language() or "fa", request.POST
    units = people.find_units([one.body_uuid for one in bodies.values()])

    def errors(name: str) -> list[str]:
        return [problems[name]] if name in problems else []

    named = [Option(key, units[one.body_uuid].name(language)) for key, one in bodies.items()]
    options = [Option("", _("Choose")), *named]
    return [
        Field(
            "body",
            "select",
            _("To whom do you write?"),
            _("If a service is what you need, ask for the service: it has a clock and an answer in law."),
            typed.get("body", ""),
            errors("body"),
            options=options,
        ),
        Field("subject", "text", _("Subject"), "", typed.get("subject", ""), errors("subject")),
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
    values = _shown(found) | {
        "arrived": found.arrived,
        "answers": [_answer(one, found, person) for one in answers],
        "waits": found.state is IntakeState.WAITING,
    }
    return render(request, "portal/petition.html", values)


def _answer(letter: Letter, petition: Intake, person: UUID) -> dict[str, object]:
    _letter, carried = queries.get_answer(letter.uuid, petition, person)
    return {"letter": letter, "files": carried}


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
