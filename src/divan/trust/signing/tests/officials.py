"""Officials who hold posts of an invented body and are enrolled to sign in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from divan.foundation.actors import SYSTEM
from divan.trust.signing.values import SignerRef

from .conftest import DIRECTOR, NOW

CODES = ("0499370899", "0684159414", "0790419904", "0013542419")
NAMES = (("علی", "محمدی‌نژاد"), ("مریم", "رضایی"), ("سعید", "کریمی"), ("زهرا", "احمدی"))
BODY = "test-body"


@dataclass(frozen=True)
class Officials:
    """Who signs, in the order of the letter."""

    signers: tuple[SignerRef, ...]

    @classmethod
    def seated(cls, count: int) -> Officials:
        """Found the body and seat so many officials in it, all enrolled."""
        from divan.registers.people import actions as people  # noqa: PLC0415 (readable only after setup)
        from divan.registers.people.values import UnitKind, UnitLevel  # noqa: PLC0415 (as above)

        people.found_unit(
            code=BODY,
            name_fa=DIRECTOR.organization,
            name_en="Test body",
            kind=UnitKind.BODY,
            level=UnitLevel.PROVINCE,
            legal_id=DIRECTOR.legal_id,
            actor=SYSTEM,
            now=NOW,
        )
        return cls(tuple(_seat(number, enrolled=True) for number in range(count)))

    def add(self, *, enrolled: bool) -> SignerRef:
        """Seat one more."""
        return _seat(len(self.signers), enrolled=enrolled)

    def leaves(self, number: int, now: datetime) -> None:
        """Let one leave the post."""
        from divan.registers.people import actions as people  # noqa: PLC0415 (readable only after setup)

        signer = self.signers[number]
        people.leave_post(person=signer.person, post=signer.post, actor=SYSTEM, now=now)


def _seat(number: int, *, enrolled: bool) -> SignerRef:
    from divan.registers.people import actions as people  # noqa: PLC0415 (readable only after setup)
    from divan.trust.signing import actions  # noqa: PLC0415 (as above)

    first_name, last_name = NAMES[number]
    person = people.register_person(
        national_code=CODES[number], first_name=first_name, last_name=last_name, actor=SYSTEM, now=NOW
    )
    post = people.create_post(
        code=f"{BODY}-{uuid4().hex[:6]}",
        title_fa="معاون اداره کل",
        title_en="Deputy",
        role=f"deputy-{number}",
        unit_code=BODY,
        actor=SYSTEM,
        now=NOW,
    )
    people.give_post(person=person.uuid, post=post.uuid, starts_at=NOW - timedelta(days=30), actor=SYSTEM, now=NOW)
    signer = SignerRef(
        person=person.uuid,
        national_code=CODES[number],
        name=person.full_name,
        post=post.uuid,
        title=post.title_fa,
        organization=DIRECTOR.organization,
        legal_id=DIRECTOR.legal_id,
    )
    if enrolled:
        actions.enrol_signatory(signer=signer, actor=SYSTEM, now=NOW)
    return signer
