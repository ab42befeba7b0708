"""The identity card of a service as the official form prints it: parts, and in each part the rows in their order."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from divan.foundation.ui.numbers import digits, jalali, number, rials
from divan.front.texts.words import clock_in_words, word
from divan_libs.servicepack.models import Card, Package


@dataclass(frozen=True, slots=True)
class CardRow:
    """A row of the form; ``code`` sets the values as left-to-right islands."""

    label: str
    values: tuple[str, ...]
    code: bool = False


@dataclass(frozen=True, slots=True)
class CardPart:
    """A part of the form."""

    title: str
    rows: tuple[CardRow, ...]


def card_rows(package: Package, language: str) -> list[CardPart]:
    """Return every part of a service's card in a language; what is empty is shown as not stated."""
    return [
        CardPart(_("1. Title and identifier"), _title(package, language)),
        CardPart(_("2. Provider"), _provider(package, language)),
        CardPart(_("3. Description of the service"), _description(package, language)),
        CardPart(_("4. Details of the service"), _details(package, language)),
        CardPart(_("5. Ways of access"), _access(package, language)),
        CardPart(_("6. Inquiries and shared processes"), _shared(package, language)),
        CardPart(_("7. Who filled in this form"), _prepared(package)),
    ]


def _row(label: str, *values: str | None, code: bool = False) -> CardRow:
    return CardRow(label, tuple(value for value in values if value) or (_("not stated"),), code and any(values))


def _title(package: Package, language: str) -> tuple[CardRow, ...]:
    card = package.card
    return (
        _row(_("Title of the service"), package.text("card.title", language)),
        _row(_("Title of the process"), package.find_text("card.process", language)),
        _row(
            _("Identifier of the service"),
            card.identifier or _("not yet given by the administrative organisation"),
            code=bool(card.identifier),
        ),
        _row(_("Code in this system"), package.code, code=True),
        _row(_("Sub-services"), *card.sub_services, code=True),
    )


def _provider(package: Package, language: str) -> tuple[CardRow, ...]:
    return (
        _row(_("Executive body"), package.text("card.provider", language)),
        _row(_("Parent body"), package.find_text("card.parent-body", language)),
    )


def _description(package: Package, language: str) -> tuple[CardRow, ...]:
    card = package.card
    return (
        _row(_("Description"), package.text("card.description", language)),
        _row(_("Kind of service"), *(word("relation", str(one)) for one in card.relations)),
        _row(_("Audience"), package.text("card.audience", language)),
        _row(_("Nature"), word("nature", str(card.nature))),
        _row(_("Level"), *(word("level", str(one)) for one in card.levels)),
        _row(_("Related event"), *(word("event", str(one)) for one in card.life_events)),
        _row(_("How it begins"), word("start", str(card.start_mode))),
        _row(_("Papers needed"), *(package.text(f"needs.{code}.title", language) for code in card.documents)),
        _row(_("Laws and regulations"), *(_law(card, law.code) for law in card.laws)),
    )


def _law(card: Card, code: str) -> str:
    law = card.law(code)
    if law is None:
        return code
    parts = [law.title]
    if law.article:
        parts.append(_("article %(article)s") % {"article": digits(law.article)})
    if law.number:
        parts.append(_("no. %(number)s") % {"number": digits(law.number)})
    if law.on:
        parts.append(jalali(law.on))
    if not law.confirmed:
        parts.append(_("(wording not yet confirmed)"))
    return _(", ").join(parts)


def _recipients(card: Card) -> str | None:
    if card.statistics is None:
        return None
    period = word("period", str(card.statistics.per))
    count = _("%(count)s a %(period)s") % {"count": number(card.statistics.count), "period": period}
    return _("%(count)s (estimated)") % {"count": count} if card.statistics.estimated else count


def _visits(card: Card) -> str | None:
    return number(card.visits) if card.in_person else None


def _frequency(card: Card) -> str | None:
    frequency = card.frequency
    if frequency is None:
        return None
    if frequency.once:
        return _("once for ever")
    if frequency.times and frequency.per:
        period = word("period", str(frequency.per))
        return _("%(times)s times a %(period)s") % {"times": number(frequency.times), "period": period}
    return _("as often as needed")


def _details(package: Package, language: str) -> tuple[CardRow, ...]:
    card = package.card
    if package.fees.free is not None:
        fees: tuple[str, ...] = (_("free of charge, by: %(law)s") % {"law": _law(card, package.fees.free.law)},)
    else:
        fees = tuple(rials(row.amount) for row in card.fees)
    return (
        _row(_("Number of recipients"), _recipients(card)),
        _row(_("Average time"), clock_in_words(card.average_time) if card.average_time else None),
        _row(_("Promised time"), clock_in_words(card.promised_time) if card.promised_time else None),
        _row(_("Frequency"), _frequency(card)),
        _row(_("Hours"), package.text("card.hours", language)),
        _row(
            _("Visits in person"),
            _visits(card),
            package.find_text("card.in-person-reason", language),
        ),
        _row(_("Cost"), *fees),
    )


def _access(package: Package, language: str) -> tuple[CardRow, ...]:
    rows = []
    for stage in dict.fromkeys(row.stage for row in package.card.access):
        ways = []
        for row in package.card.access:
            if row.stage != stage:
                continue
            way = word("channel", str(row.channel))
            way += " – " + (_("electronic") if row.electronic else _("not electronic"))
            if row.address:
                way += f" ({row.address})"
            if row.reason:
                way += ": " + package.text(f"card.reasons.{row.reason}", language)
            ways.append(way)
        rows.append(_row(word("stage", str(stage)), *ways))
    return tuple(rows)


def _shared(package: Package, language: str) -> tuple[CardRow, ...]:
    return (
        _row(_("Inquiries from other systems"), *package.card.inquiries, code=True),
        _row(
            _("What is asked there"),
            *(package.text(f"needs.{need.code}.title", language) for need in package.needs.inquiries),
        ),
        _row(
            _("Steps"),
            *(
                f"{package.text(f'steps.{step.code}.title', language)} – {clock_in_words(step.clock)}"
                for step in package.flow.steps
            ),
        ),
    )


def _prepared(package: Package) -> tuple[CardRow, ...]:
    made = package.card.prepared_by
    return (_row(_("Unit"), made.unit if made else None), _row(_("Date"), jalali(made.on) if made else None))
