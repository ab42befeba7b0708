"""The service identity card (شناسنامه خدمت, Annex 1 of the executive bodies' form), field by field."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from divan_libs.servicepack.models.notation import (
    ClockLength,
    Coded,
    DataServiceCode,
    Day,
    Flag,
    FrozenMapping,
    LawCode,
    Part,
    RequirementCode,
    Slug,
    Whole,
)


class Delivery(StrEnum):
    """How the service is given; only ``ELECTRONIC`` has a form and a flow in Divan."""

    ELECTRONIC = "electronic"
    INFORMATION_ONLY = "information-only"
    HAND_OFF = "hand-off"
    COUNTER_ONLY = "counter-only"


class Relation(StrEnum):
    """نوع خدمت: between whom the service stands."""

    CITIZEN = "G2C"
    BUSINESS = "G2B"
    GOVERNMENT = "G2G"
    EMPLOYEE = "G2E"


class Audience(StrEnum):
    """Who may see the card: everybody, or only those who work for the state (a service to employees)."""

    PUBLIC = "public"
    EMPLOYEES = "employees"


class AudienceGroup(StrEnum):
    """نوع مخاطبین: groups by which one may look for a service; the exact wording stands in ``card.audience``."""

    EVERYONE = "everyone"
    FAMILIES = "families"
    CHILDREN = "children"
    STUDENTS = "students"
    WOMEN = "women"
    ELDERLY = "elderly"
    DISABLED = "disabled"
    VETERANS = "veterans"
    VILLAGERS = "villagers"
    NOMADS = "nomads"
    FARMERS = "farmers"
    BUSINESSES = "businesses"
    INVESTORS = "investors"
    EMPLOYERS = "employers"
    EMPLOYEES = "employees"
    BODIES = "bodies"
    FOREIGN_NATIONALS = "foreign-nationals"


class Nature(StrEnum):
    """ماهیت: حاکمیتی or تصدی‌گری."""

    SOVEREIGN = "sovereign"
    COMMERCIAL = "commercial"


class Level(StrEnum):
    """سطح: the level the service stands on."""

    NATIONAL = "national"
    REGIONAL = "regional"
    PROVINCIAL = "provincial"
    URBAN = "urban"
    RURAL = "rural"


class LifeEvent(StrEnum):
    """رویداد مرتبط: the fourteen events of the official form."""

    BIRTH = "birth"
    EDUCATION = "education"
    HEALTH = "health"
    TAX = "tax"
    BUSINESS = "business"
    SOCIAL_SECURITY = "social-security"
    PROPERTY = "property"
    URBAN_UTILITIES = "urban-utilities"
    INSURANCE = "insurance"
    MARRIAGE = "marriage"
    RETIREMENT = "retirement"
    CERTIFICATES = "certificates"
    DEATH = "death"
    OTHER = "other"


class StartMode(StrEnum):
    """نحوه آغاز: what sets the service in motion."""

    REQUEST = "request"
    SET_TIME = "set-time"
    EVENT = "event"
    BODY = "body"
    OTHER = "other"


class Stage(StrEnum):
    """Stages of giving a service, the rows of the access table."""

    INFORMATION = "information"
    REQUEST = "request"
    PRODUCTION = "production"
    DELIVERY = "delivery"


class Channel(StrEnum):
    """نحوه دسترسی: channels of the official form."""

    INTERNET = "internet"
    EMAIL = "email"
    CALL_CENTRE = "call-centre"
    MOBILE = "mobile"
    SMS = "sms"
    COUNTER_OFFICE = "counter-office"
    IN_PERSON = "in-person"
    OTHER = "other"


class Period(StrEnum):
    """Span to which a count refers."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class Provider(Part):
    """ارائه‌دهنده: the body that gives the service and the body it belongs to; names stand in the texts."""

    body: Slug
    parent_body: Slug | None = None
    unit: Slug | None = None
    """The organisational unit of the body that gives the service; its name stands in ``card.unit``."""


class Law(Part):
    """One row of قوانین و مقررات بالادستی.

    ``confirmed`` is false until somebody has read the text itself; unconfirmed rows are shown so, never as settled law.
    """

    code: LawCode
    title: str = Field(min_length=3, max_length=300)
    number: str | None = None
    on: Day | None = None
    article: str | None = None
    confirmed: Flag


class Statistics(Part):
    """آمار تعداد خدمت‌گیرندگان; ``estimated`` tells a guess from a count."""

    count: Annotated[Whole, Field(ge=0)]
    per: Period
    estimated: Flag


class Frequency(Part):
    """تواتر: exactly one of once for ever, so many times in a period, or as often as it is needed."""

    once: Flag = False
    times: Annotated[Whole, Field(ge=1)] | None = None
    per: Period | None = None
    as_needed: Flag = False


class InPerson(Part):
    """تعداد بار مراجعه حضوری; why a visit is needed stands in the text ``card.in-person-reason``."""

    visits: Annotated[Whole, Field(ge=0, le=50)]


