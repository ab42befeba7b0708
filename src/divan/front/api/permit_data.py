"""A permit as data in the language of the request."""

from __future__ import annotations

from django.urls import reverse

from divan.dealings.cases import queries
from divan.dealings.cases.values import Permit
from divan.foundation import clock
from divan.front.api.entrance import spoken
from divan.front.api.schemas import permits as shapes
from divan.front.api.schemas.cases import State
from divan.front.texts.words import word


def permit_of(permit: Permit) -> shapes.Permit:
    """Return a permit with what its holder may begin about it."""
    package = queries.get_package_of(queries.get_case(permit.case))
    return shapes.Permit(
        uuid=permit.uuid,
        number=permit.number,
        case=permit.case,
        service=permit.service_code,
        title=package.text("card.title", spoken()),
        state=State(code=permit.state, text=word("held-permit", permit.state)),
        starts_at=permit.starts_at,
        ends_at=permit.ends_at,
        document_pdf=reverse("portal:document", args=[permit.document]) if permit.document else None,
        offers=[
            shapes.Offer(
                code=offer.entry.code,
                kind=offer.entry.kind,
                title=offer.package.text(f"entries.{offer.entry.code}.title", spoken()),
                lead=offer.package.find_text(f"entries.{offer.entry.code}.lead", spoken()),
                open=not offer.reason,
                reason=offer.reason or None,
            )
            for offer in queries.list_entry_offers(permit, clock.now())
        ],
    )
