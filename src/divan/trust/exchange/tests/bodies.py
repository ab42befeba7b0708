"""Bodies with officers of the exchange, and the members that they are."""

from __future__ import annotations

from divan.foundation.actors import SYSTEM, Actor, ActorKind
from divan.registers.people import actions as people
from divan.registers.people import queries as tree
from divan.registers.people.values import UnitKind, UnitLevel
from divan.trust.exchange import actions
from divan.trust.exchange.values import DataService, ExchangePlan, Member, Subsystem
from divan_libs.persian.identifiers import national_code_with_check_digit

from .world import NOW

CENTRE, HEALTH, SCHOOLS = "LR/GOV/governor-office", "LR/GOV/health", "LR/GOV/schools"
CLINICS, PUPILS, REGISTER = f"{HEALTH}/clinics", f"{SCHOOLS}/pupils", f"{SCHOOLS}/register"
PUPIL = "schools/pupil"

POSTS = (
    ("integrator", "integrator", "governor-office"),
    ("health-officer", "exchange-officer", "health"),
    ("health-head", "director", "health"),
    ("health-clerk", "secretariat", "health"),
    ("schools-head", "director", "schools"),
    ("schools-integrator", "integrator", "schools"),
)
"""Code, role and body of each post; ``schools-integrator`` integrates, and not for the centre."""

DESCRIPTION = """
openapi: 3.0.3
info: {title: Pupils, version: "1"}
paths:
  /pupils/{code}:
    get:
      operationId: pupil
      summary: One pupil
      security: [{exchange: []}]
      parameters:
        - {name: code, in: path, required: true, schema: {type: string}}
      responses:
        "200":
          description: The pupil
          content:
            application/json:
              schema: {type: object, properties: {first_name: {type: string, x-personal-data: true}}}
              example: {first_name: Z}
components: {securitySchemes: {exchange: {type: http, scheme: bearer}}}
"""


def found_bodies() -> dict[str, Actor]:
    """Enter the bodies, seat the officers, and return each as an actor in the post, by the post's code."""
    for code in ("governor-office", "health", "schools"):
        people.found_unit(
            code=code, name_fa=code, name_en=code, kind=UnitKind.BODY, level=UnitLevel.PROVINCE, actor=SYSTEM, now=NOW
        )
    officers = {}
    for number, (code, role, body) in enumerate(POSTS):
        post = people.create_post(
            code=code, title_fa=code, title_en=code, role=role, unit_code=body, actor=SYSTEM, now=NOW
        )
        person = people.register_person(
            national_code=national_code_with_check_digit(f"999{number + 100:06d}"),
            mobile=f"0999000{number:04d}",
            actor=SYSTEM,
            now=NOW,
        )
        people.give_post(person=person.uuid, post=post.uuid, starts_at=NOW, actor=SYSTEM, now=NOW)
        unit = tree.get_unit(body).uuid
        officers[code] = Actor(
            kind=ActorKind.STAFF, uuid=person.uuid, post=post.uuid, duties=frozenset({role}), unit=unit
        )
    return officers


def found_members() -> None:
    """Enter the bodies as members, with the schools offering one data service."""
    plan = ExchangePlan(
        members=(
            Member(address=CENTRE, name_fa="استانداری", body="governor-office"),
            Member(address=HEALTH, name_fa="بهداشت", body="health"),
            Member(address=SCHOOLS, name_fa="آموزش", body="schools"),
        ),
        subsystems=(
            Subsystem(address=CLINICS, name_fa="درمانگاه‌ها"),
            Subsystem(address=PUPILS, name_fa="دانش‌آموزان"),
        ),
        data_services=(
            DataService(
                code=PUPIL,
                address=f"{PUPILS}/pupil",
                name_fa="دانش‌آموز",
                base_urls=("http://127.0.0.1:9",),
            ),
        ),
        permits=(),
    )
    actions.found_exchange(plan=plan, actor=SYSTEM, now=NOW)