class FeeRow(Part):
    """هزینه: one row as the card prints it; the tariffs that are charged stand in ``fees.yaml``."""

    amount: Annotated[Whole, Field(ge=0)]
    account: str | None = None
    electronic_payment: Flag
    title: Slug | None = None
    """What the amount is for, where there are several; worded in ``card.fees.<title>``."""


class Access(Part):
    """One cell of the stage by channel table; ``reason`` says why an in-person row cannot be electronic."""

    stage: Stage
    channel: Channel
    electronic: Flag
    address: str | None = None
    reason: Slug | None = None


class CardForm(Part):
    """فرم‌ها: one form of the service; its title stands in ``card.forms.<code>``."""

    code: Slug
    electronic: Flag
    address: str | None = None


class ValidityUnit(StrEnum):
    """What the validity of a permit is counted in."""

    DAYS = "days"
    MONTHS = "months"
    YEARS = "years"


class Validity(Part):
    """مدت اعتبار: how long a permit holds; ``unlimited`` and an amount exclude each other."""

    unlimited: Flag = False
    amount: Annotated[Whole, Field(ge=1, le=1000)] | None = None
    unit: ValidityUnit | None = None


class PermitStage(Part):
    """What renewal, amendment or revocation of a permit asks; the same set as for its issue."""

    promised_time: ClockLength | None = None
    validity: Validity | None = None
    documents: tuple[RequirementCode, ...] = ()
    laws: tuple[LawCode, ...] = ()
    inquiries: tuple[DataServiceCode, ...] = ()
    prerequisites: tuple[Slug, ...] = ()
    fees: tuple[FeeRow, ...] = ()


class Permit(Part):
    """The card of a permit (مجوز): who issues it, how long it holds, which permits come before it.

    The authority's name stands in ``card.permit.authority``, a prerequisite's in ``card.permit.prerequisites.<code>``.
    What a stage asks in words may stand in ``card.permit.renewal``, ``.amendment`` and ``.revocation``.
    """

    authority: Slug
    validity: Validity
    prerequisites: tuple[Slug, ...] = ()
    renewal: PermitStage | None = None
    amendment: PermitStage | None = None
    revocation: PermitStage | None = None

    def stages(self) -> dict[str, PermitStage]:
        """Return the later stages that the permit has, in the order of the form."""
        found = {"renewal": self.renewal, "amendment": self.amendment, "revocation": self.revocation}
        return {name: stage for name, stage in found.items() if stage is not None}


class Preparer(Part):
    """تکمیل‌کننده فرم: the unit that filled in the card, and when."""

    unit: str = Field(min_length=2, max_length=120)
    on: Day


class Card(Part):
    """The whole card; everything that people read is a text under ``card.…``.

    What the form leaves empty is None or empty here and shown as not stated. ``declared_texts`` keeps, by the path of a
    field (``in_person.visits``), the very words of a form that was imported and whose field did not hold a plain value.
    """

    code: Slug
    edition: Slug
    delivery: Delivery
    audience: Audience = Audience.PUBLIC
    identifier: Annotated[str, Field(pattern=r"^[0-9]{4,20}$")] | None = None
    parent_identifier: Annotated[str, Field(pattern=r"^[0-9]{4,20}$")] | None = None
    broader: Slug | None = None
    sub_services: tuple[Slug, ...] = ()
    instances: tuple[Slug, ...] = ()
    requires: tuple[Slug, ...] = ()
    follows: tuple[Slug, ...] = ()
    related_services: tuple[Slug, ...] = ()
    provider: Provider
    relations: Annotated[tuple[Relation, ...], Field(min_length=1)]
    audience_groups: tuple[AudienceGroup, ...] = ()
    nature: Nature
    levels: Annotated[tuple[Level, ...], Field(min_length=1)]
    life_events: Annotated[tuple[LifeEvent, ...], Field(min_length=1)]
    start_mode: StartMode
    documents: tuple[RequirementCode, ...] = ()
    laws: Coded[Law] = ()
    statistics: Statistics | None = None
    average_time: ClockLength | None = None
    promised_time: ClockLength | None = None
    frequency: Frequency | None = None
    in_person: InPerson | None = None
    fees: tuple[FeeRow, ...] = ()
    access: tuple[Access, ...] = ()
    inquiries: tuple[DataServiceCode, ...] = ()
    shared_processes: tuple[Slug, ...] = ()
    forms: Coded[CardForm] = ()
    steps: tuple[Slug, ...] = ()
    flow_picture: str | None = None
    questions_and_answers: tuple[Slug, ...] = ()
    permit: Permit | None = None
    hand_off_address: str | None = None
    survey_address: str | None = None
    complaint_address: str | None = None
    prepared_by: Preparer | None = None
    declared_texts: FrozenMapping[str] | None = None

    def law(self, code: str) -> Law | None:
        """Return the law with this code, or None."""
        return next((law for law in self.laws if law.code == code), None)

    def promise(self) -> ClockLength:
        """Return the promised time of a service that makes one; lint demands it of every electronic service.

        :raises LookupError: if the card states none.
        """
        if self.promised_time is None:
            raise LookupError(self.code)
        return self.promised_time

    @property
    def visits(self) -> int:
        """Return the number of visits in person that the card declares, 0 where it states none."""
        return self.in_person.visits if self.in_person else 0
