"""The identity card of a service as the official form prints it: parts, and in each part the rows in their order."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from divan.foundation.ui.numbers import digits, jalali, number, rials
from divan.front.portal.measured import Measured
from divan.front.texts.laws import shown_law
from divan.front.texts.words import clock_in_words, validity_in_words, word
from divan_libs.servicepack.models import Card, ClockLength, Package
from divan_libs.servicepack.models.card import FeeRow, PermitStage


@dataclass(frozen=True, slots=True)
class CardRow:
    """A row of the form; ``code`` sets the values as left-to-right islands.

    ``declared`` are the very words of a form that was imported; ``measured`` is what this system has counted itself.
    """

    label: str
    values: tuple[str, ...]
    code: bool = False
    declared: str = ""
    measured: str = ""


@dataclass(frozen=True, slots=True)
class CardPart:
    """A part of the form."""

    title: str
    rows: tuple[CardRow, ...]


@dataclass(frozen=True, slots=True)
class _Reading:
    """A package read in one language."""

    package: Package
    language: str

    @property
    def card(self) -> Card:
        return self.package.card

    def text(self, key: str) -> str | None:
        return self.package.find_text(key, self.language)

    def row(self, label: str, *values: str | None, field: str = "", code: bool = False, measured: str = "") -> CardRow:
        """Return a row; what is empty is shown as not stated, and an imported form's own words stand beside."""
        stated = tuple(value for value in values if value)
        words = (self.card.declared_texts or {}).get(field, "") if field else ""
        return CardRow(label, stated or (_("not stated"),), code and bool(stated), words, measured)


def card_parts(package: Package, language: str, measured: Measured | None = None) -> list[CardPart]:
    """Return every part of a service's card in a language, with what was measured beside what is declared."""
    read = _Reading(package, language)
    parts = [
        CardPart(_("1. Title and identifier"), _title(read)),
        CardPart(_("2. Provider"), _provider(read)),
        CardPart(_("3. Description of the service"), _description(read)),
        CardPart(_("4. Details of the service"), _details(read, measured)),
        CardPart(_("5. Ways of access"), _access(read)),
        CardPart(_("6. Inquiries and shared processes"), _shared(read)),
        CardPart(_("7. Forms, steps and questions"), _forms(read)),
    ]
    if package.card.permit is not None:
        parts.append(CardPart(_("8. The permit"), _permit(read)))
        parts += [
            CardPart(_STAGE_TITLES[name](), _permit_stage(read, name, stage))
            for name, stage in package.card.permit.stages().items()
        ]
    return [*parts, CardPart(_("Who filled in this form"), _prepared(read))]


_STAGE_TITLES = {
    "renewal": lambda: _("Renewal of the permit"),
    "amendment": lambda: _("Amendment of the permit"),
    "revocation": lambda: _("Revocation of the permit"),
}


def _title(read: _Reading) -> tuple[CardRow, ...]:
    card = read.card
    given = card.identifier or _("not yet given by the administrative organisation")
    return (
        read.row(_("Title of the service"), read.text("card.title")),
        read.row(_("Title of the process"), read.text("card.process")),
        read.row(_("Identifier of the service"), given, field="identifier", code=bool(card.identifier)),
        read.row(_("Code in this system"), read.package.code, code=True),
        read.row(_("Part of the service"), card.broader, card.parent_identifier, code=True),
        read.row(_("Sub-services"), *card.sub_services, code=True),
        read.row(_("Instances"), *(read.text(f"card.instances.{one}") for one in card.instances)),
        read.row(_("Needs the result of"), *card.requires, code=True),
        read.row(_("Follows after"), *card.follows, code=True),
        read.row(_("Related services"), *card.related_services, code=True),
    )


def _provider(read: _Reading) -> tuple[CardRow, ...]:
    return (
        read.row(_("Executive body"), read.text("card.provider")),
        read.row(_("Parent body"), read.text("card.parent-body")),
        read.row(_("Organisational unit"), read.text("card.unit")),
    )


def _description(read: _Reading) -> tuple[CardRow, ...]:
    card = read.card
    return (
        read.row(_("Description"), read.text("card.description")),
        read.row(_("Kind of service"), *(word("relation", str(one)) for one in card.relations), field="relations"),
        read.row(_("Audience"), read.text("card.audience"), *(word("group", str(one)) for one in card.audience_groups)),
        read.row(_("Shown to"), word("audience", str(card.audience))),
        read.row(_("Nature"), word("nature", str(card.nature)), field="nature"),
        read.row(_("Level"), *(word("level", str(one)) for one in card.levels), field="levels"),
        read.row(_("Related event"), *(word("event", str(one)) for one in card.life_events), field="life_events"),
        read.row(_("How it begins"), word("start", str(card.start_mode)), field="start_mode"),
        read.row(_("Way of giving it"), word("delivery", str(card.delivery))),
        read.row(_("Papers needed"), *_documents(read, card.documents), field="documents"),
        read.row(_("Laws and regulations"), *(str(shown_law(card, law.code)) for law in card.laws), field="laws"),
        read.row(_("Result"), read.text("card.output")),
    )


