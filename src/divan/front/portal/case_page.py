"""What the page of a case shows its applicant: what happens now, what is asked of them, what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from divan.dealings.cases import queries
from divan.dealings.cases.queries import EntryOffer
from divan.dealings.cases.values import Case, CaseState, HistoryLine, Permit
from divan.foundation import clock
from divan.foundation import messages as outgoing
from divan.foundation.ui.pieces import Row
from divan.front.portal.progress import applicant_events
from divan.front.portal.summaries import summaries
from divan.front.texts.standing import decisions_of, standings
from divan.front.texts.words import TONES, clock_in_words, word
from divan.registers.people import queries as people
from divan_libs.persian.jalali import TEHRAN
from divan_libs.servicepack import flow_rules
from divan_libs.servicepack.models import APPLICATION, Package


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Something that is asked of the applicant, with the way there."""

    title: str
    lines: tuple[str, ...]
    note: str
    url: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPermit:
    """A permit with what may be begun about it: title, lead, address, and why not now."""

    permit: Permit
    state: str
    tone: str
    service: str
    offers: tuple[tuple[str, str, str, str], ...]


def asks_of(case: Case, package: Package, language: str) -> list[Ask]:
    """Return what is asked of the applicant now."""
    asks = []
    if case.state is CaseState.CORRECTION:
        asks.append(
            Ask(
                title=_("Please correct"),
                lines=tuple(package.text(f"needs.{one}.rejection", language) for one in case.correction_codes),
                note=case.correction_note,
                url=reverse("portal:application", args=[case.uuid]),
                label=_("Correct and send again"),
            )
        )
    if case.state is CaseState.PAYMENT:
        asks.append(
            Ask(
                title=_("Please pay the fee"),
                lines=(_("The case goes on by itself as soon as the bank confirms the payment."),),
                note="",
                url=reverse("portal:pay-case", args=[case.uuid]),
                label=_("See the fee and pay"),
            )
        )
    return asks


def shown_permit(permit: Permit, language: str, now: datetime) -> ShownPermit:
    """Return a permit with what its holder may begin about it."""
    package = queries.get_package_of(queries.get_case(permit.case))
    return ShownPermit(
        permit=permit,
        state=word("held-permit", permit.state),
        tone=TONES[permit.state],
        service=package.text("card.title", language),
        offers=tuple(_offer(permit, one, language) for one in queries.list_entry_offers(permit, now)),
    )


def _offer(permit: Permit, offer: EntryOffer, language: str) -> tuple[str, str, str, str]:
    code = offer.entry.code
    return (
        offer.package.text(f"entries.{code}.title", language),
        offer.package.find_text(f"entries.{code}.lead", language) or "",
        "" if offer.reason else reverse("portal:entry", args=[permit.uuid, code]),
        opening_in_words(offer) if offer.reason == "too-early" else "",
    )


def opening_in_words(offer: EntryOffer) -> str:
    """Say how long before the end of the permit an entry opens."""
    window = offer.entry.opens_before
    return _("It opens %(span)s before the end of the permit.") % {"span": clock_in_words(window)} if window else ""


def case_page(case: Case, *, own: bool) -> dict[str, object]:
    """Return what a case page shows; to whoever only tracks by number and secret, without answers and document."""
    language = get_language() or "fa"
    package, now = queries.get_package_of(case), clock.now()
    decisions, history = decisions_of(case, package, language), queries.list_history(case.uuid)
    values: dict[str, object] = {
        "case": case,
        "own": own,
        "now": now,
        "title": package.text("card.title", language),
        "entry": package.text(f"entries.{case.entry}.title", language) if case.entry != APPLICATION else "",
        "state": word("case-state", case.state),
        "tone": TONES[case.state],
        "standings": standings(case, package, language),
        "decisions": decisions,
        "decision": decisions[0] if decisions and case.outcome else None,
        "events": applicant_events(case, history, package, language),
        "paused": case.state in {CaseState.CORRECTION, CaseState.PAYMENT},
    }
    if not own:
        return values
    return values | _own_part(case, package, language, now) | {"viewed": _viewed(history, language)}


def _own_part(case: Case, package: Package, language: str, now: datetime) -> dict[str, object]:
    context = queries.context_of(case, package, now.astimezone(TEHRAN).date())
    objections = queries.list_objections(case.uuid)
    rating = queries.find_rating(case.uuid)
    permit = queries.find_permit_of_case(case.uuid) or (queries.get_permit(case.permit) if case.permit else None)
    running = case.state in {CaseState.OPEN, CaseState.CORRECTION, CaseState.PAYMENT}
    entry = case.entry if case.entry != APPLICATION else ""
    return {
        "asks": asks_of(case, package, language),
        "objections": [(one, word("objection-state", one.state), TONES[one.state]) for one in objections],
        "object_until": queries.may_object_until(case, now),
        "permit": shown_permit(permit, language, now) if permit else None,
        "rating": rating,
        "may_rate": rating is None and case.state is CaseState.CLOSED,
        "additions": queries.list_additions(case.uuid),
        "may_add": running,
        "messages_sent": outgoing.list_messages_about(case.uuid),
        "parts": summaries(package, context, case, language, changing=False),
        "visits": queries.list_visits(case.uuid),
        "beneficiary": queries.find_beneficiary(case, package, context),
        "bundle": queries.find_run_of_case(case.uuid),
        "may_withdraw": running and flow_rules.may_withdraw(package, case.step, entry),
        "secret": queries.tracking_secret(case.uuid),
    }


def _viewed(history: Sequence[HistoryLine], language: str) -> list[Row]:
    """Return which posts opened a case and when each did last."""
    lines = [line for line in history if line.kind == "cases.case-viewed" and "post" in line.actor]
    last = {UUID(line.actor["post"]): line.at for line in lines}
    posts = people.find_posts(set(last))
    return [
        Row(f"{posts[post].title(language)} – {posts[post].unit.name(language)}", at)
        for post, at in sorted(last.items(), key=lambda one: one[1], reverse=True)
        if post in posts
    ]
