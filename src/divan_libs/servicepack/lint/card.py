"""The card must say what the other files do."""

from __future__ import annotations

from divan_libs.servicepack.lint.findings import CARD, NEEDS, Findings
from divan_libs.servicepack.models import Delivery


def check_card(findings: Findings) -> None:
    """Check provider, channels, delivery, laws, documents, inquiries and the fees that the card prints."""
    card, package = findings.package.card, findings.package
    for path, body in (("body", card.provider.body), ("parent_body", card.provider.parent_body)):
        if body is not None and body not in findings.surroundings.bodies:
            findings.add("card.unknown-body", CARD, ("provider", path), body=body)
    _check_delivery(findings)
    _check_access(findings)
    frequency = card.frequency
    if frequency.once == (frequency.times is not None) or (frequency.times is None) != (frequency.per is None):
        findings.add("card.frequency", CARD, ("frequency",))
    for index, law in enumerate(card.laws):
        if law.confirmed and not (law.number or law.on or law.article):
            findings.add("card.confirmed-law-without-number", CARD, ("laws", index), law=law.code)
    documents = {need.code for need in package.needs.documents}
    if set(card.documents) != documents:
        findings.add(
            "card.documents-differ", CARD, ("documents",), card=sorted(card.documents), needs=sorted(documents)
        )
    inquiries = {need.data_service for need in package.needs.inquiries}
    if set(card.inquiries) != inquiries:
        findings.add(
            "card.inquiries-differ", CARD, ("inquiries",), card=sorted(card.inquiries), needs=sorted(inquiries)
        )
    for index, need in enumerate(package.needs.requirements):
        findings.law(need.law, NEEDS, ("requirements", index, "law"))
    _check_fees(findings)


def _check_delivery(findings: Findings) -> None:
    card, package = findings.package.card, findings.package
    electronic = card.delivery is Delivery.ELECTRONIC
    if electronic and not (package.form.pages and package.flow.steps and package.flow.start):
        findings.add("card.electronic-without-form-or-flow", CARD, ("delivery",))
    if not electronic and (package.form.pages or package.flow.steps):
        findings.add("card.form-or-flow-not-electronic", CARD, ("delivery",), delivery=str(card.delivery))
    if (card.delivery is Delivery.HAND_OFF) != (card.hand_off_address is not None):
        findings.add("card.hand-off-address", CARD, ("delivery",), delivery=str(card.delivery))


def _check_access(findings: Findings) -> None:
    """An access row without electronic means says why, and a card without visits sends nobody anywhere."""
    card = findings.package.card
    for index, row in enumerate(card.access):
        if not row.electronic and row.reason is None:
            findings.add("card.access-without-reason", CARD, ("access", index), stage=str(row.stage))
    stages = {str(row.stage) for row in card.access}
    if missing := {"information", "request", "production", "delivery"} - stages:
        findings.add("card.access-stages", CARD, ("access",), missing=sorted(missing))
    only_in_person = {str(row.stage) for row in card.access} - {str(row.stage) for row in card.access if row.electronic}
    if only_in_person and not card.in_person.visits:
        findings.add("card.visits-differ", CARD, ("in_person",), stages=sorted(only_in_person))


def _check_fees(findings: Findings) -> None:
    """The amounts that the card prints are those of the tables; a free service prints none."""
    fees = findings.package.fees
    printed = {row.amount for row in findings.package.card.fees if row.amount}
    charged = {row.amount for tariff in fees.tariffs for period in tariff.periods for row in period.rows if row.amount}
    if printed != charged:
        findings.add("card.fees-differ", CARD, ("fees",), card=sorted(printed), fees=sorted(charged))
