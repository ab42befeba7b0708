"""The shapes of invoices and of attempts to pay them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from divan.front.api.schemas.cases import State
from divan.front.api.schemas.services import Code


class InvoiceLine(BaseModel):
    """A charge: for which service, whose money, by which law."""

    service: Code
    title: str
    beneficiary: Code
    law: Code
    rials: int
    refunded_rials: int


class Invoice(BaseModel):
    """What is to be paid, or was paid."""

    uuid: UUID
    number: str
    title: str
    state: State
    total_rials: int
    about: Literal["case", "bundle"] | None
    about_uuid: UUID
    issued_at: datetime
    due_at: datetime | None
    paid_at: datetime | None
    bank_reference: str | None
    lines: list[InvoiceLine]


class Invoices(BaseModel):
    """One's invoices, what is to be paid first."""

    items: list[Invoice]


class Payment(BaseModel):
    """An attempt to pay; the bank's page opens once it is `registered`, and how it ended only the bank says."""

    uuid: UUID
    invoice: UUID
    rials: int
    state: State
    reason: Code | None
    bank_address: str | None = Field(description="where the payer goes on in a browser; null until the bank is ready")
    ask_again_after: int | None = Field(description="seconds after which to look again; null once it has ended")
    begun_at: datetime
    paid_at: datetime | None
    ended_at: datetime | None


class CaseInvoice(BaseModel):
    """What a case has to pay."""

    invoice: UUID
    rials: int
    state: Code = Field(description="open, paid or cancelled")
    address: str
