"""The shapes of permits and of what their holder may begin about them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from divan.front.api.schemas.cases import State
from divan.front.api.schemas.services import Code


class Offer(BaseModel):
    """A renewal or amendment that the service offers the holder."""

    code: Code
    kind: Code = Field(description="renewal or amendment")
    title: str
    lead: str | None
    open: bool
    reason: Code | None = Field(description="why it cannot be begun now, such as too-early")


class Permit(BaseModel):
    """What a decision granted."""

    uuid: UUID
    number: str
    case: UUID
    service: Code
    title: str
    state: State
    starts_at: datetime
    ends_at: datetime | None
    document_pdf: str | None = Field(description="address of the signed PDF")
    offers: list[Offer]


class Permits(BaseModel):
    """One's permits."""

    items: list[Permit]
