"""The card must be complete, agree with itself, and say what the other files do."""

from __future__ import annotations

from divan_libs.servicepack.lint.findings import CARD, NEEDS, Findings, Path
from divan_libs.servicepack.models import Card, Delivery
from divan_libs.servicepack.models.card import Audience, Relation, Validity

# Fields of the form that may hold the words of an imported form instead of a plain value.
DECLARED_FIELDS = frozenset(
    {"statistics", "average_time", "promised_time", "frequency", "in_person.visits", "fees", "nature", "levels"}
    | {"life_events", "start_mode", "relations", "documents", "laws", "access", "identifier", "provider.parent_body"}
)


def check_card(findings: Findings) -> None:
    """Check provider, audience, channels, delivery, laws, documents, inquiries, relations, permit and printed fees."""
    card, package = findings.package.card, findings.package
    for path, body in (("body", card.provider.body), ("parent_body", card.provider.parent_body)):
        if body is not None and body not in findings.surroundings.bodies:
            findings.add("card.unknown-body", CARD, ("provider", path), body=body)
    _check_delivery(findings)
    _check_stated(findings)
    _check_access(findings)
    _check_relations(findings)
    _check_frequency(findings)
    if not card.laws:
        findings.add("card.no-law", CARD, ("laws",))
    for index, law in enumerate(card.laws):
        if law.confirmed and not (law.number or law.on or law.article):
            findings.add("card.confirmed-law-without-number", CARD, ("laws", index), law=law.code)
    _check_needs(findings)
    for index, need in enumerate(package.needs.requirements):
        findings.law(need.law, NEEDS, ("requirements", index, "law"))
    _check_fees(findings)
    _check_permit(findings)


def _written(findings: Findings) -> bool:
    """Whether the package is a card alone, with nothing beside it that the card could contradict."""
    package = findings.package
    return package.card.delivery is not Delivery.ELECTRONIC and not package.needs.requirements


def _check_delivery(findings: Findings) -> None:
    card, package = findings.package.card, findings.package
    carried = card.delivery is Delivery.ELECTRONIC
    handed_over = card.delivery is Delivery.HAND_OFF
    begun = bool(package.form.pages or package.flow.steps)
    # A hand-off may be a link alone, or have a form and a flow that carries the request over and mirrors its state.
    if (carried or (handed_over and begun)) and not (package.form.pages and package.flow.steps and package.flow.start):
        findings.add("card.electronic-without-form-or-flow", CARD, ("delivery",))
    if not carried and not handed_over and begun:
        findings.add("card.form-or-flow-not-electronic", CARD, ("delivery",), delivery=str(card.delivery))
    if (card.delivery is Delivery.HAND_OFF) != (card.hand_off_address is not None):
        findings.add("card.hand-off-address", CARD, ("delivery",), delivery=str(card.delivery))
    inward = set(card.relations) == {Relation.EMPLOYEE}
    if inward != (card.audience is Audience.EMPLOYEES):
        findings.add("card.audience-differs", CARD, ("audience",), audience=str(card.audience))


def _check_stated(findings: Findings) -> None:
    """A service that Divan carries out states every figure; another may say that it is not known."""
    card = findings.package.card
    if card.prepared_by is None:
        findings.add("card.not-stated", CARD, ("prepared_by",), field="prepared_by")
    if card.delivery is Delivery.ELECTRONIC or findings.package.flow.steps:
        for field in ("statistics", "average_time", "promised_time", "frequency", "in_person"):
            if getattr(card, field) is None:
                findings.add("card.not-stated", CARD, (field,), field=field)
    for field in sorted(set(card.declared_texts or {}) - DECLARED_FIELDS):
        findings.add("card.declared-text-of-no-field", CARD, ("declared_texts", field), field=field)


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
    if only_in_person and card.in_person is not None and not card.visits:
        findings.add("card.visits-differ", CARD, ("in_person",), stages=sorted(only_in_person))


def _check_relations(findings: Findings) -> None:
    """No service stands above, below, before or beside itself, and none is both above and below another."""
    card = findings.package.card
    for field in ("sub_services", "requires", "follows", "related_services"):
        if card.code in getattr(card, field):
            findings.add("card.relates-to-itself", CARD, (field,), field=field)
    if card.broader is not None and card.broader in (card.code, *card.sub_services):
        findings.add("card.relates-to-itself", CARD, ("broader",), field="broader")


def _check_frequency(findings: Findings) -> None:
    frequency = findings.package.card.frequency
    if frequency is None:
        return
    ways = (frequency.once, frequency.times is not None, frequency.as_needed)
    if sum(ways) != 1 or (frequency.times is None) != (frequency.per is None):
        findings.add("card.frequency", CARD, ("frequency",))


def _check_needs(findings: Findings) -> None:
    card, package = findings.package.card, findings.package
    if _written(findings):
        _check_services(findings, card.inquiries, ("inquiries",))
        return
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


def _check_services(findings: Findings, services: tuple[str, ...], path: Path) -> None:
    for service in sorted(set(services) - findings.surroundings.data_services):
        findings.add("card.unknown-data-service", CARD, path, service=service)


def _check_fees(findings: Findings) -> None:
    """The amounts that the card prints are those of the tariffs; a free service prints none.

    Where an amount is reckoned from the case, the card may print others besides, such as a usual one.
    """
    if _written(findings) and not findings.package.fees.tariffs and findings.package.fees.free is None:
        return
    fees = findings.package.fees
    printed = {row.amount for row in findings.package.card.fees if row.amount}
    charged = set(fees.constants()) - {0}
    if not charged <= printed or (printed != charged and not fees.is_reckoned):
        findings.add("card.fees-differ", CARD, ("fees",), card=sorted(printed), fees=sorted(charged))


def _check_permit(findings: Findings) -> None:
    permit = findings.package.card.permit
    if permit is None:
        return
    if permit.authority not in findings.surroundings.bodies:
        findings.add("card.unknown-body", CARD, ("permit", "authority"), body=permit.authority)
    _check_validity(findings, permit.validity, ("permit", "validity"))
    for name, stage in permit.stages().items():
        path: Path = ("permit", name)
        if stage.validity is not None:
            _check_validity(findings, stage.validity, (*path, "validity"))
        for law in stage.laws:
            findings.law(law, CARD, (*path, "laws"))
        _check_services(findings, stage.inquiries, (*path, "inquiries"))


def _check_validity(findings: Findings, validity: Validity, path: Path) -> None:
    stated = validity.amount is not None and validity.unit is not None
    if validity.unlimited == stated or (validity.amount is None) != (validity.unit is None):
        findings.add("card.validity", CARD, path)


def card_bodies(card: Card) -> frozenset[str]:
    """Return the codes of the bodies that a card names."""
    named = (card.provider.body, card.provider.parent_body, card.permit.authority if card.permit else None)
    return frozenset(body for body in named if body is not None)
