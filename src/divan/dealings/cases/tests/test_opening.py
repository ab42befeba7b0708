"""A letter that asks for a service becomes a case: entered by its body, told to whoever wrote, answered with عطف."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import transaction
from tests.world import SERVICE

from divan.dealings.cases import actions, models, queries
from divan.dealings.cases.tests import workshop
from divan.dealings.cases.values import NEED_ANSWERED, CaseUnknown, LetterApplicant, LetterOpensNoCase, NewOpening
from divan.dealings.correspondence import actions as correspondence
from divan.dealings.correspondence import models as kept
from divan.dealings.correspondence import queries as letters
from divan.dealings.correspondence.actions.reading import note_reader
from divan.dealings.correspondence.tests import offices
from divan.dealings.correspondence.values import Channel, IntakeFile, LetterUnknown, Party, PartyKind
from divan.foundation import facts, files
from divan.foundation.actors import SYSTEM
from divan.foundation.apps import options
from divan.foundation.models import Fact, OutgoingMessage, StoredFile
from divan.registers.people import queries as people
from divan.trust.signing.models import Document
from divan_libs.persian.identifiers import InvalidIdentifier

WORDS = "از شش ماه پیش در روستای ما آنتن نیست."


@pytest.fixture
def office(world, tmp_path, monkeypatch):
    monkeypatch.setattr(apps.get_app_config("foundation"), "options", replace(options(), files_directory=tmp_path))
    return offices.found(world)


def written(world, *, secrecy: str = "ordinary", sender: Party | None = None):
    """Return the letter of the villager, received by the directorate that gives the service."""
    person = world.person("villager")
    taken = offices.take(
        world,
        channel=Channel.COUNTER,
        sender=sender or Party(kind=PartyKind.PERSON, uuid=person.uuid, name=person.full_name),
        wording=WORDS,
        secrecy=secrecy,
        files=(IntakeFile(file_uuid=offices.stored(world).uuid, name="map.pdf", role="attachment", pages=1),),
    )
    return correspondence.register_intake(
        intake=taken.uuid,
        registration=offices.registration(
            subject="آنتن روستا", sender=taken.arrived.sender, their_number="", secrecy=secrecy
        ),
        actor=world.officer("secretariat"),
        now=world.now,
    )


def opening(world, key: str = "villager", **changes) -> NewOpening:
    known = {
        "service_code": SERVICE,
        "applicant": LetterApplicant(national_code=world.person(key).national_code),
        "wording_to": "description",
    }
    return NewOpening(**{**known, **changes})


def open_case(world, letter, officer: str = "secretariat", **changes):
    return actions.open_case_from_letter(
        letter=letter.uuid, opening=opening(world, **changes), actor=world.officer(officer), now=world.now
    )


def answer_needs(world, case) -> None:
    """Let the registers confirm who wrote."""
    person = world.person("villager")
    known = {
        "REQ-IDENTITY": {"first_name": person.first_name, "last_name": person.last_name, "alive": True},
        "REQ-MOBILE": {"mobile": person.mobile},
    }
    with transaction.atomic():
        for need in models.CaseNeed.objects.filter(case__uuid=case.uuid, state="asked"):
            need.state, need.fields, need.answered_at = "matched", known[need.code], world.now
            need.save()
            facts.record(NEED_ANSWERED, subject=need, actor=SYSTEM, at=world.now, need=need.code)


def enter(world, case, officer: str = "secretariat"):
    """Let the clerk answer what the letter did not, as it stands on paper, and send it."""
    clerk = world.officer(officer)
    pages = {
        "applicant": {"contact_mobile": ["09121234567"]},
        "village": {"village": ["1503050001219674"], "relation": ["resident"]},
        "present-state": {"present_access": ["mobile-weak"], "households": ["۳۵"], "operators_seen": ["mci"]},
        "purpose": {"purpose": ["education"], "description": [str(queries.get_case(case).answers["description"])]},
        "declaration": {"truth": ["yes"]},
    }
    for page, given in pages.items():
        actions.save_page(case=case, page=page, given=given, actor=clerk, now=world.now)
    return actions.submit_case(case=case, actor=clerk, now=world.now)


def test_a_letter_becomes_a_case_of_whoever_wrote_it_and_is_answered_with_its_number(office):
    letter = written(office)
    case = open_case(office, letter)
    answer_needs(office, case)

    receipt = enter(office, case.uuid)
    again = actions.submit_case(case=case.uuid, actor=office.officer("secretariat"), now=office.now)

    sent = queries.get_case(case.uuid)
    assert (sent.applicant, sent.number, again.number) == (
        office.person("villager").uuid,
        receipt.number,
        receipt.number,
    )
    assert sent.answers["description"] == WORDS
    assert [one.uuid for one in queries.list_cases_from_letter(letter.uuid)] == [case.uuid]
    [told] = [one.text for one in OutgoingMessage.objects.all() if receipt.secret in one.text]
    assert letters.get_letter(letter.uuid).number_text.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")) in told

    for officer, action, given in (
        ("village-head", "confirm", {}),
        ("district-head", "endorse", {}),
        ("ict-expert", "propose-answer", {"text": "دکل نصب می‌شود."}),
        ("ict-deputy", "paraph", {}),
        ("ict-director", "sign", {}),
    ):
        office.act(case.uuid, officer, action, **given)
    decision = queries.find_decision(case.uuid)
    [line] = letters.content_of(decision.letter).relations
    assert (line.kind, line.other) == ("answers", letter.uuid)
    assert _references(decision.document)[0].startswith("عطف به نامه")
    assert _seals_hold()


def _references(document) -> list[str]:
    return Document.objects.get(uuid=document).references


def _seals_hold() -> bool:
    return all(
        facts.live_digests(kind, [uuid])[uuid] == digest
        for kind, uuid, _, _, digest in facts.last_digests(limit=100_000)
        if kind.startswith(("cases.", "signing.", "correspondence."))
    )


def test_files_are_taken_over_as_the_cases_own(office):
    letter = written(office)
    [attached] = letters.content_of(letter.uuid).files

    case = open_case(office, letter, files_to={attached.file_uuid: "photo"})

    [(question, file, name)] = queries.list_case_files(case.uuid)
    assert (question, name) == ("photo", "map.pdf")
    assert file != attached.file_uuid
    assert files.read_file(file) == files.read_file(attached.file_uuid)
    actions.remove_file(case=case.uuid, file=file, actor=office.officer("secretariat"), now=office.now)
    assert StoredFile.objects.get(uuid=attached.file_uuid).claimed


def test_who_is_not_in_the_register_is_entered_and_who_is_stays_as_they_are(office):
    letter = written(office)
    stranger = LetterApplicant(national_code="0013542419", first_name="مینا", last_name="نمونه", mobile="09121110000")
    known = LetterApplicant(
        national_code=office.person("villager").national_code, first_name="دیگری", mobile="09350000000"
    )
    before = office.person("villager")

    entered = open_case(office, letter, applicant=stranger)
    actions.abandon_draft(case=entered.uuid, actor=office.officer("secretariat"), now=office.now)
    open_case(office, letter, applicant=known)

    assert people.get_person(entered.applicant).full_name == "مینا نمونه"
    assert office.person("villager") == before
    with pytest.raises(InvalidIdentifier):
        open_case(office, letter, applicant=LetterApplicant(national_code="0013542418"))


@pytest.mark.parametrize(
    ("refused", "reason"),
    [
        ("sent by the body itself", "not-received"),
        ("of another body's service", "other-body"),
        ("the clerk's own", "own"),
        ("opened before", "opened-before"),
        ("read, but not one's to deal with", "not-yours"),
        ("too secret for a case", "too-secret"),
    ],
)
def test_what_opens_no_case_changes_nothing(office, refused, reason, tmp_path):
    letter, officer, changes = written(office), "secretariat", {}
    if reason == "not-received":
        letter = offices.signed(office, offices.SENDER)
    elif reason == "other-body":
        workshop.publish(office, tmp_path)
        changes = {"service_code": "workshop-permit"}
    elif reason == "own":
        changes = {"key": "secretariat"}
    elif reason == "opened-before":
        open_case(office, letter)
    elif reason == "not-yours":
        _let_read(office, letter, "ict-expert")
        officer = "ict-expert"
    elif reason == "too-secret":
        letter = written(office, secrecy="highly-confidential")
        officer = "ict-director"
        _let_read(office, letter, officer)
    before = (models.Case.objects.count(), Fact.objects.count())

    with pytest.raises(LetterOpensNoCase) as refusal:
        open_case(office, letter, officer, **changes)

    assert refusal.value.facts["reason"] == reason
    assert (models.Case.objects.count(), Fact.objects.count()) == before


def _let_read(world, letter, key: str) -> None:
    note_reader(kept.Letter.objects.get(uuid=letter.uuid), world.officer(key).post, world.now)


def test_who_does_not_read_the_letter_does_not_learn_of_it(office):
    letter = written(office)

    with pytest.raises(LetterUnknown):
        open_case(office, letter, "ict-expert")
    with pytest.raises(LetterUnknown):
        open_case(office, replace(letter, uuid=uuid4()))


def test_only_the_post_that_enters_a_case_and_its_applicant_write_it(office):
    case = open_case(office, written(office))
    answer_needs(office, case)
    given = {"contact_mobile": ["09121234567"]}

    for stranger in (office.officer("ict-expert"), office.citizen("district-head")):
        with pytest.raises(CaseUnknown):
            actions.save_page(case=case.uuid, page="applicant", given=given, actor=stranger, now=office.now)
    actions.save_page(case=case.uuid, page="applicant", given=given, actor=office.citizen(), now=office.now)
    enter(office, case.uuid)
    with pytest.raises(CaseUnknown):
        actions.withdraw_case(case=case.uuid, actor=office.officer("secretariat"), now=office.now)
