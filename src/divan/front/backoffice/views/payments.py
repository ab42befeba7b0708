"""Money for those who answer for it: invoices, refunds to decide, and what the bank's statement does not agree with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from divan.dealings.payments import actions, queries
from divan.dealings.payments.values import (
    DifferenceUnknown,
    Invoice,
    InvoiceState,
    InvoiceUnknown,
    Refund,
    RefundState,
    RefundUnknown,
)
from divan.foundation import clock
from divan.foundation.errors import NotFound, Refusal
from divan.foundation.http.access import access
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.fields import ErrorSummary, Field
from divan.foundation.ui.frame import Link
from divan.foundation.ui.numbers import number
from divan.foundation.ui.refusals import text_of
from divan.front.backoffice.duties import FINANCE, own_post
from divan.front.texts.charges import charges_of
from divan.front.texts.payments import TONES, word
from divan.registers.people import queries as people
from divan_libs.persian.text import InvalidNumber, normalize, parse_decimal

LONGEST = 500
SEES_ALL = "governor-officer"


def _language() -> str:
    return "en" if get_language() == "en" else "fa"


def _body(request: HttpRequest) -> str:
    """Return the body whose money the officer sees; empty for the governor's officer, who sees all."""
    post = own_post(request)
    return "" if post.role == SEES_ALL else post.unit.body_code


def seen_invoice(request: HttpRequest, invoice: UUID) -> Invoice:
    """Return an invoice with a line of the officer's body.

    :raises InvoiceUnknown: if there is none, or it is another body's: the two are not told apart.
    """
    found = queries.get_invoice(invoice)
    if not queries.is_of_body(found, _body(request)):
        raise InvoiceUnknown
    return found


@access(FINANCE)
@require_safe
def invoices(request: HttpRequest) -> HttpResponse:
    """Look for invoices by number, the bank's reference or the payer's national code."""
    text, wanted, after = (request.GET.get(name, "")[:60] for name in ("q", "state", "after"))
    state = InvoiceState(wanted) if wanted in set(InvoiceState) else None
    begins = int(after) if after.isascii() and after.isdigit() and len(after) < 16 else 0
    found, following = queries.search_invoices(text, body=_body(request), state=state, after=begins)
    payers = people.find_persons({one.payer for one in found})
    values = {
        "lines": [
            {"invoice": one, "title": one.title(_language()), "state": word("invoice-state", one.state)}
            | {"tone": TONES[one.state], "payer": payers[one.payer].full_name if one.payer in payers else ""}
            for one in found
        ],
        "text": text,
        "states": [(str(one), word("invoice-state", one)) for one in InvoiceState],
        "wanted": str(state or ""),
        "following": following,
        "is_first": not begins,
    }
    return render(request, "backoffice/invoices.html", values)


@access(FINANCE)
@require_safe
def invoice(request: HttpRequest, invoice: UUID) -> HttpResponse:
    """Show an invoice with its charges, its attempts to pay and its refunds."""
    found = seen_invoice(request, invoice)
    payer = people.get_person(found.payer)
    values = {
        "invoice": found,
        "title": found.title(_language()),
        "state": word("invoice-state", found.state),
        "tone": TONES[found.state],
        "payer": payer.full_name,
        "services": charges_of(found, _language()),
        "attempts": [
            (one, word("payment-state", one.state), TONES[one.state]) for one in queries.list_payments_of(invoice)
        ],
        "refunds": [
            (one, word("refund-state", one.state), TONES[one.state]) for one in queries.list_refunds_of(invoice)
        ],
    }
    return render(request, "backoffice/invoice.html", values)


def _amount_field(shown: Any, sent: Mapping[str, str], problems: Mapping[str, str]) -> Field:
    name = f"line-{shown.line.uuid}"
    return Field(
        name,
        "amount",
        f"{shown.title} – {shown.beneficiary}",
        _("At most %(left)s rials. Empty means nothing of this line.") % {"left": number(shown.left)},
        sent.get(name, "" if sent else str(shown.left)),
        [problems[name]] if name in problems else [],
        required=False,
    )


