"""A service that reaches outside: it asks about a ward and members, wants a witness's signature, and a visit."""

from __future__ import annotations

import shutil
from pathlib import Path

from divan.dealings.cases import actions, models, queries
from divan.foundation.actors import SYSTEM, Actor, ActorKind
from divan.registers.catalogue import actions as catalogue
from divan.registers.people import actions as registered
from divan.registers.people import queries as people
from divan.trust.identity import actions as identity
from divan.trust.identity import queries as inquiries
from divan.trust.identity.actions import answers
from divan.trust.identity.values import Matched, NotMatched
from divan_libs.servicepack.lint import Surroundings
from divan_libs.servicepack.loading import load_package
from divan_libs.servicepack.strict_yaml import read_yaml
from divan_libs.servicepack.tests.folders import WORKSHOP, write_words, write_yaml

WARD, SON, DAUGHTER, WITNESS = "9992000090", "9992000023", "9992000031", "9992000074"
GUARDIANS, DECILES, WAGES = "civil-registry/guardianship", "welfare/decile", "social-security/insurance"
DATA_SERVICES = frozenset(
    {"civil-registry/person", "treasury/payment-orders", "post/parcels", GUARDIANS, DECILES, WAGES}
)
HOURS = [{"weekday": day, "starts": 480, "ends": 545} for day in range(5)]
QUESTIONS = {
    "ward": {"type": "national-code", "required": False, "read_by": ["draft"]},
    "witness": {"type": "person", "required": False, "read_by": ["draft"]},
    "members": {
        "type": "group",
        "required": False,
        "read_by": ["draft"],
        "questions": {"member": {"type": "national-code"}, "student": {"type": "yes-no"}},
    },
}
LAW = {"law": "LAW-WORKSHOPS"}
NEEDS = {
    "REQ-MANDATE": {
        "kind": "mandate",
        **LAW,
        "principal": "ward",
        "capacity": "guardian",
        "fact": "mandate",
        "data_service": GUARDIANS,
        "fields": {"valid": "yes-no"},
    },
    "REQ-DECILE": {
        "kind": "inquiry",
        **LAW,
        "when": "has(facts.mandate.valid) && facts.mandate.valid",
        "fact": "decile",
        "data_service": DECILES,
        "subject": {"question": "ward"},
        "fields": {"decile": "number", "since": "date"},
        "proceeds_when": ["matched"],
        "valid_for": {"amount": 30, "unit": "calendar-days"},
    },
    "REQ-WAGES": {
        "kind": "inquiry",
        **LAW,
        "fact": "wages",
        "data_service": WAGES,
        "subject": {"question": "member", "group": "members"},
        "parameters": {"student": "student"},
        "fields": {"wage": "number"},
        "proceeds_when": ["matched"],
    },
    "REQ-WAGE-LIMIT": {
        "kind": "condition",
        **LAW,
        "expression": "!has(facts.wages.wage_total) || facts.wages.wage_total <= 100",
    },
    "REQ-WITNESS": {
        "kind": "signature",
        **LAW,
        "by": {"question": "witness"},
        "reads": ["area"],
        "valid_for": {"amount": 10, "unit": "calendar-days"},
    },
    "REQ-VISIT": {
        "kind": "appointment",
        **LAW,
        "body": "industry-trade",
        "hours": HOURS,
        "minutes": 30,
        "seats": 2,
        "days_ahead": 10,
    },
}


def folder(where: Path) -> Path:
    """Write the service out; return its folder."""
    made = where / WORKSHOP.name
    shutil.copytree(WORKSHOP, made)
    for file, path, new in (
        ("form.yaml", ("pages", "owner", "questions"), QUESTIONS),
        ("needs.yaml", ("requirements",), NEEDS),
    ):
        value = read_yaml((made / file).read_text("utf-8"), file)[0].value
        place = value
        for part in path:
            place = place[part]
        place.update(new)
        write_yaml(made, file, value)
    card = read_yaml((made / "card.yaml").read_text("utf-8"), "card.yaml")[0].value
    card["inquiries"] = ["civil-registry/person", GUARDIANS, DECILES, WAGES]
    card["in_person"] = {"visits": 1, "reason": "other"} if "reason" in card["in_person"] else {"visits": 1}
    write_yaml(made, "card.yaml", card)
    write_words(made)
    return made


def publish(where: Path, now) -> None:
    """Publish it as a further version of the service of the tests."""
    catalogue.publish_package(
        package=load_package(folder(where)),
        surroundings=Surroundings(
            roles=people.list_roles(), bodies=people.list_body_codes(), data_services=DATA_SERVICES
        ),
        actor=SYSTEM,
        now=now,
    )


class Registers:
    """Registers that tell what a test says: ``told`` by data service and subject; all others deny."""

    def __init__(self, now) -> None:
        self.now = now
        self.told: dict[tuple[str, str], dict[str, object]] = {}
        self.asked: list[tuple[str, str, dict[str, str]]] = []

    def answer(self, *, note: bool = True) -> int:
        """Answer every question that waits; with ``note`` cases learn of it at once."""
        done = 0
        for name in inquiries.list_due_data_services(self.now()):
            while due := answers.take_due_inquiry(self.now(), name):
                code = due.question.national_code
                self.asked.append((name, code, dict(due.question.parameters)))
                fields = self.told.get((name, code))
                identity.answer_inquiry(
                    inquiry=due.uuid,
                    message_id=due.question.message_id,
                    answer=Matched(fields) if fields is not None else NotMatched("no-record"),
                    actor=SYSTEM,
                    now=self.now(),
                )
                if note:
                    actions.note_answer(inquiry=due.uuid, actor=SYSTEM, now=self.now())
                done += 1
        return done


def person(code: str, now) -> Actor:
    """Return somebody as a citizen who signed in, entered where they were unknown."""
    known = people.find_person(code) or registered.register_person(
        national_code=code, first_name="نمونه", last_name="کسی", mobile="09991112233", actor=SYSTEM, now=now
    )
    return Actor(kind=ActorKind.CITIZEN, uuid=known.uuid)


def needs(case) -> dict[tuple[str, str], str]:
    """Return the state of each need of a case by code and subject."""
    return {(need.code, need.subject): need.state for need in queries.get_case(case).needs}


def dropped(case) -> list[models.CaseNeed]:
    return list(models.CaseNeed.objects.filter(case__uuid=case, dropped_at__isnull=False).order_by("id"))
