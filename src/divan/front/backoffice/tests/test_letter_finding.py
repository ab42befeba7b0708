"""Pages of finding letters, of their figures, and of who answered them."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from divan.dealings.correspondence import actions, models, queries
from divan.dealings.correspondence.tests.conftest import office  # noqa: F401 (a fixture of letters)
from divan.dealings.correspondence.tests.offices import body_party, receive, registration, signed, take
from divan.dealings.correspondence.values import Channel
from divan.foundation import facts
from divan.foundation.actors import SYSTEM
from divan.foundation.ui.templatetags.components import code

pytestmark = pytest.mark.django_db


def follow(world):
    from divan.dealings.correspondence.jobs.circulars import note_readings  # noqa: PLC0415 (Django is ready only now)
    from divan.dealings.correspondence.jobs.figures import count_letters  # noqa: PLC0415 (as above)
    from divan.dealings.correspondence.jobs.finding import enter_letters  # noqa: PLC0415 (as above)

    facts.place_facts()
    for job in (enter_letters, count_letters, note_readings):
        while job(world.now):
            pass


def text(answer):
    return answer.content.decode()


def test_a_search_shows_what_fits_with_its_hits_marked(office, browser):  # noqa: F811 (the fixture)
    receive(office, subject="گزارش آبرسانی <b>")
    signed(office, subject="پاسخ", wording="اینترنت روستا")
    follow(office)
    client = browser("secretariat")

    page = text(client.get("/office/letters/search/?text=آبرساني"))

    assert "<mark>آبرسانی</mark>" in page
    assert "&lt;b&gt;" in page
    assert "پاسخ" not in page
    assert "1 letter" in page
    assert "<mark>اینترنت</mark>" in text(client.get("/office/letters/search/?text=اینترنت"))
    assert "No letter was found" in text(client.get("/office/letters/search/?text=هرگز"))
    assert client.get("/office/letters/search/").status_code == 200


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("since=1405/13/01", "Write the day like"),
        ("since=1405/02/02&until=1405/01/01", "It lies before the first day"),
        ("unit=no-uuid", "The search was not made"),
        ("secretariat=0", "The search was not made"),
        ("kind=none-such", "The search was not made"),
    ],
)
def test_a_filter_that_cannot_be_read_says_so_and_nothing_is_searched(office, browser, query, said):  # noqa: F811
    page = text(browser("secretariat").get(f"/office/letters/search/?text=x&{query}"))

    assert said in page
    assert "The search was not made" in page


@pytest.mark.parametrize("after", ["x", "2026-01-01~1", "2026-01-01T00:00:00+00:00~99999999999999999999", "~"])
def test_a_place_that_no_page_gave_begins_at_the_top(office, browser, after):  # noqa: F811 (the fixture)
    receive(office)
    follow(office)

    page = text(browser("secretariat").get("/office/letters/search/", {"text": "مجوز", "after": after}))

    assert "<mark>مجوز</mark>" in page


def circular(office):  # noqa: F811 (a world)
    found = signed(
        office,
        body_party("governor-office"),
        body_party("ict-ministry"),
        subject="بخشنامهٔ صرفه‌جویی",
        kind="circular",
    )
    from divan.dealings.correspondence.actions.reading import note_reader  # noqa: PLC0415 (Django is ready only now)

    row = models.Letter.objects.get(uuid=found.uuid)
    note_reader(row, office.post("ict-expert").uuid, office.now)
    return row


def test_who_has_not_answered_is_listed_and_reminded_by_a_draft(office, browser):  # noqa: F811 (the fixture)
    row = circular(office)
    follow(office)
    first, second = models.Recipient.objects.filter(letter=row).order_by("position")
    client = browser("ict-expert")
    address = f"/office/letters/{row.uuid}/answers/"

    assert address in text(client.get("/office/letters/circulars/"))
    assert "Recipients: 2 · read: 0 · answered: 0" in text(client.get(f"/office/letters/{row.uuid}/"))
    nobody = client.post(address, {"to": "chosen"})
    assert nobody.status_code == 422
    assert "There is nobody to remind" in text(nobody)
    assert models.Letter.objects.count() == 1

    sent = client.post(address, {"to": "chosen", "recipient": [str(second.uuid)]})

    draft = models.Letter.objects.get(state="draft")
    assert sent.status_code == 302
    assert sent["Location"] == f"/office/letters/drafts/{draft.uuid}/"
    assert [one.party.uuid for one in queries.list_recipients(draft.uuid)] == [second.party_uuid]
    assert [(one.kind, one.other) for one in queries.list_relations(draft.uuid)] == [("follows", row.uuid)]
    assert "بخشنامهٔ صرفه‌جویی" in draft.subject

    exported = client.get(address + "?as=csv")
    assert exported["Content-Type"] == "text/csv; charset=utf-8"
    assert exported.content.decode("utf-8-sig").count("\n") == 3
    assert first.organization in exported.content.decode("utf-8-sig")
    printed = client.get(address + "?as=pdf&show=unanswered")
    assert (printed["Content-Type"], printed.content[:5]) == ("application/pdf", b"%PDF-")
    assert client.get(address + "?from=999").context["lines"] == []


def test_answers_are_shown_to_nobody_who_may_not_read_the_letter(office, browser):  # noqa: F811 (the fixture)
    row = circular(office)
    received = receive(office)

    assert browser("ict-deputy").get(f"/office/letters/{row.uuid}/answers/").status_code == 404
    assert browser("secretariat").get(f"/office/letters/{received.uuid}/answers/").status_code == 404


def test_a_recipient_inside_the_house_has_read_once_its_referral_was_opened(office):  # noqa: F811 (the fixture)
    row = circular(office)
    actions.lay_at_dispatch_desk(letter=row.uuid, actor=SYSTEM, now=office.now)
    recipient = models.Recipient.objects.filter(letter=row).order_by("position").first()
    sending = models.Dispatch.objects.get(recipient=recipient)
    taken = take(office, channel=Channel.EXCHANGE, dispatch=sending.uuid)
    arrived = actions.register_intake(
        intake=taken.uuid, registration=registration(), actor=office.officer("secretariat"), now=office.now
    )
    one = actions.refer_letter(
        letter=arrived.uuid,
        to_posts=[office.post("ict-expert").uuid],
        instruction="action",
        actor=office.officer("secretariat"),
        now=office.now,
    )[0]

    actions.note_recipient_read(referral=one.uuid, actor=SYSTEM, now=office.now)
    later = office.pass_time(hours=1)
    actions.note_recipient_read(referral=one.uuid, actor=SYSTEM, now=later)

    recipient.refresh_from_db()
    assert recipient.read_at is not None
    assert recipient.read_at < later
    assert facts.recorded_for(recipient.uuid)[-1] == "correspondence.recipient-read"


def test_figures_follow_what_was_received_sent_and_acted_upon(office, browser):  # noqa: F811 (the fixture)
    received = receive(office)
    one = actions.refer_letter(
        letter=received.uuid,
        to_posts=[office.post("ict-expert").uuid],
        instruction="action",
        actor=office.officer("secretariat"),
        now=office.now,
    )[0]
    office.pass_time(hours=3)
    actions.report_referral(referral=one.uuid, report="انجام شد", actor=office.officer("ict-expert"), now=office.now)
    follow(office)
    follow(office)

    month = next(iter(queries.figures_by_month(office.post("ict-expert").unit.body_uuid, 1405).values()))

    assert (month.received, month.acted, month.seconds) == ({"counter": 1}, 1, 3 * 3600)
    assert (month.paperless_share, month.hours) == (0, 3.0)
    page = browser("ict-director").get("/office/letters/figures/?year=1405")
    assert page.status_code == 200
    assert "3.0" in text(page)
    exported = browser("ict-director").get("/office/letters/figures/?year=1405&as=csv")
    assert exported.content.decode("utf-8-sig").splitlines()[-1].startswith("Together,1,0,0,3.0,1,0")
    assert browser("ict-expert").get("/office/letters/figures/").status_code == 403


def test_the_governor_sees_all_bodies_and_what_waits_without_what_it_says(office, browser):  # noqa: F811
    received = receive(office, subject="موضوع پوشیده")
    actions.refer_letter(
        letter=received.uuid,
        to_posts=[office.post("ict-expert").uuid],
        instruction="action",
        actor=office.officer("secretariat"),
        now=office.now,
    )
    follow(office)

    page = text(browser("governor-officer").get("/office/governor/letters/?year=1405"))

    with override("en"):
        assert code(received.number_text) in page
    assert "موضوع پوشیده" not in page
    assert browser("ict-director").get("/office/governor/letters/").status_code == 403