def _reason_field(label: str, sent: Mapping[str, str], problems: Mapping[str, str], name: str = "reason") -> Field:
    return Field(
        name,
        "long-text",
        label,
        _("It stays on record."),
        sent.get(name, "")[:LONGEST],
        [problems[name]] if name in problems else [],
        attributes={"maxlength": str(LONGEST)},
    )


@access(FINANCE)
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, invoice: UUID) -> HttpResponse:
    """Ask that money of a paid invoice goes back, line by line; another officer decides."""
    found = seen_invoice(request, invoice)
    charges = [shown for service in charges_of(found, _language()) for shown in service.lines if shown.left > 0]
    problems: dict[str, str] = {}
    if request.method == "POST":
        shares, problems = _read_shares(charges, request.POST)
        reason = normalize(request.POST.get("reason", ""))[:LONGEST]
        if not reason:
            problems["reason"] = _("A reason in words is needed.")
        if not problems:
            try:
                order = actions.ask_refund(
                    invoice=invoice, reason=reason, shares=shares, actor=actor_of(request), now=clock.now()
                )
            except Refusal as refusal:
                problems[""] = str(text_of(refusal))
            else:
                messages.success(request, _("The refund was asked for; another officer decides."))
                return redirect("backoffice:refund", order.uuid)
    sent = request.POST.dict() if request.method == "POST" else {}
    fields = [*(_amount_field(shown, sent, problems) for shown in charges), _reason_field(_("Reason"), sent, problems)]
    general = [problems[""]] if "" in problems else []
    values = {
        "invoice": found,
        "fields": fields,
        "has_something": bool(charges) and found.is_settled,
        "error_summary": ErrorSummary.of(fields, general),
    }
    return render(request, "backoffice/ask_refund.html", values, status=422 if problems else 200)


def _read_shares(charges: list[Any], sent: Mapping[str, str]) -> tuple[dict[UUID, int], dict[str, str]]:
    shares: dict[UUID, int] = {}
    problems: dict[str, str] = {}
    for shown in charges:
        name = f"line-{shown.line.uuid}"
        typed = sent.get(name, "").strip()
        if not typed:
            continue
        try:
            amount = parse_decimal(typed)
        except InvalidNumber:
            problems[name] = _("Write a number of rials.")
            continue
        if amount != int(amount) or not 0 <= amount <= shown.left:
            problems[name] = _("At most %(left)s rials can go back.") % {"left": number(shown.left)}
        elif amount:
            shares[shown.line.uuid] = int(amount)
    if not shares and not problems:
        problems[""] = _("Say of at least one line how much goes back.")
    return shares, problems


@access(FINANCE)
@require_safe
def refunds(request: HttpRequest) -> HttpResponse:
    """List the refunds that wait for a decision, or those that were decided."""
    is_waiting = "decided" not in request.GET
    address = reverse("backoffice:refunds")
    found = queries.list_refunds(body=_body(request), waiting=is_waiting)
    askers = people.find_persons({one.asked_by for one in found if one.asked_by})
    values = {
        "sections": [
            Link(address, _("To be decided"), current=is_waiting),
            Link(f"{address}?decided", _("Decided"), current=not is_waiting),
        ],
        "lines": [
            (one, _asker(one, askers), word("refund-state", one.state), TONES[one.state], _reason(one)) for one in found
        ],
        "is_waiting": is_waiting,
    }
    return render(request, "backoffice/refunds.html", values)


def _asker(order: Refund, known: Mapping[UUID, Any]) -> str:
    if order.asked_by is None:
        return _("Divan itself")
    return known[order.asked_by].full_name if order.asked_by in known else ""


def _reason(order: Refund) -> str:
    """Return why money goes back; money too many is said in words, not by its code."""
    return _("Money came that paid nothing.") if not order.shares and order.asked_by is None else order.reason


def seen_refund(request: HttpRequest, refund: UUID) -> tuple[Refund, Invoice]:
    """Return an order of the officer's body with its invoice.

    :raises RefundUnknown: if there is none, or it is another body's.
    """
    found = queries.get_refund(refund)
    owed = queries.get_invoice(found.invoice)
    if not queries.is_of_body(owed, _body(request)):
        raise RefundUnknown
    return found, owed


