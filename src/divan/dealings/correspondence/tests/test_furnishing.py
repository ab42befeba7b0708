"""Who writes templates, groups and entries of outside, how the secretariats work, and what a crest may be."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from divan.dealings.correspondence import actions, models, queries
from divan.dealings.correspondence.adapters.crests import clean_crest
from divan.dealings.correspondence.tests.offices import BODY, central, seals_hold
from divan.dealings.correspondence.values import (
    CrestUnfit,
    Direction,
    DraftText,
    FurnishingNotAllowed,
    NotInCharge,
    NumberFormula,
    NumberPart,
    Party,
    PartyKind,
    RecipientLine,
    RecipientRole,
    Secrecy,
    SecrecyTooHigh,
    TemplateLines,
    TermCategory,
)
from divan.foundation.actors import SYSTEM
from divan.foundation.models import Fact

FIRM = Party(kind=PartyKind.OUTSIDE, organization="شرکت نمونه")
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">%s</svg>'


def template(world, key: str, **changes):
    return actions.write_template(
        **{
            "template": None,
            "for_body": True,
            "name": "دعوت‌نامه",
            "kind": "letter",
            "text": DraftText(subject="دعوت", body_html="<p>متن</p>"),
            "letterhead": TemplateLines(),
            "actor": world.officer(key),
            "now": world.now,
            **changes,
        }
    )


def furnish(world, key: str) -> None:
    """Write one of each kind of furniture, end the two that end, and close the entry."""
    by = {"actor": world.officer(key), "now": world.now}
    one = template(world, key)
    group = actions.write_group(group=None, name="پیمانکاران", members=[FIRM], **by)
    entry = actions.write_correspondent(
        correspondent=None, kind="firm", party=FIRM, legal_id="", channel="post", addresses={"post": "خرم‌آباد"}, **by
    )
    actions.end_template(template=one, **by)
    actions.end_group(group=group, **by)
    actions.close_correspondent(correspondent=entry, successor=None, **by)


def name_furnishers(world, *keys: str) -> None:
    found = central()
    actions.change_secretariat(
        secretariat=found.uuid,
        name_fa=found.name_fa,
        name_en=found.name_en,
        ece_address=found.ece_address,
        settings={queries.FURNISHERS: [str(world.post(key).uuid) for key in keys]},
        actor=world.officer("ict-director"),
        now=world.now,
    )


def test_the_clerks_furnish_until_who_is_in_charge_names_others(office):
    for key in ("ict-director", "secretariat"):
        furnish(office, key)
    with pytest.raises(FurnishingNotAllowed):
        furnish(office, "ict-expert")

    name_furnishers(office, "ict-expert")

    for key in ("ict-director", "ict-expert"):
        furnish(office, key)
    before = Fact.objects.count()
    with pytest.raises(FurnishingNotAllowed):
        furnish(office, "secretariat")
    assert Fact.objects.count() == before
    assert central().settings[queries.FURNISHERS] == [str(office.post("ict-expert").uuid)]


def test_a_template_brings_its_recipients_and_copies_into_the_letter(office):
    copy = RecipientLine(party=FIRM, role=RecipientRole.COPY, text="جهت اطلاع", hidden=True)
    main = RecipientLine(party=Party(kind=PartyKind.OUTSIDE, organization="استانداری"))

    one = template(office, "ict-director", recipients=[main, copy])

    assert queries.get_template(one, office.post("ict-expert")).recipients == (main, copy)
    models.Template.objects.update(copies=[{"party": FIRM.as_data(), "text": "مثل پیش"}])
    [kept] = queries.get_template(one, office.post("ict-expert")).recipients
    assert (kept.role, kept.text, kept.hidden) == (RecipientRole.COPY, "مثل پیش", False)


def charged(world, by):
    """Return every deed that is for whoever is in charge, or keeps the secretariats, as calls."""
    own, register = central(), f"{central().code}-1"
    body = own.body_uuid
    formula = NumberFormula(parts=(NumberPart.YEAR, NumberPart.COUNT))
    names = {"name_fa": "دفتر", "name_en": "", "reason": "x"}
    return {
        "settings": lambda: actions.change_secretariat(
            secretariat=own.uuid, name_fa="x", name_en="", ece_address="", settings={}, **by
        ),
        "register": lambda: actions.change_register(
            register=register, formula=formula, takes=(Direction.OUTGOING,), **names, **by
        ),
        "new register": lambda: actions.add_register(
            secretariat=own.uuid, code="neu", takes=(Direction.OUTGOING,), formula=formula, name_fa="x", **by
        ),
        "clearance": lambda: actions.grant_clearance(
            post=world.post("ict-expert").uuid, secrecy=Secrecy.CONFIDENTIAL, reason="x", **by
        ),
        "crest": lambda: actions.drop_crest(secretariat=own.uuid, **by),
        "year": lambda: actions.begin_year(register=register, reason="آغاز سال", **by),
        "reserve": lambda: actions.reserve_numbers(register=register, many=1, reason="x", **by),
        "word": lambda: actions.write_term(body=body, category=TermCategory.SENDING, code="x", text_fa="x", **by),
        "close": lambda: actions.close_register(register=register, reason="x", **by),
    }


KEPT = {"reserve", "word"}
"""What the clerks do, too."""


@pytest.mark.parametrize("key", ["ict-expert", "secretariat", "governor-officer", "ict-director"])
def test_how_secretariats_work_is_said_by_who_is_in_charge_and_nobody_else(office, key):
    allowed = {"secretariat": KEPT, "ict-director": set(charged(office, {}))}.get(key, set())

    for name, deed in charged(office, {"actor": office.officer(key), "now": office.now}).items():
        if name in allowed and name != "close":
            deed()
        elif name not in allowed:
            with pytest.raises(NotInCharge):
                deed()


def test_nobody_clears_the_own_post_nor_above_the_own_clearance(office):
    by = {"reason": "x", "actor": office.officer("ict-director"), "now": office.now}
    own = queries.clearance_of(office.post("ict-director").uuid, office.now)

    with pytest.raises(NotInCharge):
        actions.grant_clearance(post=office.post("ict-director").uuid, secrecy=Secrecy.ORDINARY, **by)
    with pytest.raises(SecrecyTooHigh):
        actions.grant_clearance(post=office.post("ict-expert").uuid, secrecy=Secrecy.TOP_SECRET, **by)

    assert own is queries.clearance_of(office.post("ict-director").uuid, office.now)
    assert own is not Secrecy.TOP_SECRET


def png(size=(600, 300)) -> bytes:
    out = io.BytesIO()
    Image.new("RGBA", size, (31, 63, 119, 200)).save(out, "PNG", pnginfo=None)
    return out.getvalue()


HOSTILE = {
    "script": b"<script>alert(1)</script><path d='M0 0h9v9z' onclick='x()'/>",
    "link": b"<a href='https://x.example'><rect width='9' height='9'/></a><circle r='3'/>",
    "picture": b"<image href='file:///etc/passwd'/><rect width='9' height='9' fill='url(https://x.example)'/>",
    "style": b"<style>@import 'x'</style><rect width='9' height='9' style='fill:#1f3f77;behavior:url(x)'/>",
    "foreign": b"<foreignObject><b xmlns='http://www.w3.org/1999/xhtml'>x</b></foreignObject><line x1='1' x2='2'/>",
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_of_a_drawing_shapes_and_colours_alone_are_kept(name):
    kept = clean_crest(SVG % HOSTILE[name])

    assert kept.media_type == "image/svg+xml"
    for word in (b"script", b"onclick", b"href", b"image", b"style", b"behavior", b"example", b"foreign", b"<b", b"<a"):
        assert word not in kept.content, (word, kept.content)
    assert kept.content.count(b"<") >= 4
    assert (b"#1f3f77" in kept.content) is (name == "style")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "kind"),
        (b"%PDF-1.7", "kind"),
        (b"<html><body/></html>", "kind"),
        (SVG % b"", "empty"),
        (SVG % b"<text>x</text>", "empty"),
        (SVG % b"<path", "damaged"),
        (b'<!DOCTYPE svg [<!ENTITY a "aaaa">]>' + SVG % b"<path d='&a;'/>", "damaged"),
        (SVG % (b"<g>" * 40 + b"<path/>" + b"</g>" * 40), "too-much"),
        (SVG % (b"<path/>" * 5000), "too-much"),
        (b"\x89PNG\r\n\x1a\nnonsense", "damaged"),
        (b"x" * 600_000, "size"),
    ],
)
def test_what_is_no_crest_is_refused_with_a_reason(content, reason):
    with pytest.raises(CrestUnfit) as refusal:
        clean_crest(content)

    assert refusal.value.facts["reason"] == reason


def test_a_picture_is_kept_without_what_it_carried_beside_its_pixels():
    first = clean_crest(png((1200, 600)))
    again = Image.open(io.BytesIO(first.content))

    assert (first.media_type, again.size, again.info) == ("image/png", (480, 240), {})


@pytest.mark.parametrize("content", [png(), SVG % b"<circle cx='4' cy='4' r='3' fill='#1f3f77'/>"])
def test_a_crest_is_tried_on_paper_kept_and_dropped(office, content):
    by = {"actor": office.officer("ict-director"), "now": office.now}

    kept = actions.put_crest(secretariat=central().uuid, content=content, **by)
    shown = queries.crest_of(central().body_uuid)
    actions.drop_crest(secretariat=central().uuid, **by)

    assert shown == kept
    assert queries.crest_of(central().body_uuid) is None
    assert seals_hold()


def test_a_drawing_that_no_letter_can_show_is_refused_before_it_is_kept(office):
    broken = b'<svg xmlns="http://www.w3.org/2000/svg" width="0" height="0"><path d="M"/></svg>'

    with pytest.raises(CrestUnfit):
        actions.put_crest(
            secretariat=central().uuid, content=broken, actor=office.officer("ict-director"), now=office.now
        )
    assert queries.crest_of(central().body_uuid) is None


def test_a_number_names_the_unit_that_signs_and_the_class_of_the_letter(office):
    from divan.dealings.correspondence.tests.test_routes import circulating, sign  # noqa: PLC0415 (its fixture is not ours)

    parts = (NumberPart.UNIT, NumberPart.CLASS, NumberPart.YEAR, NumberPart.COUNT)
    actions.change_register(
        register=f"{central().code}-1",
        formula=NumberFormula(parts=parts, separator="/"),
        takes=(Direction.OUTGOING,),
        name_fa="صادره",
        name_en="",
        reason="x",
        actor=SYSTEM,
        now=office.now,
    )
    unit = office.post("ict-director").unit.code

    classed = sign(office, circulating(office, "ict-director", archive_class="10/2"), "ict-director")
    plain = sign(office, circulating(office, "ict-director"), "ict-director")

    assert BODY in unit
    assert [one.number_text for one in (classed, plain)] == [f"{unit}/102/1405/1", f"{unit}/0/1405/2"]
