"""Questions to registers: written down here, asked by the worker."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.registers.people.values import PersonUnknown
from divan.trust.exchange import queries as exchange
from divan.trust.identity import models
from divan.trust.identity.adapters.registers import MOBILE_OWNERS, OWN_WAYS
from divan.trust.identity.values import INQUIRY_ASKED, DataServiceUnknown, InquiryState


@transaction.atomic
def open_inquiry(
    *,
    need: str,
    data_service: str,
    subject: UUID | None = None,
    subject_code: str = "",
    parameters: Mapping[str, str] | None = None,
    purpose: str,
    about_kind: str,
    about_uuid: UUID,
    actor: Actor,
    now: datetime,
) -> UUID:
    """Write down a question to a register; the worker asks it through the exchange. Return the inquiry's identifier.

    It is about ``subject``, a person of the register of people, or about whoever bears ``subject_code``: the national
    code of a person, a foreigner's number, the legal number of an organization. ``parameters`` travel with it; the
    register of mobile numbers is asked about the number in the person's entry unless one is given.

    :raises PersonUnknown: if the person is not in the register of people, or nobody is named.
    :raises DataServiceUnknown: if no register answers to this name, or it needs a mobile number that is not known.
    """
    person: Any = None
    if subject is not None:
        people = models.Inquiry._meta.get_field("subject").related_model._default_manager
        person = people.filter(uuid=subject).first()
    code = person.national_code if person is not None else subject_code
    if not code or (subject is not None and person is None):
        raise PersonUnknown
    asked_with = dict(parameters or {})
    if data_service == MOBILE_OWNERS:
        asked_with.setdefault("mobile", person.mobile if person is not None else "")
        if not asked_with["mobile"]:
            raise DataServiceUnknown(data_service=data_service)
    if data_service not in OWN_WAYS and data_service not in exchange.data_service_codes():
        raise DataServiceUnknown(data_service=data_service)
    return write_down(
        need=need,
        data_service=data_service,
        national_code=code,
        subject=person,
        parameters=asked_with,
        purpose=purpose,
        about=(about_kind, about_uuid),
        actor=actor,
        now=now,
    )


def write_down(
    *,
    need: str,
    data_service: str,
    national_code: str,
    subject: Any,
    parameters: Mapping[str, str],
    purpose: str,
    about: tuple[str, UUID],
    actor: Actor,
    now: datetime,
) -> UUID:
    """Write a question down in the running transaction; ``subject`` is the person's row, None where there is none."""
    row = models.Inquiry.objects.create(
        uuid=uuid4(),
        need=need,
        data_service=data_service,
        national_code=national_code,
        subject=subject,
        parameters=dict(parameters),
        purpose=purpose[:300],
        about_kind=about[0],
        about_uuid=about[1],
        state=InquiryState.ASKED,
        message_id=str(uuid4()),
        asked_at=now,
        next_attempt_at=now,
    )
    facts.record(
        INQUIRY_ASKED,
        subject=row,
        actor=actor,
        at=now,
        about=[row.about_kind, row.about_uuid],
        data_service=data_service,
    )
    return row.uuid