@access(FINANCE)
@require_http_methods(["GET", "POST"])
def refund(request: HttpRequest, refund: UUID) -> HttpResponse:
    """Show an order to give money back, and decide it as an officer who did not ask."""
    found, owed = seen_refund(request, refund)
    actor, problems = actor_of(request), {}
    if request.method == "POST":
        note = normalize(request.POST.get("note", ""))[:LONGEST]
        try:
            if request.POST.get("do") == "approve":
                actions.approve_refund(refund=refund, note=note, actor=actor, now=clock.now())
                messages.success(request, _("The refund was approved and goes to the bank."))
            else:
                actions.refuse_refund(refund=refund, note=note, actor=actor, now=clock.now())
                messages.success(request, _("The refund was refused."))
        except Refusal as refusal:
            problems["note"] = str(text_of(refusal))
        else:
            return redirect("backoffice:refund", refund)
    by_line = dict(found.shares)
    names = people.find_persons({one for one in (found.asked_by, found.decided_by) if one})
    field = _reason_field(_("Note; a refusal needs it"), request.POST.dict(), problems, "note")
    values = {
        "order": found,
        "invoice": owed,
        "title": owed.title(_language()),
        "state": word("refund-state", found.state),
        "tone": TONES[found.state],
        "asker": _asker(found, names),
        "reason": _reason(found),
        "decider": names[found.decided_by].full_name if found.decided_by in names else "",
        "shares": [
            (shown, by_line[shown.line.uuid])
            for service in charges_of(owed, _language())
            for shown in service.lines
            if shown.line.uuid in by_line
        ],
        "may_decide": found.state is RefundState.ASKED and found.asked_by != actor.uuid,
        "is_own": found.state is RefundState.ASKED and found.asked_by == actor.uuid,
        "field": field,
        "error_summary": ErrorSummary.of([field]),
    }
    return render(request, "backoffice/refund.html", values, status=422 if problems else 200)


@access(FINANCE)
@require_safe
def statements(request: HttpRequest) -> HttpResponse:
    """Show the days that were compared with the bank's statement, and every difference that nobody has settled."""
    values = {"days": queries.list_statements(), "differences": _shown(queries.list_differences(), _body(request))}
    return render(request, "backoffice/statements.html", values)


def _shown(found: list[Any], body: str) -> list[tuple[Any, str, bool]]:
    """Return differences in words, and whether the officer may open the invoice they speak of."""
    return [
        (
            one,
            word("difference", one.kind),
            one.invoice is not None and queries.is_of_body(queries.get_invoice(one.invoice), body),
        )
        for one in found
    ]


@access(FINANCE)
@require_safe
def statement(request: HttpRequest, day: str) -> HttpResponse:
    """Show what the bank stated of a day, and all its differences.

    :raises NotFound: for what is no day, or one that was never read.
    """
    try:
        of_day = date.fromisoformat(day)
        summary = queries.get_statement(of_day)
    except (ValueError, LookupError) as error:
        raise NotFound from error
    differences = _shown(queries.list_differences(day=of_day), _body(request))
    return render(request, "backoffice/statement.html", {"summary": summary, "differences": differences})


@access(FINANCE)
@require_http_methods(["GET", "POST"])
def settle(request: HttpRequest, difference: UUID) -> HttpResponse:
    """Settle a difference by saying what it was.

    :raises DifferenceUnknown: if there is none, or it is settled.
    """
    found = next((one for one in queries.list_differences() if one.uuid == difference), None)
    if found is None:
        raise DifferenceUnknown
    problems = {}
    if request.method == "POST":
        note = normalize(request.POST.get("note", ""))[:LONGEST]
        if note:
            actions.settle_difference(difference=difference, note=note, actor=actor_of(request), now=clock.now())
            messages.success(request, _("The difference was settled."))
            return redirect("backoffice:statements")
        problems["note"] = _("A reason in words is needed.")
    field = _reason_field(_("What was it?"), request.POST.dict(), problems, "note")
    values = {
        "difference": found,
        "kind": word("difference", found.kind),
        "field": field,
        "error_summary": ErrorSummary.of([field]),
    }
    return render(request, "backoffice/settle_difference.html", values, status=422 if problems else 200)
