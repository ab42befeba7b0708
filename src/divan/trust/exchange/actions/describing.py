"""Taking the description of a data service as its provider hands it in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from divan.foundation.actors import Actor
from divan.trust.exchange.actions.membership import register_data_service
from divan.trust.exchange.queries.membership import get_data_service
from divan.trust.exchange.values import DataServiceFaulty, Validation
from divan.trust.exchange.values.control import DescriptionUnfit
from divan_libs.envelope.errors import EnvelopeError
from divan_libs.envelope.uploads import Finding, look_through, read_upload


@transaction.atomic
def describe_data_service(
    *, data_service: str, content: bytes, validation: Validation, actor: Actor, now: datetime
) -> Sequence[Finding]:
    """Take an OpenAPI 3 description (JSON or YAML) for a data service, and publish; return what is advised.

    ``validation`` says whether the gateway holds messages to it.

    :raises DataServiceFaulty: if it is no description; ``reason`` is that of ``divan_libs.envelope.uploads``.
    :raises DescriptionUnfit: if something in it hinders; ``findings`` tells what and where.
    :raises DataServiceUnknown, NotYours, Closed, ExchangeNotPrepared: see :func:`register_data_service`.
    """
    told = get_data_service(data_service)
    try:
        description = read_upload(content)
    except EnvelopeError as error:
        raise DataServiceFaulty(code=data_service, reason=str(error.facts.get("problem", ""))) from error
    findings = look_through(description)
    if any(one.hinders for one in findings):
        raise DescriptionUnfit(findings=findings)
    described = replace(told, description=description, validation=validation)
    register_data_service(data_service=described, actor=actor, now=now)
    return findings
