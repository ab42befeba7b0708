"""Pages of drafts: written, addressed, sent on their way, paraphed, returned and signed, each as a person does it."""

from __future__ import annotations

import re

import pytest

from divan.dealings.correspondence import models, queries
from divan.dealings.correspondence.tests.offices import found
from divan.dealings.correspondence.values import LetterState
from divan.registers.people import queries as people


@pytest.fixture
def office(world):
    """Return the province with its secretariats."""
    return found(world)


def begin(client, **given):
    """Begin a letter and return the address of the draft."""
    answer = client.post("/office/letters/new/", {"template": "", **given})
    assert answer.status_code == 302, answer.content.decode()
    return answer.url


def filled(client, address: str, **changes):
    """Return what a browser would send of the draft as it stands, with changes."""
    page = client.get(address)
    sent = {"seen": page.context["seen"]}
    for group in ("text_fields", "kind_fields", "mark_fields"):
        sent |= {field.name: field.value for field in page.context[group] if field.kind != "date"}
    for row in page.context["rows"]:
        sent |= {field.name: field.value for field in row.fields}
    return {**sent, **changes}


def written(client, office, subject: str = "برنامهٔ توسعه"):
    """Write a letter to the governor's office and return its address."""
    address = begin(client)
    client.post(address, filled(client, address, subject=subject, body="با سلام\n\nبا احترام"))
    body = people.get_unit("governor-office")
    client.post(f"{address}recipients/", {"chosen": [f"body:{body.uuid}"], "role": "main"})
    return address


def sent_on(client, office, *posts: tuple[str, str]):
    """Write a letter, lay its route and send it on; return the letter."""
    address = written(client, office)
    sent = {"seen": client.get(f"{address}route/").context["letter"].version, "then": "start", "order": "in-order"}
    for at, (kind, code) in enumerate(posts):
        sent |= {f"post-{at}": str(office.post(code).uuid), f"kind-{at}": kind, f"place-{at}": str(at + 1)}
    answer = client.post(f"{address}route/", sent)
    assert answer.status_code == 302, answer.content.decode()
    return queries.get_letter(models.Letter.objects.get().uuid)


def step_page(client):
    """Return the address of the first line of a worklist."""
    return client.get("/office/").context["lines"][0].url


def test_a_letter_is_written_addressed_paraphed_and_signed_by_pages_alone(browser, office):
    expert, deputy, director = browser("ict-expert"), browser("ict-deputy"), browser("ict-director")
    letter = sent_on(expert, office, ("paraph", "ict-deputy"), ("signature", "ict-director"))

    waiting = step_page(deputy)
    deputy.post(waiting, {"do": "paraph", "seen": letter.version})
    page = director.get(step_page(director))
    answer = director.post(step_page(director), {"do": "sign", "seen": letter.version}, follow=True)

    signed = queries.get_letter(letter.uuid)
    assert "its number from Outgoing" in page.content.decode()
    assert answer.redirect_chain == [("/office/", 302)]
    assert (signed.state, signed.number_text) == (LetterState.NUMBERED, "110/1405/ص/1")
    assert director.get(f"/office/letters/{letter.uuid}/").status_code == 200


def test_the_route_is_proposed_by_the_chart(browser, office):
    expert = browser("ict-expert")
    address = written(expert, office)

    page = expert.get(f"{address}route/")

    assert [(str(step.kind), title) for _, step, title, _, _ in page.context["rows"]] == [
        ("paraph", "Deputy for technology"),
        ("signature", "Director general of ICT"),
    ]


def test_two_tabs_keep_both_texts_and_say_so(browser, office):
    expert = browser("ict-expert")
    address = begin(expert)
    sent = filled(expert, address)

    expert.post(address, {**sent, "subject": "یکی", "body": "متن یکم"})
    second = expert.post(address, {**sent, "subject": "دیگری", "body": "متن دوم", "urgency": "urgent"})
    text = second.content.decode()
    third = expert.post(
        address, {**sent, "seen": second.context["seen"], "subject": "دیگری", "body": "متن دوم", "urgency": "urgent"}
    )

    letter = models.Letter.objects.get()
    assert second.status_code == 409
    assert "Both texts are kept" in text
    assert third.status_code == 302
    assert [one.subject for one in queries.list_versions(letter.uuid)] == ["دیگری", "یکی", ""]
    assert (letter.subject, letter.urgency) == ("دیگری", "urgent")