def _documents(read: _Reading, codes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{read.text(f'needs.{code}.title')} ({code})" for code in codes)


def _recipients(card: Card) -> str | None:
    if card.statistics is None:
        return None
    period = word("period", str(card.statistics.per))
    count = _("%(count)s a %(period)s") % {"count": number(card.statistics.count), "period": period}
    return _("%(count)s (estimated)") % {"count": count} if card.statistics.estimated else count


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


def fee_in_words(read_text: str | None, row: FeeRow) -> str:
    """Return an amount with what it is for, the account it goes to, and whether it is paid electronically."""
    parts = [f"{read_text}: {rials(row.amount)}" if read_text else rials(row.amount)]
    if row.account:
        parts.append(_("account %(account)s") % {"account": digits(row.account)})
    if row.electronic_payment:
        parts.append(_("paid electronically"))
    return _(", ").join(parts)


def _fees(read: _Reading, rows: tuple[FeeRow, ...]) -> tuple[str, ...]:
    return tuple(fee_in_words(read.text(f"card.fees.{row.title}") if row.title else None, row) for row in rows)


def _details(read: _Reading, measured: Measured | None) -> tuple[CardRow, ...]:
    card, free = read.card, read.package.fees.free
    fees = (_("free of charge, by: %(law)s") % {"law": shown_law(card, free.law)},) if free else ()
    received = mean = ""
    if measured is not None:
        received = ngettext("%(count)s in a year", "%(count)s in a year", measured.received) % {
            "count": number(measured.received)
        }
        mean = measured.mean_in_words() if measured.mean_hours is not None else ""
    return (
        read.row(_("Number of recipients"), _recipients(card), field="statistics", measured=received),
        read.row(_("Average time"), _length(card.average_time), field="average_time", measured=mean),
        read.row(_("Promised time"), _length(card.promised_time), field="promised_time"),
        read.row(_("Frequency"), _frequency(card), read.text("card.frequency-note"), field="frequency"),
        read.row(_("Hours"), read.text("card.hours")),
        read.row(
            _("Visits in person"),
            number(card.visits) if card.in_person else None,
            read.text("card.in-person-reason"),
            field="in_person.visits",
        ),
        read.row(_("Cost"), *(fees or _fees(read, card.fees)), read.text("card.fee-note"), field="fees"),
    )


def _length(length: ClockLength | None) -> str | None:
    return clock_in_words(length) if length is not None else None


def _access(read: _Reading) -> tuple[CardRow, ...]:
    rows = []
    for stage in dict.fromkeys(row.stage for row in read.card.access):
        ways = []
        for row in read.card.access:
            if row.stage != stage:
                continue
            way = word("channel", str(row.channel))
            way += " – " + (_("electronic") if row.electronic else _("not electronic"))
            if row.address:
                way += f" ({row.address})"
            if row.reason:
                way += f": {read.text(f'card.reasons.{row.reason}')}"
            ways.append(way)
        rows.append(read.row(word("stage", str(stage)), *ways))
    return tuple(rows) or (read.row(_("Ways of access"), field="access"),)


def _shared(read: _Reading) -> tuple[CardRow, ...]:
    card = read.card
    return (
        read.row(_("Inquiries from other systems"), *card.inquiries, code=True),
        read.row(
            _("What is asked there"), *(read.text(f"needs.{need.code}.title") for need in read.package.needs.inquiries)
        ),
        read.row(
            _("Shared processes with other bodies"), *(read.text(f"card.shared.{one}") for one in card.shared_processes)
        ),
    )


def _forms(read: _Reading) -> tuple[CardRow, ...]:
    card = read.card
    forms = []
    for form in card.forms:
        kind = _("electronic") if form.electronic else _("not electronic")
        forms.append(
            f"{read.text(f'card.forms.{form.code}')} – {kind}" + (f" ({form.address})" if form.address else "")
        )
    steps = [
        f"{read.text(f'steps.{step.code}.title')}" + (f" – {clock_in_words(step.clock)}" if step.clock else "")
        for step in read.package.flow.steps
    ] or [read.text(f"card.steps.{step}") or step for step in card.steps]
    return (
        read.row(_("Forms"), *forms),
        read.row(_("Steps"), *steps, read.text("card.steps-note")),
        read.row(_("Picture of the flow"), card.flow_picture, code=True),
        read.row(
            _("Questions and answers"),
            *(
                f"{read.text(f'card.faq.{code}.question')} – {read.text(f'card.faq.{code}.answer')}"
                for code in card.questions_and_answers
            ),
        ),
        read.row(_("Survey"), card.survey_address, code=True),
        read.row(_("Complaints"), card.complaint_address, code=True),
        read.row(_("Given on another system"), card.hand_off_address, code=True),
    )


def _permit(read: _Reading) -> tuple[CardRow, ...]:
    permit = read.card.permit
    assert permit is not None  # noqa: S101 (asked only where there is one)
    return (
        read.row(_("Issuing authority"), read.text("card.permit.authority")),
        read.row(_("Valid for"), validity_in_words(permit.validity)),
        read.row(
            _("Permits needed before"),
            *(read.text(f"card.permit.prerequisites.{one}") for one in permit.prerequisites),
        ),
    )


def _permit_stage(read: _Reading, name: str, stage: PermitStage) -> tuple[CardRow, ...]:
    return (
        read.row(_("Description"), read.text(f"card.permit.{name}")),
        read.row(_("Promised time"), _length(stage.promised_time)),
        read.row(_("Valid for"), validity_in_words(stage.validity) if stage.validity else None),
        read.row(_("Papers needed"), *_documents(read, stage.documents)),
        read.row(_("Laws and regulations"), *(str(shown_law(read.card, law)) for law in stage.laws)),
        read.row(_("Inquiries from other systems"), *stage.inquiries, code=True),
        read.row(
            _("Permits needed before"),
            *(read.text(f"card.permit.prerequisites.{one}") for one in stage.prerequisites),
        ),
        read.row(_("Cost"), *_fees(read, stage.fees)),
    )


def _prepared(read: _Reading) -> tuple[CardRow, ...]:
    made = read.card.prepared_by
    return (
        read.row(_("Unit"), made.unit if made else None),
        read.row(_("Date"), jalali(made.on) if made else None),
        read.row(_("Edition of the form"), read.package.edition, code=True),
    )
