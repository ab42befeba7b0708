"""What one has to pay and has paid: invoices, the way to the bank and back, and how a payment ended.

No page waits for the bank: it shows how the attempt stands and renews itself until the worker has heard of the end.
"""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from divan.dealings.payments import actions, jobs, queries
from divan.dealings.payments.values import Invoice, InvoiceState, Payment, PaymentState
from divan.foundation import clock
from divan.foundation.http.access import PUBLIC, SIGNED_IN, access
from divan.foundation.http.middleware import actor_of
from divan.front.portal.account import account_tabs
from divan.front.texts.charges import charges_of
from divan.front.texts.payments import LOOK_AGAIN_AFTER, TONES, word

TO_THE_BANK = "go"
LONGEST_TOKEN = 100


def _language() -> str:
    return "en" if get_language() == "en" else "fa"


def own_invoice(request: HttpRequest, invoice: UUID) -> Invoice:
    """Return an invoice that the acting person has to pay; never that of whom they stand in for in an office.

    :raises InvoiceUnknown: if it is somebody else's, or does not exist.
    """
    return queries.get_invoice_of(invoice, actor_of(request).uuid)


@access(SIGNED_IN)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """List one's invoices, what is to be paid first."""
    person = actor_of(request).uuid
    found = queries.list_invoices_of(person) if person else []
    lines = [
        {"invoice": one, "title": one.title(_language()), "state": word("invoice-state", one.state)}
        | {"tone": TONES[one.state]}
        for one in found
    ]
    tabs = account_tabs(person, "payments") if person else []
    return render(request, "portal/payments.html", {"lines": lines, "account_tabs": tabs})


@access(SIGNED_IN)
@require_safe
def invoice(request: HttpRequest, invoice: UUID) -> HttpResponse:
    """Show an invoice: what is charged for which service, whose money it is, by which law; and the way to pay."""
    found = own_invoice(request, invoice)
    live = queries.find_live_payment(invoice)
    is_open = found.state is InvoiceState.OPEN
    values = {
        "invoice": found,
        "title": found.title(_language()),
        "state": word("invoice-state", found.state),
        "tone": TONES[found.state],
        "services": charges_of(found, _language()),
        "live": live,
        "is_overdue": is_open and found.due_at is not None and found.due_at <= clock.now(),
        "refunds": [
            (one, word("refund-state", one.state), TONES[one.state]) for one in queries.list_refunds_of(invoice)
        ],
        **_about(found),
    }
    return render(request, "portal/invoice.html", values)


def _about(invoice: Invoice) -> dict[str, object]:
    """Return the way to what an invoice is about: a case, or a life event with several."""
    is_bundle, is_case = invoice.about_kind == "cases.bundle-run", invoice.about_kind == "cases.case"
    return {"case": invoice.about_uuid if is_case else None, "bundle": invoice.about_uuid if is_bundle else None}


@access(SIGNED_IN)
@require_POST
def pay(request: HttpRequest, invoice: UUID) -> HttpResponse:
    """Begin to pay, or go on with the attempt that is under way."""
    own_invoice(request, invoice)
    actions.begin_payment(invoice=invoice, actor=actor_of(request), now=clock.now())
    return redirect("portal:payment", invoice)


@access(SIGNED_IN)
@never_cache
@require_safe
def standing(request: HttpRequest, invoice: UUID) -> HttpResponse:
    """Show how the newest attempt to pay stands, and lead to the bank as soon as it is ready.

    A form may not end at another site, so the way there is a link, or a page that renewed itself while waiting.
    """
    found = own_invoice(request, invoice)
    newest = next(iter(queries.list_payments_of(invoice)), None)
    if newest is None:
        return redirect("portal:invoice", invoice)
    bank = jobs.bank().page(newest.token) if newest.state is PaymentState.REGISTERED else ""
    if bank and TO_THE_BANK in request.GET:
        # A script that looked for the end of the waiting cannot follow to another site by itself; it is told to go.
        if "HX-Request" in request.headers:
            return HttpResponse(headers={"HX-Redirect": bank})
        return HttpResponseRedirect(bank)
    return render(request, "portal/payment.html", _shown(found, newest, bank))


def _shown(invoice: Invoice, payment: Payment, bank: str) -> dict[str, object]:
    seconds = LOOK_AGAIN_AFTER.get(payment.state)
    address = reverse("portal:payment", args=[invoice.uuid])
    return {
        "invoice": invoice,
        **_about(invoice),
        "title": invoice.title(_language()),
        "payment": payment,
        "bank": bank,
        "reason": word("reason", payment.reason) if payment.reason in {"cancelled", "expired", "bank-silent"} else "",
        "seconds": seconds,
        "renewed": f"{address}?{TO_THE_BANK}" if payment.state is PaymentState.BEGUN else address,
    }


@csrf_exempt
@access(PUBLIC)
@never_cache
@require_http_methods(["GET", "POST"])
def come_back(request: HttpRequest, payment: UUID) -> HttpResponse:
    """Take whoever comes back from the bank; only the token is read, and only to know that they were there.

    Banks send the browser here from their own site, some by POST: there may be no session and is no CSRF token. What is
    said of state and amount is not even looked at; the bank is asked, server to server.

    :raises PaymentUnknown: for another token than the bank gave.
    """
    sent = request.POST if request.method == "POST" else request.GET
    token = sent.get("token", "")[: LONGEST_TOKEN + 1]
    noted = actions.note_return(payment=payment, token=token, actor=actor_of(request), now=clock.now())
    answer = redirect("portal:payment", noted.invoice)
    answer.status_code = 303
    return answer