def test_versions_are_told_to_be_erased_only_of_a_letter_whose_words_were(browser, office):
    expert = browser("ict-expert")
    begin(expert)
    fresh = models.Letter.objects.get()
    address = f"/office/letters/{fresh.uuid}/versions/"
    before = expert.get(address)
    models.Letter.objects.filter(uuid=fresh.uuid).update(registered_at=office.now)

    after = expert.get(address)

    assert "What the versions said was erased" not in before.content.decode()
    assert [version.subject for version, _by in before.context["versions"]] == [""]
    assert "What the versions said was erased" in after.content.decode()


def test_a_returned_letter_comes_back_with_its_reason_and_shows_what_changed(browser, office):
    expert, deputy = browser("ict-expert"), browser("ict-deputy")
    letter = sent_on(expert, office, ("paraph", "ict-deputy"), ("signature", "ict-director"))
    step = step_page(deputy)

    nothing = deputy.post(step, {"do": "return", "seen": letter.version, "reason": ""})
    deputy.post(step, {"do": "return", "seen": letter.version, "reason": "مهلت نوشته شود"})
    late = deputy.post(step, {"do": "paraph", "seen": letter.version})
    page = expert.get(step_page(expert))
    address = f"/office/letters/drafts/{letter.uuid}/"
    expert.post(address, filled(expert, address, body="با سلام\n\nتا پایان سال"))
    compared = expert.get(f"/office/letters/{letter.uuid}/versions/")

    assert nothing.status_code == 422
    assert late.status_code == 409
    assert "مهلت نوشته شود" in page.content.decode()
    assert [[(one.what, one.text) for one in line] for line in compared.context["changes"]] == [
        [("same", "برنامهٔ توسعه")],
        [("same", "با سلام")],
        [("removed", "با احترام")],
        [("added", "تا پایان سال")],
    ]


def test_a_recipient_who_is_not_cleared_is_named_and_nothing_is_lost(browser, office):
    expert = browser("ict-expert")
    address = written(expert, office)
    finance = office.post("ict-finance")
    expert.post(f"{address}recipients/", {"chosen": [f"post:{finance.uuid}"], "role": "copy"})

    answer = expert.post(address, filled(expert, address, subject="محرمانه", secrecy="confidential"))

    text = answer.content.decode()
    assert answer.status_code == 422
    assert finance.title_fa in text
    assert re.search(r'name="subject"[^>]*value="محرمانه"', text) or 'value="محرمانه"' in text
    assert models.Letter.objects.get().secrecy == "ordinary"


def test_a_reference_is_found_by_its_number_in_any_spelling(browser, office):
    from divan.dealings.correspondence.tests.offices import signed  # noqa: PLC0415 (Django is ready only now)

    other = signed(office)
    expert = browser("ict-expert")
    address = begin(expert)
    from divan.dealings.correspondence.actions.reading import note_reader  # noqa: PLC0415 (as above)

    note_reader(models.Letter.objects.get(uuid=other.uuid), office.post("ict-expert").uuid, office.now)

    seen = [
        [one.uuid for one in expert.get(f"{address}references/", {"q": typed}).context["found"]]
        for typed in ("۱۱۰/۱۴۰۵/ص/۱", "110-1405-ص-1", "1/ص/1405/110", "۱", "2")
    ]
    expert.post(f"{address}references/", {"kind": "follows", "other": str(other.uuid)})
    expert.post(f"{address}references/", {"kind": "answers", "q": "۱۴۰۴/ص/۷"})

    [draft] = models.Letter.objects.filter(state="draft")
    assert seen == [[other.uuid]] * 4 + [[]]
    assert [(one.kind, one.number, one.other) for one in queries.list_relations(draft.uuid)] == [
        ("follows", "110/1405/ص/1", other.uuid),
        ("answers", "1404/ص/7", None),
    ]


