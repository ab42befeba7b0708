"""Letters by e-mail of ECE: sent once, taken in with what was odd, receipts both ways, and nothing lost."""

from __future__ import annotations

import base64
import io
from datetime import timedelta

import pytest
from PIL import Image

from divan.dealings.correspondence import actions, jobs, models, queries
from divan.dealings.correspondence.tests import carried, offices
from divan.dealings.correspondence.values import DispatchState, IntakeState, Secrecy
from divan.foundation import facts, files
from divan.foundation.actors import SYSTEM
from divan_libs.ece.contents import Content
from divan_libs.ece.mail import compose_mail, read_mail
from divan_libs.ece.moments import moment_at
from divan_libs.ece.sniffing import part_of
from divan_libs.ece.values import Letter, Party, Receiver, ReceiveType, Software
from divan_libs.ece.writing import letter_bytes

OURS, THEIRS = "ece@governor.example", "ece@firm.example"
GUID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"


@pytest.fixture
def post(office, tmp_path, monkeypatch):
    """Two mailboxes of one province: the governor's office and the directorate write to each other by mail."""
    monkeypatch.setattr(files, "ClamScanner", lambda _address: carried.Doctor())
    for body, address in (("governor-office", OURS), (offices.BODY, THEIRS)):
        carried.give_mailbox(office, body, address)
    password = tmp_path / "password"
    password.write_text("secret of the mailbox\n")
    told = tmp_path / "letters.toml"
    told.write_text(
        "".join(
            f'[[mailbox]]\naddress = "{one}"\nsmtp = "tls://mail.example:465"\nimap = "tls://mail.example:993"\n'
            f'username = "x"\npassword_file = "{password}"\n\n'
            for one in (OURS, THEIRS)
        )
    )
    carried.options_changed(monkeypatch, connections=told, patience=timedelta(hours=2))
    return carried.Post()


def picture(suffix: str, pages: int = 1) -> bytes:
    made = [Image.new("RGB", (40, 60), "white") for _ in range(pages)]
    out = io.BytesIO()
    made[0].save(out, suffix, **({"save_all": True, "append_images": made[1:]} if pages > 1 else {}))
    return out.getvalue()


def mailed(office, *origins: bytes, attachments=(), number: str = "1405/ص/7", swap=None, **changes) -> bytes:
    """Return a mail as another product writes it."""
    letter = Letter(
        sender=Party(organization="شرکت نمونه", name="مدیر"),
        receivers=(Receiver(organization="استانداری", receive_type=ReceiveType.MAIN),),
        letter_no=number,
        written_at=moment_at(office.now),
        subject="درخواست",
        origins=tuple(part_of(Content.of_bytes(one)) for one in origins or (offices.PDF,)),
        attachments=tuple(part_of(Content.of_bytes(one), description="پیوست") for one in attachments),
        software=Software(developer="Other", version="1", guid=GUID),
        **changes,
    )
    xml = letter_bytes(letter)
    mail = compose_mail(
        letter,
        xml.replace(*swap) if swap else xml,
        sender="ece@stranger.example",
        recipients=[OURS],
        now=office.now,
        message_id="<1@stranger.example>",
    )
    return mail.as_bytes()


def collect(office, post, data: bytes) -> models.Intake:
    post.boxes.setdefault(OURS, []).append(data)
    assert jobs.collect_mail(office.now, opens=post.opens) == 1
    return models.Intake.objects.latest("id")


def to_governor(office):
    return carried.correspondent(office, "ece", OURS, organization="استانداری")


def test_a_letter_by_mail_is_registered_there_and_the_receipt_brings_its_number(office, post):
    [sent] = carried.queue(office, to_governor(office))

    jobs.carry_by_ece(office.now, sender=post.sender)
    gone = queries.get_dispatch(sent.uuid)
    jobs.collect_mail(office.now, opens=post.opens)
    intake = models.Intake.objects.get()
    theirs = carried.register(office, intake)
    carried.tell(office, sender=post.sender)
    jobs.collect_mail(office.pass_time(minutes=1), opens=post.opens)

    assert gone.state is DispatchState.SENT
    assert (intake.their_number, intake.subject) == (queries.get_letter(sent.letter).number_text, "پاسخ درخواست")
    assert files.read_file(queries.get_intake(intake.uuid).arrived.files[0].file_uuid) == offices.PDF
    back = queries.get_dispatch(sent.uuid)
    assert (back.state, back.their_number) == (DispatchState.REGISTERED, theirs.number_text)
    assert models.Intake.objects.count() == 1
    receipt = read_mail(post.boxes[THEIRS][0])
    assert receipt.in_reply_to == f"<{sent.key}@firm.example>"
    assert offices.seals_hold()


