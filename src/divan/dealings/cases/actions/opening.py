"""Opening a case from a letter: a post of the body enters what a received letter asks for, for whoever it came from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from divan.dealings.cases import models, queries
from divan.dealings.cases.actions.answering import save_answers
from divan.dealings.cases.actions.applying import add_file, create_draft, offered_to
from divan.dealings.cases.apps import options
from divan.dealings.cases.queries.dossier import LEFT_TO_RIGHT
from divan.dealings.cases.values import (
    OPENED_FROM_LETTER,
    Case,
    LetterApplicant,
    LetterOpensNoCase,
    NewOpening,
)
from divan.dealings.correspondence import queries as letters
from divan.dealings.correspondence.values import LetterContent
from divan.foundation import facts, files, locks, messages
from divan.foundation.actors import Actor
from divan.foundation.faults import power_may_fail
from divan.registers.catalogue import queries as catalogue
from divan.registers.people import actions as people_actions
from divan.registers.people import queries as people
from divan.registers.people.values import Person, PostNotHeld
from divan_libs.persian.identifiers import parse_national_code
from divan_libs.persian.text import persian_digits
from divan_libs.servicepack.models import LongTextQuestion, Package


@transaction.atomic
def open_case_from_letter(*, letter: UUID, opening: NewOpening, actor: Actor, now: datetime) -> Case:
    """Begin the application that a received letter asks for, with what the letter gives of its answers.

    It is the draft of the person whom the letter came from; the acting post completes and sends it for them. A person
    who is not in the register is entered; what the register knows of others stays as it is.

    :raises PostNotHeld: if the actor holds no post now.
    :raises LetterUnknown: if the letter is not for this post.
    :raises LetterOpensNoCase: ``not-received``, ``too-secret``, ``not-yours``, ``erased``, ``other-body``, ``own``, or
        ``opened-before``.
    :raises ServiceUnknown, ServiceNotElectronic: if the service is not offered to the applicant.
    :raises divan_libs.persian.identifiers.InvalidIdentifier: if national code or mobile number cannot be one.
    :raises AnswersRefused: if a question does not take what it is to take over.
    """
    if actor.post is None or actor.uuid is None:
        raise PostNotHeld
    post = people.get_post_for(actor.uuid, actor.post, now)
    found = letters.get_letter_for(letter, post, now)
    if (reason := queries.why_no_case(found, post)) is not None:
        raise LetterOpensNoCase(reason=reason)
    # Nobody is the applicant of this letter's case twice, however often the button is pressed.
    locks.hold(f"cases.letter.{letter}")
    person = _applicant(opening.applicant, actor=actor, now=now)
    if person.uuid == actor.uuid:
        raise LetterOpensNoCase(reason="own")
    version = offered_to(opening.service_code, person.uuid, now)
    package = catalogue.get_package(version.uuid)
    if people.get_unit(package.card.provider.body).uuid != found.body_uuid:
        raise LetterOpensNoCase(reason="other-body")
    _require_first(letter, opening.service_code, person)
    row = create_draft(version, person.uuid, language=opening.language, channel="letter", actor=actor, now=now)
    link = models.CaseLetter.objects.create(
        uuid=uuid4(), case=row, letter_uuid=letter, entered_by=actor.uuid, entered_in=post.uuid, entered_at=now
    )
    facts.record(OPENED_FROM_LETTER, subject=link, actor=actor, at=now, case=row.uuid, letter=letter)
    power_may_fail("opening.before-answers")
    _take_over(row.uuid, package, letters.content_of(letter), opening, actor=actor, now=now)
    return queries.get_case(row.uuid)


def _applicant(given: LetterApplicant, *, actor: Actor, now: datetime) -> Person:
    """Return the person with a national code; names and mobile are entered only where the register has none."""
    known = people.find_person(parse_national_code(given.national_code))
    missing = {
        name: getattr(given, name)
        for name in ("first_name", "last_name", "mobile")
        if not (known and getattr(known, name))
    }
    return people_actions.register_person(national_code=given.national_code, **missing, actor=actor, now=now)


def _require_first(letter: UUID, service_code: str, person: Person) -> None:
    for one in queries.list_cases_from_letter(letter):
        if one.service_code == service_code and one.applicant == person.uuid and one.state != "withdrawn":
            raise LetterOpensNoCase(reason="opened-before", number=one.number)


def _take_over(
    case: UUID, package: Package, content: LetterContent, opening: NewOpening, *, actor: Actor, now: datetime
) -> None:
    """Put the words and files of a letter to the questions that were named for them; a file of the case is its own."""
    question = package.form.question(opening.wording_to) if opening.wording_to else None
    if isinstance(question, LongTextQuestion) and content.wording.strip():
        words = _fitting(content.wording.strip(), question.max_length)
        given: Mapping[str, Mapping[str, list[str]]] = {question.code: {question.code: [words]}}
        save_answers(case=case, given=given, revision=None, actor=actor, now=now)
    for one in content.files:
        if to := opening.files_to.get(one.file_uuid):
            held = files.get_file(one.file_uuid)
            kept = files.store_made(
                name=one.name, content=files.read_file(held.uuid), media_type=held.media_type, actor=actor, now=now
            )
            add_file(case=case, question=to, file=kept, actor=actor, now=now)


def _fitting(words: str, most: int) -> str:
    """Return words cut after a whole one where a question takes no more; the letter itself stays beside the case."""
    if len(words) <= most:
        return words
    return words[: most - 2].rsplit(maxsplit=1)[0] + " …"


def tell_letter_opened(row: models.Case, package: Package, *, actor: Actor, now: datetime) -> None:
    """Tell an applicant whose letter became a case its number and how to follow it, in the running transaction."""
    link = models.CaseLetter.objects.filter(case=row).first()
    if link is None or not row.applicant.mobile:
        return
    letter = letters.get_letter(link.letter_uuid)
    body = people.get_unit(package.card.provider.body)

    def figures(number: str) -> str:
        return number if row.language == "en" else LEFT_TO_RIGHT + persian_digits(number)

    with override("en" if row.language == "en" else "fa"):
        text = _(
            "Your letter %(letter)s to %(body)s is case %(case)s: %(service)s. Follow it with the code %(secret)s at %(address)s"  # noqa: E501 (one text for the translators)
        ) % {
            "letter": figures(letter.number_text),
            "body": body.name(row.language),
            "case": figures(row.number or ""),
            "service": package.text("card.title", row.language),
            "secret": queries.tracking_secret(row.uuid),
            "address": f"{options().base_url}/track/",
        }
    messages.queue_message(recipient=row.applicant.mobile, text=text, about=row, actor=actor, now=now)
