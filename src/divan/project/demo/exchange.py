"""The exchange of the demo: two registers of the outside world, and what this installation may ask them and why."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from divan.trust.exchange.values import DataService, ExchangePlan, Member, NewPermit, Subsystem
from divan_libs.envelope.subjects import SubjectIn, SubjectPlace

GOVERNOR = "LR/GOV/governor-office"
CIVIL_REGISTRY = "LR/GOV/civil-registry"
MOBILE_REGISTER = "LR/GOV/mobile-register"


def plan(now: datetime) -> ExchangePlan:
    """Return members, subsystems, data services and permits of the rehearsal."""
    return ExchangePlan(
        members=(
            Member(address=GOVERNOR, name_fa="استانداری لرستان", name_en="Governor's office of Lorestan"),
            Member(address=CIVIL_REGISTRY, name_fa="سازمان ثبت احوال (نمایشی)", name_en="Civil registry (rehearsal)"),
            Member(
                address=MOBILE_REGISTER,
                name_fa="سامانهٔ مالکیت خطوط همراه (نمایشی)",
                name_en="Register of mobile lines (rehearsal)",
            ),
        ),
        subsystems=(
            Subsystem(
                address=settings.DIVAN.exchange_subsystem,
                name_fa="دیوان، سامانهٔ خدمات استان",
                name_en="Divan, services of the province",
            ),
            Subsystem(address=f"{CIVIL_REGISTRY}/persons", name_fa="پایگاه اشخاص", name_en="Register of persons"),
            Subsystem(address=f"{MOBILE_REGISTER}/lines", name_fa="پایگاه خطوط", name_en="Register of lines"),
        ),
        data_services=_data_services(f"http://127.0.0.1:{settings.DIVAN.port + 2}"),
        permits=(
            _permit("civil-registry/person", "/persons/*", now, "احراز هویت متقاضی خدمت", "Identity of the applicant"),
            _permit("mobile-register/owner", "/owners", now, "احراز مالکیت شمارهٔ همراه", "Owner of the mobile number"),
        ),
    )


def _data_services(outside: str) -> tuple[DataService, ...]:
    return (
        DataService(
            code="civil-registry/person",
            address=f"{CIVIL_REGISTRY}/persons/person",
            name_fa="استعلام هویت شخص",
            name_en="Identity of a person",
            base_urls=(f"{outside}/civil-registry",),
            subject=SubjectPlace(where=SubjectIn.PATH_SEGMENT, at="1"),
        ),
        DataService(
            code="mobile-register/owner",
            address=f"{MOBILE_REGISTER}/lines/owner",
            name_fa="استعلام مالک خط همراه",
            name_en="Owner of a mobile line",
            base_urls=(f"{outside}/mobile-register",),
            subject=SubjectPlace(where=SubjectIn.QUERY_PARAMETER, at="national_code"),
        ),
    )


def _permit(data_service: str, path_glob: str, now: datetime, purpose_fa: str, purpose_en: str) -> NewPermit:
    return NewPermit(
        consumer=settings.DIVAN.exchange_subsystem,
        data_service=data_service,
        method="GET",
        path_glob=path_glob,
        purpose_fa=purpose_fa,
        purpose_en=purpose_en,
        legal_basis_fa="مادهٔ ۳۷ قانون مدیریت خدمات کشوری (متن تأیید نشده)",
        legal_basis_en="Civil Service Management Act, article 37 (wording not confirmed)",
        legal_basis_confirmed=False,
        starts_at=now - timedelta(minutes=1),
    )
