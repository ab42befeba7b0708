"""Letters of citizens to bodies: they arrive at the secretariat, their number and the answer stand in the account."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.utils.html import strip_tags
from tests.world import found_secretariats

from divan.dealings.correspondence import actions, jobs, models, queries
from divan.dealings.correspondence.actions.parts import relate_letter
from divan.dealings.correspondence.tests import offices
from divan.dealings.correspondence.values import RelationKind, RelationLine
from divan.foundation import facts, files
from divan.foundation.actors import SYSTEM
from divan.foundation.apps import options
from divan.foundation.models import FactCursor, OutgoingMessage
from divan.trust.identity import actions as identity
from divan.trust.identity.models import Account

PDF = b"%PDF-1.7\nan invented page\n"


class Doctor:
    """A scanner that finds what it is told to find."""

    found = ""

    def find(self, content):
        assert b"".join(content)
        return self.found


@pytest.fixture
def doctor() -> Doctor:
    return Doctor()


@pytest.fixture
def office(world, tmp_path, monkeypatch, doctor):
    monkeypatch.setattr(apps.get_app_config("foundation"), "options", replace(options(), files_directory=tmp_path))
    monkeypatch.setattr(files, "ClamScanner", lambda _address: doctor)
    found_secretariats(actor=SYSTEM, now=world.now)
    return world


def sign_in(world, key: str) -> Client:
    client = Client()
    client.cookies["divan_language"] = "en"
    uuid = identity.create_citizen_account(person=world.person(key).uuid, actor=SYSTEM, now=world.now)
    client.force_login(Account.objects.get(uuid=uuid), backend="django.contrib.auth.backends.ModelBackend")
    return client


def tell_all(now) -> None:
    """Let the worker follow every fact there is."""
    facts.place_facts()
    last = facts.last_position()
    while FactCursor.objects.filter(name="correspondence.petitions", position=last).first() is None:
        jobs.tell_petitioners(now)


def write(citizen, **changes):
    known = {
        "key": str(uuid4()),
        "body": str(offices.central().uuid),
        "subject": "آنتن روستا",
        "text": "از شش ماه پیش آنتن نداریم.",
        "files": [SimpleUploadedFile("map.pdf", PDF)],
    }
    return citizen.post("/letters/write/", known | changes)


def test_a_petition_arrives_is_registered_and_its_answer_stands_in_the_account(office):
    citizen = sign_in(office, "villager")
    person = office.person("villager")

    sent = write(citizen)
    waiting = citizen.get(sent.url)
    intake = models.Intake.objects.get()
    known = queries.get_intake(intake.uuid)
    letter = actions.register_intake(
        intake=intake.uuid,
        registration=offices.registration(sender=known.arrived.sender, their_number="", kind="petition"),
        actor=office.officer("secretariat"),
        now=office.now,
    )
    registered = citizen.get(sent.url)
    answer = offices.signed(office, known.arrived.sender, subject="پاسخ به شما")
    with transaction.atomic():
        line = RelationLine(kind=RelationKind.ANSWERS, number=letter.number_text, other=letter.uuid)
        relate_letter(models.Letter.objects.get(uuid=answer.uuid), [line], actor=SYSTEM, now=office.now)
    before = citizen.get(sent.url)
    [dispatch] = actions.lay_at_dispatch_desk(letter=answer.uuid, actor=SYSTEM, now=office.now)
    actions.send_dispatch(dispatch=dispatch.uuid, actor=SYSTEM, now=office.now)
    after = citizen.get(sent.url)

    assert known.arrived.sender.uuid == person.uuid
    assert (known.arrived.subject, [one.name for one in known.arrived.files]) == ("آنتن روستا", ["map.pdf"])
    assert waiting.context["waits"]
    # The parts of a number with a Persian letter stand apart, so that none changes its side.
    assert letter.number_text in strip_tags(registered.content.decode())
    assert before.context["answers"] == []
    tell_all(office.now)
    tell_all(office.now)
    told = list(OutgoingMessage.objects.order_by("id").values_list("text", flat=True))
    [shown] = after.context["answers"]
    [carried] = shown["files"]
    got = citizen.get(f"{sent.url}answers/{answer.uuid}/{carried.file_uuid}/")
    assert (got.status_code, b"".join(got)) == (200, offices.PDF)
    assert [letter.number_text in text for text in told] == [True, True]
    assert ["registered" in told[0], "answered" in told[1]] == [True, True]
    assert [line["state"] for line in citizen.get("/letters/").context["lines"]] == ["Answered"]


def answered(office, citizen):
    """Return the address of a petition that was registered and answered, and its answer."""
    sent = write(citizen)
    known = queries.get_intake(models.Intake.objects.get().uuid)
    letter = actions.register_intake(
        intake=known.uuid,
        registration=offices.registration(sender=known.arrived.sender, their_number="", kind="petition"),
        actor=office.officer("secretariat"),
        now=office.now,
    )
    answer = offices.signed(office, known.arrived.sender, subject="پاسخ به شما")
    with transaction.atomic():
        line = queries.answer_to(letter)
        relate_letter(models.Letter.objects.get(uuid=answer.uuid), [line], actor=SYSTEM, now=office.now)
    [dispatch] = actions.lay_at_dispatch_desk(letter=answer.uuid, actor=SYSTEM, now=office.now)
    actions.send_dispatch(dispatch=dispatch.uuid, actor=SYSTEM, now=office.now)
    return sent.url, answer


def test_an_answer_is_written_back_to_once_and_the_new_letter_refers_to_it(office):
    citizen = sign_in(office, "villager")
    url, answer = answered(office, citizen)
    reply = f"{url}answers/{answer.uuid}/reply/"
    given = {"key": str(uuid4()), "subject": "دوباره", "text": "هنوز آنتن نداریم."}

    form = citizen.get(reply)
    faulty = citizen.post(reply, given | {"text": ""})
    sent = citizen.post(reply, given)
    again = citizen.post(reply, given | {"key": str(uuid4())})

    assert form.context["answered"].uuid == answer.uuid
    assert [one.target for one in faulty.context["error_summary"].problems] == ["q-text"]
    known = queries.get_petition(UUID(sent.url.split("/")[2]), office.person("villager").uuid)
    assert [(one.kind, one.other) for one in known.arrived.relations] == [("answers", answer.uuid)]
    assert known.secretariat == offices.central().uuid
    assert again.url == "/letters/"
    assert models.Intake.objects.count() == 2
    assert "You have written back." in citizen.get(url).content.decode()
    assert sign_in(office, "district-head").get(reply).status_code == 404


def test_who_reads_persian_is_told_in_persian_and_news_of_long_ago_to_nobody(office):
    citizen = sign_in(office, "villager")
    citizen.cookies["divan_language"] = "fa"
    write(citizen)
    intake = models.Intake.objects.get()
    clerk = office.officer("secretariat")
    actions.refuse_intake(intake=intake.uuid, reason="به فرمانداری بنویسید", actor=clerk, now=office.now)

    tell_all(office.now + timedelta(days=3))
    assert OutgoingMessage.objects.count() == 0
    assert actions.tell_petition_ended(intake=intake.uuid, actor=SYSTEM, now=office.now)
    assert not actions.tell_petition_ended(intake=intake.uuid, actor=SYSTEM, now=office.now)
    assert "ثبت نشد" in OutgoingMessage.objects.get().text


def test_nobody_sees_the_petition_of_another(office):
    sent = write(sign_in(office, "villager"))
    file = queries.get_intake(models.Intake.objects.get().uuid).arrived.files[0].file_uuid
    stranger = sign_in(office, "district-head")

    assert stranger.get(sent.url).status_code == 404
    assert stranger.get(f"{sent.url}files/{file}/").status_code == 404
    assert stranger.get("/letters/").context["lines"] == []
    assert Client().get(sent.url).status_code == 302


def test_a_petition_sent_twice_arrives_once_and_keys_of_others_meet_nothing(office):
    key = str(uuid4())
    citizen, other = sign_in(office, "villager"), sign_in(office, "district-head")

    first, again, foreign = write(citizen, key=key), write(citizen, key=key), write(other, key=key)

    assert first.url == again.url
    assert foreign.url != first.url
    assert models.Intake.objects.count() == 2


def test_an_infected_attachment_is_refused_and_what_was_written_stays(office, doctor):
    doctor.found = "Eicar-Test-Signature"

    answer = write(sign_in(office, "villager"))

    assert answer.status_code == 422
    assert "از شش ماه پیش آنتن نداریم." in answer.content.decode()
    assert models.Intake.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "target"),
    [
        ({"body": "x"}, "q-body"),
        ({"subject": " "}, "q-subject"),
        ({"text": ""}, "q-text"),
        ({"text": "ا" * 5001}, "q-text"),
        ({"files": [SimpleUploadedFile(f"{one}.pdf", PDF) for one in range(6)]}, "q-files"),
    ],
)
def test_what_is_missing_is_said(office, changes, target):
    answer = write(sign_in(office, "villager"), **changes)

    assert answer.status_code == 422
    assert [one.target for one in answer.context["error_summary"].problems] == [target]
    assert models.Intake.objects.count() == 0


def test_a_refused_petition_says_why(office):
    citizen = sign_in(office, "villager")
    sent = write(citizen)
    intake = models.Intake.objects.get()
    clerk = office.officer("secretariat")
    actions.refuse_intake(intake=intake.uuid, reason="به فرمانداری بنویسید", actor=clerk, now=office.now)

    assert "به فرمانداری بنویسید" in citizen.get(sent.url).content.decode()
    assert "Not taken" in citizen.get("/letters/").content.decode()
