"""Questions to registers: asked once, answered once, honest when nobody answers, whole after a power cut."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time as real_time
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, connections
from tests.elsewhere import await_released, database_url

from divan.foundation import facts
from divan.foundation.actors import SYSTEM, Actor, ActorKind
from divan.registers.people import queries as people
from divan.registers.people.values import PersonUnknown
from divan.trust.identity import actions, jobs, models, queries
from divan.trust.identity.actions import answers
from divan.trust.identity.adapters.registers import CIVIL_REGISTRY, MOBILE_OWNERS, Question
from divan.trust.identity.adapters.rehearsal import RehearsalRegistry
from divan.trust.identity.values import (
    DataServiceUnknown,
    InquiryState,
    InquiryUnknown,
    Matched,
    NotMatched,
    Unknown,
)

from .factories import CAST, KARIM, NOON, ZAHRA, enter, make_post

ABOUT = uuid4()


def ask(*, data_service=CIVIL_REGISTRY, subject=None, now=NOON, actor=SYSTEM):
    return actions.open_inquiry(
        need="REQ-IDENTITY",
        data_service=data_service,
        subject=subject or enter(ZAHRA),
        purpose="درخواست پوشش اینترنت روستا",
        about_kind="cases.case",
        about_uuid=ABOUT,
        actor=actor,
        now=now,
    )


class Prepared:
    """A register that gives prepared answers, in their order; the last for ever."""

    def __init__(self, *prepared) -> None:
        self.prepared = list(prepared)
        self.asked: list[Question] = []

    def answer(self, question):
        self.asked.append(question)
        return self.prepared.pop(0) if len(self.prepared) > 1 else self.prepared[0]


@pytest.mark.django_db
def test_what_an_officer_asks_names_the_post_and_what_the_person_asks_names_none(work, registry):
    karim = enter(KARIM)
    officer = Actor(kind=ActorKind.STAFF, uuid=karim, post=make_post("expert-1", "expert"))

    ask(actor=officer)
    work(NOON)
    ask(subject=karim)
    work(NOON)

    assert [(asked.post, asked.post_body) for asked in registry.asked] == [("expert", "ict"), ("", "")]


@pytest.mark.django_db
def test_a_matched_answer_is_kept_with_its_evidence_and_told_to_the_register_of_people(work, registry):
    inquiry = ask()
    assert queries.get_inquiry(inquiry).state is InquiryState.ASKED

    assert work(NOON) == 1

    answer = queries.get_inquiry(inquiry)
    assert answer.state is InquiryState.MATCHED
    assert answer.fields["birth_date"] == "1989-05-12"
    assert answer.message_id == registry.asked[0].message_id
    assert answer.reason == ""
    assert answer.answered_at is not None
    assert facts.recorded_for(inquiry) == ["identity.inquiry-asked", "identity.inquiry-answered"]
    asked, answered = facts.of_subjects([inquiry])
    assert asked.data == {"about": ["cases.case", str(ABOUT)], "data_service": CIVIL_REGISTRY}
    assert answered.data == {"about": ["cases.case", str(ABOUT)], "state": "matched"}
    person = people.find_person(ZAHRA.national_code)
    assert (person.full_name, person.father_name, str(person.birth_date)) == ("زهرا رستمی", "علی", "1989-05-12")
    assert work(NOON + timedelta(minutes=1)) == 0


@pytest.mark.django_db
def test_a_denial_tells_no_fields_and_changes_no_person():
    inquiry = ask()
    jobs.ask_inquiries(NOON, registers={CIVIL_REGISTRY: Prepared(NotMatched("no-record"))})

    answer = queries.get_inquiry(inquiry)
    assert (answer.state, answer.fields, answer.reason) == (InquiryState.NOT_MATCHED, {}, "no-record")
    assert people.find_person(ZAHRA.national_code).father_name == ""


@pytest.mark.django_db
def test_a_mobile_number_is_asked_about_its_registered_owner(work, owners):
    inquiry = ask(data_service=MOBILE_OWNERS)
    work(NOON)

    assert owners.asked[0].parameters == {"mobile": ZAHRA.mobile}
    assert queries.get_inquiry(inquiry).state is InquiryState.MATCHED


@pytest.mark.django_db
def test_a_register_that_wakes_up_is_asked_again_under_new_identifiers():
    register = Prepared(Unknown("silent", again=True), Unknown("malformed", again=True), Matched({"alive": True}))
    inquiry = ask(data_service=MOBILE_OWNERS)

    for seconds in range(10):
        jobs.ask_inquiries(NOON + timedelta(seconds=seconds), registers={MOBILE_OWNERS: register})

    assert len(register.asked) == 3
    assert len({question.message_id for question in register.asked}) == 3
    assert queries.get_inquiry(inquiry).state is InquiryState.MATCHED
    assert len(facts.recorded_for(inquiry)) == 2


@pytest.mark.django_db
def test_a_silent_register_ends_as_unknown_within_two_minutes_never_as_a_denial():
    register = Prepared(Unknown("silent", again=True))
    inquiry = ask()
    seconds = 0
    while queries.get_inquiry(inquiry).state is InquiryState.ASKED:
        jobs.ask_inquiries(NOON + timedelta(seconds=seconds), registers={CIVIL_REGISTRY: register})
        seconds += 1

    answer = queries.get_inquiry(inquiry)
    assert (answer.state, answer.reason, answer.fields) == (InquiryState.UNKNOWN, "silent", {})
    assert seconds <= 120
    assert len(register.asked) == 8


@pytest.mark.django_db
def test_a_defect_on_the_way_ends_as_unknown_and_holds_up_no_other_question(caplog):
    class Broken(Prepared):
        def answer(self, question):
            if question.message_id not in whole:
                raise ValueError("a defect")
            return super().answer(question)

    subject, whole = enter(ZAHRA), set()
    broken = ask(subject=subject)
    fine = ask(subject=subject)
    whole.add(queries.get_inquiry(fine).message_id)
    for seconds in range(121):
        at = NOON + timedelta(seconds=seconds)
        jobs.ask_inquiries(at, registers={CIVIL_REGISTRY: Broken(NotMatched("no-record"))})

    assert queries.get_inquiry(fine).state is InquiryState.NOT_MATCHED
    assert (queries.get_inquiry(broken).state, queries.get_inquiry(broken).reason) == (InquiryState.UNKNOWN, "defect")
    assert "a defect" in caplog.text


@pytest.mark.django_db
def test_a_refusal_of_the_exchange_is_not_tried_again():
    register = Prepared(Unknown("refused", again=False))
    inquiry = ask()

    jobs.ask_inquiries(NOON, registers={CIVIL_REGISTRY: register})

    assert queries.get_inquiry(inquiry).reason == "refused"
    assert len(register.asked) == 1


@pytest.mark.django_db
def test_an_answer_that_repeats_itself_or_comes_late_changes_nothing():
    inquiry = ask()
    due = answers.take_due_inquiry(NOON, CIVIL_REGISTRY)

    def deliver(answer, message_id):
        actions.answer_inquiry(inquiry=inquiry, message_id=message_id, answer=answer, actor=SYSTEM, now=NOON)

    deliver(NotMatched("no-record"), "an identifier of before")
    assert queries.get_inquiry(inquiry).state is InquiryState.ASKED
    for answer in (NotMatched("no-record"), Matched({"alive": True}), Unknown("silent", again=False)):
        deliver(answer, due.question.message_id)

    assert queries.get_inquiry(inquiry).state is InquiryState.NOT_MATCHED
    assert len(facts.recorded_for(inquiry)) == 2


@pytest.mark.django_db
def test_a_question_on_its_way_is_left_alone_until_its_lease_ends_and_keeps_its_identifier():
    ask()
    first = answers.take_due_inquiry(NOON, CIVIL_REGISTRY)

    assert answers.take_due_inquiry(NOON + timedelta(seconds=29), CIVIL_REGISTRY) is None
    again = answers.take_due_inquiry(NOON + timedelta(seconds=30), CIVIL_REGISTRY)
    assert again == first


@pytest.mark.django_db
def test_a_slow_register_delays_no_other(owners):
    class Slow:
        def answer(self, _question):
            raise AssertionError("the other register's duty asks only its own")

    ask()
    mine = ask(data_service=MOBILE_OWNERS)
    registers = {CIVIL_REGISTRY: Slow(), MOBILE_OWNERS: owners}

    assert jobs.ask_inquiries(NOON, data_service=MOBILE_OWNERS, registers=registers) == 1
    assert queries.get_inquiry(mine).state is InquiryState.MATCHED
    assert [duty.name for duty in jobs.duties()] == [
        f"inquiries.{CIVIL_REGISTRY}",
        f"inquiries.{MOBILE_OWNERS}",
        "inquiries.others",
        "identity.forget",
    ]


@pytest.mark.django_db
def test_an_unknown_register_person_or_number_is_refused_and_nothing_is_asked():
    subject = enter(ZAHRA)
    models.Inquiry._meta.get_field("subject").related_model.objects.update(mobile="")
    for data_service in ("tax-office/debts", MOBILE_OWNERS):
        with pytest.raises(DataServiceUnknown):
            ask(data_service=data_service, subject=subject)
    with pytest.raises(PersonUnknown):
        ask(subject=uuid4())

    assert models.Inquiry.objects.count() == 0
    with pytest.raises(InquiryUnknown):
        queries.get_inquiry(uuid4())


@pytest.mark.django_db
def test_attempts_leave_the_digest_as_the_last_fact_has_it():
    inquiry = ask()
    jobs.ask_inquiries(NOON, registers={CIVIL_REGISTRY: Prepared(Unknown("silent", again=True))})

    live = facts.live_digests("identity.inquiry", [inquiry])[inquiry]
    assert models.Inquiry.objects.get().attempts == 1
    assert facts.of_subjects([inquiry])[-1].subject_digest == live


@pytest.mark.django_db
def test_an_answer_changed_in_the_table_is_found(work):
    inquiry = ask()
    work(NOON)

    models.Inquiry.objects.update(fields={"first_name": "somebody else"})

    live = facts.live_digests("identity.inquiry", [inquiry])[inquiry]
    assert facts.of_subjects([inquiry])[-1].subject_digest != live


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_a_register_is_waited_for():
    seen = []

    class Watching:
        def answer(self, _question):
            seen.append(connection.in_atomic_block)
            return Matched({})

    inquiry = ask(data_service=MOBILE_OWNERS)
    jobs.ask_inquiries(NOON, registers={MOBILE_OWNERS: Watching()})

    assert seen == [False]
    assert queries.get_inquiry(inquiry).state is InquiryState.MATCHED


@pytest.mark.django_db(transaction=True)
def test_two_workers_ask_each_question_once():
    subject = enter(ZAHRA)
    for _ in range(12):
        ask(subject=subject)
    asked = []

    class Unhurried(RehearsalRegistry):
        def answer(self, question):
            asked.append(question.message_id)
            real_time.sleep(0.005)
            return super().answer(question)

    def work():
        jobs.ask_inquiries(NOON, registers={CIVIL_REGISTRY: Unhurried(CAST)})
        connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert len(asked) == len(set(asked)) == 12
    assert models.Inquiry.objects.filter(state="matched").count() == 12


CRASHING_WORKER = """
import django; django.setup()
from datetime import datetime
from divan.trust.identity import jobs
from divan.trust.identity.values import Matched
class Register:
    def answer(self, question):
        print(question.message_id, flush=True)
        return Matched({})
