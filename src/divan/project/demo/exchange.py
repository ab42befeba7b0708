"""The exchange of the demo: the registers of the outside world, and what this installation may ask them and why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings

from divan.front.api.monitoring import DATA_SERVICE as OPERATIONAL_DATA
from divan.front.api.monitoring import monitoring_door
from divan.project.rehearsal.declared import outside_world
from divan.trust.exchange.values import DataService, ExchangePlan, Member, NewPermit, Subsystem
from divan_libs.envelope.subjects import SubjectIn, SubjectPlace

INSTANCE = "LR/GOV"
CIVIL_REGISTRY = f"{INSTANCE}/civil-registry"
MOBILE_REGISTER = f"{INSTANCE}/mobile-register"
ICT_DIRECTORATE = f"{INSTANCE}/ict-directorate"


def plan(now: datetime) -> ExchangePlan:
    """Return members, subsystems, data services and permits of the rehearsal: its two registers and all declared."""
    world, own = outside_world(), settings.DIVAN.exchange_subsystem.rpartition("/")[0]
    outside = f"http://127.0.0.1:{settings.DIVAN.port + 2}"
    return ExchangePlan(
        members=(
            Member(address=own, name_fa="استانداری لرستان", name_en="Governor's office of Lorestan"),
            *(
                Member(address=f"{INSTANCE}/{code}", name_fa=names.fa, name_en=names.en)
                for code, names in world.members.items()
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
            *(
                Subsystem(address=f"{INSTANCE}/{member}/registers", name_fa=names.fa, name_en=names.en)
                for member, names in world.members.items()
            ),
        ),
        data_services=(*_own_ways(outside), *_declared(outside)),
        permits=(
            _permit("civil-registry/person", "/persons/*", now, "احراز هویت متقاضی خدمت", "Identity of the applicant"),
            _permit(OPERATIONAL_DATA, "/operational-data", now, "پایش مرکز تبادل", "Monitoring of the exchange centre"),
            _permit("mobile-register/owner", "/owners", now, "احراز مالکیت شمارهٔ همراه", "Owner of the mobile number"),
            *(
                _permit(code, "/records/*", now, register.purpose.fa, register.purpose.en)
                for code, register in world.registers.items()
            ),
            *(
                _permit(code, "/orders/*", now, process.purpose.fa, process.purpose.en, method)
                for code, process in world.orders.items()
                for method in ("PUT", "GET")
            ),
        ),
    )


def bodies_plan() -> ExchangePlan:
    """Return which members are bodies of the province, once its tree stands; one of them has a system of its own."""
    own = settings.DIVAN.exchange_subsystem.rpartition("/")[0]
    fa, en = "اداره‌کل ارتباطات و فناوری اطلاعات استان لرستان", "ICT directorate of Lorestan"
    return ExchangePlan(
        members=(
            Member(
                address=own,
                name_fa="استانداری لرستان",
                name_en="Governor's office of Lorestan",
                body="governor-office",
            ),
            Member(address=ICT_DIRECTORATE, name_fa=fa, name_en=en, body="ict-directorate"),
        ),
        subsystems=(
            Subsystem(
                address=f"{ICT_DIRECTORATE}/villages", name_fa="سامانهٔ ارتباط روستاها", name_en="Connecting villages"
            ),
        ),
        data_services=(),
        permits=(),
    )


def _declared(outside: str) -> Iterator[DataService]:
    world = outside_world()
    for code, register in world.registers.items():
        yield DataService(
            code=code,
            address=_address(code),
            name_fa=register.fa,
            name_en=register.en,
            base_urls=(f"{outside}/registers/{code}",),
            subject=SubjectPlace(where=SubjectIn.PATH_SEGMENT, at="1"),
        )
    for code, process in world.orders.items():
        # Asked for the state of an order nobody is named; whoever puts one says whom it is about.
        yield DataService(
            code=code,
            address=_address(code),
            name_fa=process.fa,
            name_en=process.en,
            base_urls=(f"{outside}/orders/{code}",),
            subject=SubjectPlace(where=SubjectIn.JSON_POINTER, at="/subject", required=False),
        )


def _address(code: str) -> str:
    member, _, name = code.partition("/")
    return f"{INSTANCE}/{member}/registers/{name}"


def _own_ways(outside: str) -> tuple[DataService, ...]:
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
        DataService(
            code=OPERATIONAL_DATA,
            address=f"{settings.DIVAN.exchange_subsystem}/operational-data",
            name_fa="داده‌های پایش پیام‌های خود",
            name_en="Monitoring of one's own messages",
            base_urls=(f"http://127.0.0.1:{settings.DIVAN.port}{monitoring_door()}",),
        ),
    )


def _permit(
    data_service: str, path_glob: str, now: datetime, purpose_fa: str, purpose_en: str, method: str = "GET"
) -> NewPermit:
    return NewPermit(
        consumer=settings.DIVAN.exchange_subsystem,
        data_service=data_service,
        method=method,
        path_glob=path_glob,
        purpose_fa=purpose_fa,
        purpose_en=purpose_en,
        legal_basis_fa="مادهٔ ۳۷ قانون مدیریت خدمات کشوری (متن تأیید نشده)",
        legal_basis_en="Civil Service Management Act, article 37 (wording not confirmed)",
        legal_basis_confirmed=False,
        starts_at=now - timedelta(minutes=1),
    )