def test_drafts_of_others_do_not_exist(browser, office):
    expert, director = browser("ict-expert"), browser("ict-director")
    address = begin(expert)
    letter = models.Letter.objects.get().uuid

    found_by = {
        path: director.get(path).status_code
        for path in (address, f"{address}recipients/", f"{address}route/", f"/office/letters/{letter}/versions/")
    }

    assert set(found_by.values()) == {404}
    assert director.post(f"{address}discard/").status_code == 404
    assert models.Letter.objects.get().state == "draft"


def test_templates_groups_and_parties_outside_are_kept_and_used(browser, office):
    expert, director = browser("ict-expert"), browser("ict-director")

    refused = expert.post("/office/letters/outside/new/", {"kind": "firm", "organization": "x", "channel": "post"})
    director.post("/office/letters/outside/new/", {"kind": "firm", "organization": "شرکت نمونه", "channel": "post"})
    nobody = models.Correspondent.objects.count()
    director.post(
        "/office/letters/outside/new/",
        {"kind": "firm", "organization": "شرکت نمونه", "channel": "post", "way-post": "خرم‌آباد، بلوار"},
    )
    firm = models.Correspondent.objects.get()
    director.post("/office/letters/groups/new/", {"name": "پیمانکاران", "chosen": [f"outside:{firm.uuid}"]})
    group = models.RecipientGroup.objects.get()
    asked = director.post(
        "/office/letters/templates/new/",
        {
            "name": "دعوت",
            "whose": "body",
            "kind": "invitation",
            "subject": "دعوت به جلسه",
            "body": "با سلام",
            "then": "recipients",
        },
    )
    ready = models.Template.objects.get()
    deputy = office.post("ict-deputy")
    director.post(asked["Location"], {"chosen": [f"post:{deputy.uuid}"], "role": "copy"})
    path = f"/office/letters/templates/{ready.uuid}/"
    kept = {field.name: field.value for field in director.get(path).context["fields"]}
    line = {"r-0-role": "copy", "r-0-text": "جهت اطلاع", "r-0-marks": ["hidden"]}
    director.post(path, {**kept, "body": "با سلام", **line})
    address = begin(expert, template=str(ready.uuid))
    expert.post(f"{address}recipients/", {"chosen": [f"group:{group.uuid}"], "role": "main"})

    letter = models.Letter.objects.get()
    assert (refused.status_code, nobody) == (403, 0)
    copies = models.Recipient.objects.filter(letter=letter, role="copy").values_list("party_uuid", "text", "hidden")
    assert list(copies) == [(deputy.uuid, "جهت اطلاع", True)]
    assert (letter.kind, letter.subject, letter.wording) == ("invitation", "دعوت به جلسه", "با سلام")
    assert letter.recipient == "شرکت نمونه"
    assert path not in expert.get("/office/letters/furniture/").content.decode()
    assert {
        director.get(path).status_code
        for path in (
            "/office/letters/furniture/",
            f"/office/letters/groups/{group.uuid}/",
            f"/office/letters/outside/{firm.uuid}/",
            f"/office/letters/templates/{models.Template.objects.get().uuid}/",
        )
    } == {200}


def test_a_letter_about_a_case_goes_to_its_applicant_and_shows_the_case(browser, office, task_in):
    case, _task = task_in("draft")
    expert = browser("ict-expert")

    begin(expert, case=str(case.uuid))
    other = browser("integrator").get("/office/letters/new/", {"case": str(case.uuid)})

    letter = queries.get_letter(models.Letter.objects.exclude(drafter=None).get().uuid)
    assert (letter.about_kind, letter.about_uuid) == ("cases.case", case.uuid)
    assert letter.recipient == office.person("villager").full_name
    assert other.status_code == 404
    assert [one.uuid for one in expert.get(f"/office/cases/{case.uuid}/").context["letters"]] == [letter.uuid]