def test_a_receipt_without_a_reply_is_known_by_number_and_year(office, post):
    [sent] = carried.queue(office, to_governor(office))
    jobs.carry_by_ece(office.now, sender=post.sender)
    jobs.collect_mail(office.now, opens=post.opens)
    theirs = carried.register(office, models.Intake.objects.get())
    carried.tell(office, sender=post.sender)
    post.boxes[THEIRS] = [b"".join(one for one in post.boxes[THEIRS][0].splitlines(True) if b"In-Reply-To" not in one)]
    post.marked.clear()

    jobs.collect_mail(office.now, opens=post.opens)

    assert queries.get_dispatch(sent.uuid).their_number == theirs.number_text


def test_the_same_letter_is_the_same_octets_under_the_same_message_id_at_every_try(office, post):
    [sent] = carried.queue(office, to_governor(office))
    for _ in range(2):
        models.Dispatch.objects.filter(uuid=sent.uuid).update(state="queued", leased_until=None)
        jobs.carry_by_ece(office.now, sender=post.sender)

    jobs.collect_mail(office.now, opens=post.opens)

    first, second = (read_mail(one) for one in post.boxes[OURS])
    assert first.message_id == second.message_id == f"<{sent.key}@firm.example>"
    assert first.enclosed[0].xml == second.enclosed[0].xml
    assert models.Intake.objects.count() == 1


def test_mails_that_come_twice_and_in_another_order_are_taken_once(office, post):
    letters = [mailed(office, number=f"1405/{one}") for one in (3, 1, 2)]
    post.boxes[OURS] = [*letters, letters[0], letters[2]]

    jobs.collect_mail(office.now, opens=post.opens)

    assert sorted(models.Intake.objects.values_list("their_number", flat=True)) == ["1405/1", "1405/2", "1405/3"]
    assert jobs.collect_mail(office.now, opens=post.opens) == 0


@pytest.mark.parametrize("order", [(5, 4, 3, 2, 1, 0), (2, 2, 0, 5, 1, 3), (1, 4, 0, 3, 3, 2)], ids=["back", "b", "c"])
def test_letters_and_receipts_in_any_order_and_twice_end_alike(office, post, order):
    party = to_governor(office)
    sent = [carried.queue(office, party)[0] for _ in range(3)]
    jobs.carry_by_ece(office.now, sender=post.sender)
    post.boxes[OURS] = [(post.boxes[OURS] * 2)[one] for one in order]
    jobs.collect_mail(office.now, opens=post.opens)
    theirs = [carried.register(office, one, double_reason="x") for one in models.Intake.objects.order_by("id")]
    carried.tell(office, sender=post.sender)
    post.boxes[THEIRS] = [(post.boxes[THEIRS] * 2)[one] for one in order]

    jobs.collect_mail(office.pass_time(minutes=1), opens=post.opens)

    back = [queries.get_dispatch(one.uuid) for one in sent]
    assert {one.state for one in back} == {DispatchState.REGISTERED}
    ours = {one.their_number: one.number_text for one in theirs}
    assert [one.their_number for one in back] == [ours[queries.get_letter(one.letter).number_text] for one in sent]
    assert [facts.recorded_for(one.uuid).count("correspondence.dispatch-noted") for one in sent] == [2, 2, 2]
    assert (models.Intake.objects.count(), models.Receipt.objects.filter(state="sent").count()) == (3, 3)
    assert offices.seals_hold()


def test_one_file_mailed_to_two_secretariats_arrives_at_both(office, post):
    data = mailed(office)
    post.boxes = {OURS: [data], THEIRS: [data]}

    assert jobs.collect_mail(office.now, opens=post.opens) == 2

    assert models.Intake.objects.values("secretariat").distinct().count() == 2
    assert models.Intake.objects.count() == 2


def test_pages_as_pictures_become_one_document_and_the_octets_are_kept_as_they_came(office, post):
    data = mailed(office, picture("TIFF", pages=3), picture("JPEG"))

    intake = queries.get_intake(collect(office, post, data).uuid)

    assert [(one.name, one.role, one.pages) for one in intake.arrived.files] == [("letter.pdf", "origin", 4)]
    assert files.read_file(intake.arrived.original) == read_mail(data).enclosed[0].xml
    assert "sender-unknown" in [one.code for one in intake.arrived.deviations]


def test_what_is_odd_about_a_message_stands_beside_it(office, post):
    data = mailed(office).replace(b"X-ECE_SEND", b"X-Other")

    intake = queries.get_intake(collect(office, post, data).uuid)

    assert "mail-mark-missing" in [one.code for one in intake.arrived.deviations]
    assert intake.state is IntakeState.WAITING


def test_a_program_among_the_attachments_is_left_out_and_named(office, post):
    # A writer of this exchange refuses such a file, so it is put in afterwards.
    plain, program = (base64.b64encode(one) for one in (b"plain text, four times four", b"MZ" + bytes(25)))
    data = mailed(office, attachments=[b"plain text, four times four"], swap=(plain, program))

    intake = queries.get_intake(collect(office, post, data).uuid)

    assert [one.role for one in intake.arrived.files] == ["origin"]
    assert "file-left-out" in [one.code for one in intake.arrived.deviations]


