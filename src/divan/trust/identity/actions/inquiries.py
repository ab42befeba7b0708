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
from divan.trust.identity import models
from divan.trust.identity.adapters.registers import DATA_SERVICES, MOBILE_OWNERS
from divan.trust.identity.values import INQUIRY_ASKED, DataServiceUnknown, InquiryState


@transaction.atomic
def open_inquiry(
    *,
    need: str,
    data_service: str,
    subject: UUID,
    purpose: str,
    about_kind: str,
    about_uuid: UUID,
    actor: Actor,
    now: datetime,
) -> UUID:
    """Write down a question about a person; the worker asks it through the exchange. Return the inquiry's identifier.

    The mobile number asked about is the one in the person's entry.

    :raises PersonUnknown: if the person is not in the register of people.
    :raises DataServiceUnknown: if no register answers to this name, or it needs a mobile number that is not known.
    """
    person: Any = models.Inquiry._meta.get_field("subject").related_model._default_manager.filter(uuid=subject).first()
    if person is None:
        raise PersonUnknown
    parameters = {"mobile": person.mobile} if data_service == MOBILE_OWNERS else {}
    if data_service not in DATA_SERVICES or "" in parameters.values():
        raise DataServiceUnknown(data_service=data_service)
    return write_down(
        need=need,
        data_service=data_service,
        national_code=person.national_code,
        subject=person,
        parameters=parameters,
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
    """Write a question down in the running transaction; ``subject`` is the person's row, None before one exists."""
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
