"""What an invoice asks for, in words: its lines by service, whose money each is, and by which law."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from divan.dealings.payments.values import Invoice, InvoiceLine
from divan.front.texts.laws import ShownLaw, shown_law
from divan.front.texts.payments import word
from divan.registers.catalogue import queries as catalogue
from divan.registers.catalogue.values import ServiceUnknown
from divan.registers.people import queries as people
from divan_libs.servicepack.models import Package


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A charge as it is shown."""

    line: InvoiceLine
    title: str
    beneficiary: str
    body: str
    law: ShownLaw

    @property
    def left(self) -> int:
        """What of it has not gone back and is not on its way."""
        return self.line.amount - self.line.refunded


@dataclass(frozen=True, slots=True)
class ShownService:
    """The charges of one service."""

    title: str
    lines: tuple[ShownLine, ...]

    @property
    def total(self) -> int:
        """What the service costs here."""
        return sum(line.line.amount for line in self.lines)


def charges_of(invoice: Invoice, language: str) -> list[ShownService]:
    """Return the lines of an invoice by service, in their order."""
    bodies = {body.code: body.name(language) for body in people.list_bodies()}
    found = []
    for code, lines in groupby(invoice.lines, key=lambda line: line.service_code):
        package = _package(code)
        shown = tuple(
            ShownLine(
                line=line,
                title=line.title(language),
                beneficiary=word("beneficiary", line.beneficiary),
                body=bodies.get(line.body_code, line.body_code),
                law=shown_law(package.card, line.law, short=True)
                if package
                else ShownLaw(words=line.law, confirmed=True),
            )
            for line in lines
        )
        found.append(ShownService(package.text("card.title", language) if package else code, shown))
    return found


def _package(code: str) -> Package | None:
    try:
        return catalogue.get_package(catalogue.get_current_version(code).uuid)
    except ServiceUnknown:
        return None
