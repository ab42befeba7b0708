"""Asking a data service through the gateway."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Literal
from urllib.parse import urlencode

from divan.foundation.canonical import canonical_bytes
from divan.trust.exchange import models, rules
from divan.trust.exchange.adapters import gateway
from divan.trust.exchange.apps import options
from divan.trust.exchange.queries.looks import user_id_of
from divan.trust.exchange.queries.membership import data_service_of
from divan.trust.exchange.values import ExchangeAnswer, ExchangeSilent
from divan_libs.envelope.addresses import normalise_path
from divan_libs.envelope.subjects import canonical_subject

logger = logging.getLogger(__name__)


def ask(
    *,
    data_service: str,
    path: str,
    query: Mapping[str, str] | None = None,
    subject: str = "",
    purpose: str = "",
    post: str = "",
    post_body: str = "",
    message_id: str,
    timeout: float,
    method: Literal["GET", "PUT"] = "GET",
    body: Mapping[str, object] | None = None,
) -> ExchangeAnswer:
    """Send one message as this installation's own subsystem, and return the answer.

    ``path`` (percent-encoded) and ``query`` follow the address of the data service; ``subject`` is whom it is about,
    and must be whom the request names where the service says a person stands. A PUT carries ``body`` as JSON in its
    canonical form, so that the same order is the same octets. ``purpose`` travels with the message beside the purpose
    of the permit; ``post`` says for which post it is asked, by its title and the code of its body (``post_body``):
    whoever it is about can see both. The same ``message_id`` again is another attempt at the same message. No
    transaction may be open: the other side may take ``timeout`` seconds.

    :raises ExchangeSilent: when no answer came, or only a refusal that may pass. A data service that is not registered
        is silent too: it may be registered later.
    :raises ValueError: if the request names somebody else than ``subject``, or a GET has a body.
    """
    if body is not None and method == "GET":
        raise ValueError("a GET carries no body")
    row = models.DataService.objects.filter(code=data_service).first()
    if row is None or not options().subsystem:
        logger.warning("%s is not registered at the exchange, or this installation is not", data_service)
        raise ExchangeSilent(reason="not-registered", data_service=data_service)
    place = data_service_of(row).subject
    content = b"" if body is None else canonical_bytes(body)
    if place is not None:
        named = place.find(normalise_path(path), content, urlencode(query or {}))
        if named is None and not place.required:
            named = subject
        if named is None or canonical_subject(named) != canonical_subject(subject):
            raise ValueError("the request names another person than it is said to be about")
    answer = gateway.send(
        options(),
        service=row.address,
        path=path,
        query=query,
        message_id=message_id,
        stated=purpose,
        user_id=user_id_of(post, post_body),
        timeout=timeout,
        method=method,
        content=content,
    )
    return rules.judge(answer)