def test_a_letter_with_a_pest_waits_for_a_person_without_any_file(office, post):
    intake = queries.get_intake(collect(office, post, mailed(office, carried.EVIL)).uuid)

    assert (intake.state, intake.arrived.problem) == (IntakeState.BROKEN, "foundation.file-infected")
    assert (intake.arrived.files, intake.arrived.original) == ((), None)
    assert intake.arrived.deviations[-2:][0].text == "Pest" or intake.arrived.deviations[-1].text == "Pest"


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (
            b'Content-Type: application/xml; name="a.xml"\r\n\r\n<!DOCTYPE x [<!ENTITY y "z">]><Letter>&y;</Letter>',
            "ece.xml.doctype",
        ),
        (b'Content-Type: application/xml; name="a.xml"\r\n\r\n<Letter><Protocol>', "ece.xml.not-well-formed"),
    ],
)
def test_what_cannot_be_read_waits_for_a_person_as_it_came(office, post, data, problem):
    intake = queries.get_intake(collect(office, post, data).uuid)

    assert (intake.state, intake.arrived.problem) == (IntakeState.BROKEN, problem)
    assert files.read_file(intake.arrived.original)
    assert queries.find_open_work(intake.uuid) is not None


def test_a_mail_that_is_too_large_is_told_and_not_read(office, post, monkeypatch):
    from divan.dealings.correspondence.tests.carried import Box, MailUid, WaitingMail  # noqa: PLC0415 (as it is used)

    monkeypatch.setattr(Box, "waiting", lambda _self: iter([WaitingMail(MailUid(1, 9), 10**9, None)]))

    jobs.collect_mail(office.now, opens=post.opens)

    assert set(models.Intake.objects.values_list("state", flat=True)) == {"broken"}


def test_a_receipt_of_no_letter_of_ours_waits_for_a_person(office, post):
    [sent] = carried.queue(office, to_governor(office))
    jobs.carry_by_ece(office.now, sender=post.sender)
    jobs.collect_mail(office.now, opens=post.opens)
    carried.register(office, models.Intake.objects.get())
    carried.tell(office, sender=post.sender)
    receipt = post.boxes[THEIRS][0]
    post.boxes = {OURS: [receipt.replace(sent.key.encode(), b"00000000-0000-4000-8000-000000000000")]}
    number = queries.get_letter(sent.letter).number_text
    models.Letter.objects.filter(direction="outgoing").update(number="OTHER/1")
    post.marked.clear()

    jobs.collect_mail(office.now, opens=post.opens)

    assert models.Intake.objects.filter(state="broken", subject=number).count() == 1


def test_a_letter_that_was_refused_is_told_by_a_plain_mail(office, post):
    intake = collect(office, post, mailed(office))
    actions.refuse_intake(intake=intake.uuid, reason="گیرنده ما نیستیم", actor=SYSTEM, now=office.now)

    carried.tell(office, sender=post.sender)

    [mail] = post.boxes["ece@stranger.example"]
    assert b"In-Reply-To: <1@stranger.example>" in mail
    assert models.Receipt.objects.get().state == "sent"


def test_a_secret_letter_does_not_leave_by_mail(office, post):
    [sent] = carried.queue(office, to_governor(office), secrecy=Secrecy.SECRET)

    jobs.carry_by_ece(office.now, sender=post.sender)

    assert queries.get_dispatch(sent.uuid).problem == "ece.write.classification"
    assert post.boxes == {}


def test_a_mail_server_that_is_down_is_tried_again_until_the_letter_is_dead(office, post):
    [sent] = carried.queue(office, to_governor(office))
    post.is_down = True
    for _ in range(2):
        jobs.carry_by_ece(office.pass_time(minutes=40), sender=post.sender)
    known = queries.get_dispatch(sent.uuid)

    jobs.carry_by_ece(office.pass_time(minutes=41), sender=post.sender)

    assert (known.state, known.attempts) == (DispatchState.QUEUED, 2)
    back = queries.get_dispatch(sent.uuid)
    assert (back.state, back.problem) == (DispatchState.DEAD, "ece.mail.smtp")
    assert jobs.collect_mail(office.now, opens=post.opens) == 0


def test_a_mail_that_returns_brings_its_letter_back_to_the_desk(office, post):
    [sent] = carried.queue(office, to_governor(office))
    jobs.carry_by_ece(office.now, sender=post.sender)
    returned = (
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\nAction: failed\r\n\r\n"
        b"--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <" + sent.key.encode() + b"@firm.example>\r\n\r\n--b--"
    )
    post.boxes = {THEIRS: [returned]}
    post.marked.clear()

    jobs.collect_mail(office.now, opens=post.opens)

    assert queries.get_dispatch(sent.uuid).problem == "ece.mail.returned"
    assert models.Intake.objects.count() == 0


def test_a_secretariat_without_a_mailbox_keeps_its_letters_queued(office, post):
    models.Secretariat.objects.filter(ece_address=THEIRS).update(ece_address="")
    [sent] = carried.queue(office, to_governor(office))

    jobs.carry_by_ece(office.now, sender=post.sender)

    assert queries.get_dispatch(sent.uuid).state is DispatchState.QUEUED
