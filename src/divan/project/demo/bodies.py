"""The tree of bodies of the demo province, its posts, and who holds them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from divan.dealings.correspondence import actions as correspondence
from divan.foundation.actors import Actor
from divan.project.rehearsal.cast import CAST, COUNTY, DISTRICT, OTHER_DISTRICT, PROVINCE, VILLAGE, CastMember
from divan.registers.people import actions, queries
from divan.registers.people.values import UnitKind, UnitLevel
from divan.trust.signing import actions as signing
from divan.trust.signing import queries as signatories
from divan.trust.signing.values import SignerRef


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoUnit:
    """A body or unit of the demo."""

    code: str
    name_fa: str
    name_en: str
    kind: UnitKind = UnitKind.BODY
    level: UnitLevel = UnitLevel.PROVINCE
    place: str = PROVINCE
    parent: str = ""
    legal_id: str = ""
    email: str = ""
    address_fa: str = ""
    parent_body_fa: str = ""


UNITS = (
    DemoUnit(
        code="governor-office",
        name_fa="استانداری لرستان",
        name_en="Governor's office of Lorestan",
        legal_id="99900000105",
        email="ece@governor.lorestan.example",
        address_fa="خرم‌آباد، میدان بیست‌ودوم بهمن",
        parent_body_fa="وزارت کشور",
    ),
    DemoUnit(
        code="governor-it",
        name_fa="دفتر فناوری اطلاعات، ارتباطات و امنیت",
        name_en="Office of information technology, communications and security",
        kind=UnitKind.UNIT,
        parent="governor-office",
    ),
    DemoUnit(code="ict-ministry", name_fa="وزارت ارتباطات و فناوری اطلاعات", name_en="Ministry of ICT", place=""),
    DemoUnit(
        code="ict-directorate",
        name_fa="اداره‌کل ارتباطات و فناوری اطلاعات استان لرستان",
        name_en="ICT directorate of Lorestan",
        legal_id="99900000202",
        email="ece@ict.lorestan.example",
        address_fa="خرم‌آباد، بلوار شصت‌متری، شمارهٔ ۱۲",
        parent_body_fa="وزارت ارتباطات و فناوری اطلاعات",
    ),
    DemoUnit(
        code=f"county-{COUNTY}",
        name_fa="فرمانداری خرم‌آباد",
        name_en="County office of Khorramabad",
        level=UnitLevel.COUNTY,
        place=COUNTY,
        parent="governor-office",
    ),
    DemoUnit(
        code=f"district-{DISTRICT}",
        name_fa="بخشداری زاغه",
        name_en="District office of Zagheh",
        level=UnitLevel.DISTRICT,
        place=DISTRICT,
        parent=f"county-{COUNTY}",
    ),
    DemoUnit(
        code=f"district-{OTHER_DISTRICT}",
        name_fa="بخشداری پاپی",
        name_en="District office of Papi",
        level=UnitLevel.DISTRICT,
        place=OTHER_DISTRICT,
        parent=f"county-{COUNTY}",
    ),
    DemoUnit(
        code=f"village-{VILLAGE}",
        name_fa="دهیاری صفرآباد",
        name_en="Village office of Safarabad",
        level=UnitLevel.VILLAGE,
        place=VILLAGE,
        parent=f"district-{DISTRICT}",
    ),
)

POSTS = (
    ("village-head-of-village", "دهیار صفرآباد", "Village head of Safarabad", "village-head", f"village-{VILLAGE}"),
    ("district-head-of-district", "بخشدار زاغه", "District head of Zagheh", "district-head", f"district-{DISTRICT}"),
    ("district-head-of-other", "بخشدار پاپی", "District head of Papi", "district-head", f"district-{OTHER_DISTRICT}"),
    ("ict-expert", "کارشناس توسعهٔ ارتباطات روستایی", "Expert of rural communications", "ict-expert", "ict-directorate"),
    ("ict-expert-2", "کارشناس فنی شبکه", "Network expert", "ict-adviser", "ict-directorate"),
    ("ict-deputy", "معاون توسعهٔ فناوری", "Deputy for technology", "ict-deputy", "ict-directorate"),
    (
        "ict-director",
        "مدیرکل ارتباطات و فناوری اطلاعات استان",
        "Director general of ICT",
        "ict-director",
        "ict-directorate",
    ),
    ("ict-secretariat", "متصدی دبیرخانه", "Secretariat clerk", "secretariat", "ict-directorate"),
    ("ict-finance", "ذی‌حساب", "Finance officer", "finance-officer", "ict-directorate"),
    ("governor-officer", "کارشناس پیگیری استانداری", "Officer of the governor", "governor-officer", "governor-it"),
    ("governor", "استاندار لرستان", "Governor of Lorestan", "governor", "governor-office"),
    ("exchange-integrator", "راهبر مرکز تبادل اطلاعات", "Integrator of the exchange", "integrator", "governor-it"),
)
"""Code, title in both languages, role, unit."""


def found_bodies(*, actor: Actor, now: datetime) -> None:
    """Enter the tree of bodies, the posts and the secretariat registers; again changes nothing."""
    for unit in UNITS:
        actions.found_unit(
            code=unit.code,
            name_fa=unit.name_fa,
            name_en=unit.name_en,
            kind=unit.kind,
            level=unit.level,
            place_code=unit.place,
            parent_code=unit.parent,
            legal_id=unit.legal_id,
            email=unit.email,
            address_fa=unit.address_fa,
            parent_body_fa=unit.parent_body_fa,
            actor=actor,
            now=now,
        )
    for code, title_fa, title_en, role, unit_code in POSTS:
        actions.create_post(
            code=code, title_fa=title_fa, title_en=title_en, role=role, unit_code=unit_code, actor=actor, now=now
        )
    for register, body in (("110", "ict-directorate"), ("100", "governor-office")):
        correspondence.open_register(body=queries.get_unit(body), code=register, actor=actor, now=now)


def seat_cast(*, actor: Actor, now: datetime) -> None:
    """Enter the cast as persons and give the posts that are still vacant to them."""
    for one in CAST:
        person = actions.register_person(
            national_code=one.national_code,
            first_name=one.first_name,
            last_name=one.last_name,
            father_name=one.father_name,
            birth_date=one.birth_date,
            mobile=one.mobile,
            confirmed_at=None,
            actor=actor,
            now=now,
        )
        if one.post:
            post = queries.get_post_by_code(one.post)
            if queries.holder_of(post.uuid, now) is None:
                actions.give_post(
                    person=person.uuid, post=post.uuid, starts_at=now - timedelta(minutes=1), actor=actor, now=now
                )


def role_of(one: CastMember) -> str:
    """Return the role code of the post a member of the cast holds, or an empty text."""
    return next((role for code, _fa, _en, role, _unit in POSTS if code == one.post), "")


SIGNING_POSTS = ("ict-director", "ict-deputy")


def enrol_signatories(*, actor: Actor, now: datetime) -> None:
    """Give the holders of posts that sign their keys and certificates; again changes nothing."""
    for code in SIGNING_POSTS:
        enrol_holder(code, actor=actor, now=now)


def enrol_holder(code: str, *, actor: Actor, now: datetime) -> None:
    """Give the holder of a post keys and a certificate to sign with; who has them, or a vacant post, gets none."""
    post = queries.get_post_by_code(code)
    holder = queries.holder_of(post.uuid, now)
    if holder is None or signatories.find_signatory(holder.uuid, post.uuid, now) is not None:
        return
    body = queries.get_unit(post.unit.body_code)
    signing.enrol_signatory(
        signer=SignerRef(
            person=holder.uuid,
            national_code=holder.national_code,
            name=holder.full_name,
            post=post.uuid,
            title=post.title_fa,
            organization=body.name_fa,
            legal_id=body.legal_id,
        ),
        actor=actor,
        now=now,
    )