jobs.ask_inquiries(datetime.fromisoformat("%s"), registers={"mobile-register/owner": Register()})
"""


@pytest.mark.django_db(transaction=True)
def test_a_power_cut_after_sending_asks_again_under_the_same_identifier_and_answers_once():
    inquiry = ask(data_service=MOBILE_OWNERS)

    crashed = subprocess.run(
        [sys.executable, "-c", CRASHING_WORKER % NOON.isoformat()],
        env={**os.environ, "DIVAN_FAULT": "inquiry.after-send", "DIVAN_DATABASE_URL": database_url()},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert crashed.returncode == -9, crashed.stderr
    await_released()
    asked = queries.get_inquiry(inquiry)
    assert asked.state is InquiryState.ASKED
    assert crashed.stdout.split() == [asked.message_id]
    register = Prepared(Matched({}))
    assert jobs.ask_inquiries(NOON + timedelta(seconds=5), registers={MOBILE_OWNERS: register}) == 0
    assert jobs.ask_inquiries(NOON + timedelta(seconds=31), registers={MOBILE_OWNERS: register}) == 1
    assert [question.message_id for question in register.asked] == [asked.message_id]
    assert queries.get_inquiry(inquiry).state is InquiryState.MATCHED
    assert facts.recorded_for(inquiry) == ["identity.inquiry-asked", "identity.inquiry-answered"]
