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
    """تواتر: once for ever, or so many times in a period."""

    once: Flag = False
    times: Annotated[Whole, Field(ge=1)] | None = None
    per: Period | None = None


class InPerson(Part):
    """تعداد بار مراجعه حضوری; why a visit is needed stands in the text ``card.in-person-reason``."""

    visits: Annotated[Whole, Field(ge=0, le=50)]


class FeeRow(Part):
    """هزینه: one row as the card prints it; the tariffs that are charged stand in ``fees.yaml``."""

    amount: Annotated[Whole, Field(ge=0)]
    account: str | None = None
    electronic_payment: Flag


class Access(Part):
    """One cell of the stage by channel table; ``reason`` says why an in-person row cannot be electronic."""

    stage: Stage
    channel: Channel
    electronic: Flag
    address: str | None = None
    reason: Slug | None = None


class Preparer(Part):
    """تکمیل‌کننده فرم: the unit that filled in the card, and when."""

    unit: str = Field(min_length=2, max_length=120)
    on: Day


class Card(Part):
    """The whole card; everything that people read is a text under ``card.…``."""

    code: Slug
    edition: Slug
    delivery: Delivery
    identifier: Annotated[str, Field(pattern=r"^[0-9]{4,20}$")] | None = None
    parent_identifier: Annotated[str, Field(pattern=r"^[0-9]{4,20}$")] | None = None
    sub_services: tuple[Slug, ...] = ()
    related_services: tuple[Slug, ...] = ()
    provider: Provider
    relations: Annotated[tuple[Relation, ...], Field(min_length=1)]
    nature: Nature
    levels: Annotated[tuple[Level, ...], Field(min_length=1)]
    life_events: Annotated[tuple[LifeEvent, ...], Field(min_length=1)]
    start_mode: StartMode
    documents: tuple[RequirementCode, ...] = ()
    laws: Annotated[Coded[Law], Field(min_length=1)]
    statistics: Statistics
    average_time: ClockLength
    promised_time: ClockLength
    frequency: Frequency
    in_person: InPerson
    fees: tuple[FeeRow, ...] = ()
    access: Annotated[tuple[Access, ...], Field(min_length=1)]
    inquiries: tuple[DataServiceCode, ...] = ()
    questions_and_answers: tuple[Slug, ...] = ()
    hand_off_address: str | None = None
    survey_address: str | None = None
    complaint_address: str | None = None
    prepared_by: Preparer

    def law(self, code: str) -> Law | None:
        """Return the law with this code, or None."""
        return next((law for law in self.laws if law.code == code), None)
