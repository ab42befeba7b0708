"""The permit of a workshop, published in a small province: a service with every part of the flow's language."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.db import transaction

from divan.dealings.cases import actions, jobs, models, queries
from divan.dealings.cases.queries.letters import seal_of
from divan.dealings.cases.values import NEED_ANSWERED, Given
from divan.dealings.correspondence import actions as correspondence
from divan.foundation import facts
from divan.foundation.actors import SYSTEM, Actor, ActorKind
from divan.registers.catalogue import actions as catalogue
from divan.registers.people import actions as people_actions
from divan.registers.people import queries as people
from divan.registers.people.values import UnitKind, UnitLevel
from divan.trust.signing import actions as signing
from divan.trust.signing.values import SignerRef
from divan_libs.persian.identifiers import national_code_with_check_digit
from divan_libs.servicepack.lint import Surroundings
from divan_libs.servicepack.loading import load_package
from divan_libs.servicepack.tests.folders import Change, workshop

BODIES = {
    "industry-trade": ("expert", "deputy", "director", "finance-officer", "secretariat"),
    "fire-safety": ("expert", "field-officer", "director"),
    "agriculture": ("expert", "director", "secretariat"),
    "governor-office": ("governor",),
}
VILLAGE = "1503050001219674"


@dataclass
class Workshop:
    """The published service and ways to walk its cases."""

    world: object

    def officer(self, post: str) -> Actor:
        found = people.get_post_by_code(post)
        holder = people.holder_of(found.uuid, self.world.now)
        return Actor(
            kind=ActorKind.STAFF,
            uuid=holder.uuid,
            post=found.uuid,
            duties=frozenset({found.role}),
            unit=found.unit.uuid,
        )

    def draft(self, area: int, **answers: str):
        citizen = self.world.citizen()
        case = actions.start_draft(service_code="workshop-permit", language="fa", actor=citizen, now=self.world.now)
        with transaction.atomic():
            for need in models.CaseNeed.objects.filter(case__uuid=case.uuid, state="asked"):
                need.state, need.fields, need.answered_at = "matched", {"first_name": "زهرا"}, self.world.now
                need.save()
                facts.record(NEED_ANSWERED, subject=need, actor=SYSTEM, at=self.world.now, need=need.code)
        given = {name: [value] for name, value in answers.items()}
        self.page(case.uuid, "owner", **given)
        self.page(case.uuid, "workshop", village=[VILLAGE], area=[str(area)], begins=["1405/10/01"], **given)
        return case

    def page(self, case: UUID, page: str, **given: list[str]) -> None:
        actions.save_page(case=case, page=page, given=given, actor=self.world.citizen(), now=self.world.now)

    def submitted(self, area: int = 120, **answers: str):
        case = self.draft(area, **answers)
        actions.submit_case(case=case.uuid, actor=self.world.citizen(), now=self.world.now)
        return queries.get_case(case.uuid)

    def act(self, case: UUID, step: str, action: str, post: str, **given: object):
        task = next(task for task in queries.list_open_tasks(case) if task.step == step)
        return actions.act(
            task=task.uuid, action=action, given=Given(**given), actor=self.officer(post), now=self.world.now
        )

    def steps(self, case: UUID) -> list[str]:
        return sorted(task.step for task in queries.list_open_tasks(case))

    def drafted(self, area: int = 120):
        """Return a case that all reviews agreed to and that waits for its draft."""
        case = self.submitted(area)
        self.act(case.uuid, "check", "accept", "industry-trade-expert", report={"measured": ["90"]})
        self.act(case.uuid, "fire-review", "agree", "fire-safety-expert")
        if area >= 100:
            self.act(case.uuid, "land-review", "agree", "agriculture-expert", text="مانعی نیست.")
            self.act(case.uuid, "deputy-look", "go-on", "industry-trade-deputy")
        return queries.get_case(case.uuid)

    def signed(self, proposal: str = "propose-permit", **given: object):
        """Return a case whose decision the director signed."""
        case = self.drafted()
        self.act(case.uuid, "draft", proposal, "industry-trade-expert", text="موافقت می‌شود.", **given)
        self.act(case.uuid, "sign", "sign", "industry-trade-director")
        return queries.get_case(case.uuid)

    def issue(self, case: UUID) -> None:
        """Let the document of the newest decision be issued, as if it had been made and signed."""
        decision = queries.find_decision(case)
        actions.note_issued_document(document=decision.document, actor=SYSTEM, now=self.world.now)

    def granted(self):
        """Return a case in its aftercare, its permit in force."""
        case = self.signed()
        self.issue(case.uuid)
        return queries.get_case(case.uuid)

    def run_clocks(self) -> int:
        return jobs.run_clocks(self.world.now)


def publish(world: object, folder: Path, *changes: Change) -> Workshop:
    """Found the bodies and posts that the service names, enrol who signs, and publish it."""
    serial = 300_000
    for body, roles in BODIES.items():
        if body not in people.list_body_codes():
            people_actions.found_unit(
                code=body,
                name_fa=body,
                name_en=body,
                kind=UnitKind.BODY,
                level=UnitLevel.PROVINCE,
                place_code="",
                parent_code="",
                legal_id="99900000303",
                email="",
                address_fa="خرم‌آباد",
                parent_body_fa="",
                actor=SYSTEM,
                now=world.now,
            )
            correspondence.open_register(
                body=people.get_unit(body), code=str(serial // 10)[-3:], actor=SYSTEM, now=world.now
            )
        for role in roles:
            serial += 10
            if people.find_post_of_role(role, body=body) is None:
                people_actions.create_post(
                    code=f"{body}-{role}",
                    title_fa=role,
                    title_en=role,
                    role=role,
                    unit_code=body,
                    actor=SYSTEM,
                    now=world.now,
                )
            post = people.find_post_of_role(role, body=body)
            if people.holder_of(post.uuid, world.now) is None:
                person = people_actions.register_person(
                    national_code=national_code_with_check_digit(f"{serial:09d}"),
                    first_name="نمونه",
                    last_name=f"{body} {role}",
                    actor=SYSTEM,
                    now=world.now,
                )
                people_actions.give_post(
                    person=person.uuid, post=post.uuid, starts_at=world.now, actor=SYSTEM, now=world.now
                )
            if role in ("director", "expert"):
                holder, unit = people.holder_of(post.uuid, world.now), people.get_unit(post.unit.body_code)
                signing.enrol_signatory(
                    signer=SignerRef(
                        person=holder.uuid,
                        national_code=holder.national_code,
                        name=holder.full_name,
                        post=post.uuid,
                        title=post.title_fa,
                        organization=unit.name_fa,
                        legal_id=unit.legal_id,
                    ),
                    actor=SYSTEM,
                    now=world.now,
                )
    signing.enrol_signatory(signer=seal_of("industry-trade")[0], actor=SYSTEM, now=world.now)
    catalogue.publish_package(
        package=load_package(workshop(folder, *changes)),
        surroundings=Surroundings(
            roles=people.list_roles(),
            bodies=people.list_body_codes(),
            data_services=frozenset({"civil-registry/person", "treasury/payment-orders", "post/parcels"}),
        ),
        actor=SYSTEM,
        now=world.now,
    )
    return Workshop(world)
