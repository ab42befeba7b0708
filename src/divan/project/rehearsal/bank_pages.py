"""The pages of the invented bank."""

from __future__ import annotations

from html import escape
from typing import Protocol
from urllib.parse import urlsplit

from starlette.responses import HTMLResponse

from divan.project.rehearsal.pages import page
from divan_libs.persian.amounts import rials_in_words

TITLE = "درگاه پرداخت بانک نمونه"
STATES = {
    "paid": ("این سفارش پرداخت شده است.", "This order is paid."),
    "cancelled": ("این پرداخت لغو شده است.", "This payment was cancelled."),
    "expired": ("مهلت این پرداخت گذشته است.", "The time for this payment is over."),
}


class Shown(Protocol):
    """What of an order the pages show."""

    amount: int
    state: str
    reference: str
    return_address: str


def _said(persian: str, english: str) -> str:
    return f'<p>{persian}<br><span lang="en" dir="ltr">{english}</span></p>'


def asking(row: Shown) -> HTMLResponse:
    """Return the page that asks whether to pay; one whose time is over says so and leads back."""
    home = urlsplit(row.return_address)
    origin = f"{home.scheme}://{home.netloc}"
    sum_said = _said(f"مبلغ: <b>{rials_in_words(row.amount)}</b>", f"Amount: <b>{rials_in_words(row.amount, 'en')}</b>")
    if row.state != "open":
        buttons = '<p><button name="do" value="back">بازگشت به پذیرنده · <span lang="en">Go back</span></button></p>'
        body = f'{_said(*STATES[row.state])}{sum_said}<form method="post">{buttons}</form>'
        return page(TITLE, body, may_send_to=origin)
    buttons = (
        '<p><button name="do" value="pay">پرداخت · <span lang="en">Pay</span></button> '
        '<button name="do" value="cancel" class="plain">انصراف · <span lang="en">Cancel</span></button> '
        '<button name="do" value="close" class="plain">بستن بدون خبر · '
        '<span lang="en">Close and tell nobody</span></button></p>'
    )
    receiver = f"پذیرنده: {escape(home.netloc)}"
    note = _said(f"{receiver}. کارتی لازم نیست؛ پولی جابه‌جا نمی‌شود.", "No card is needed; no money moves.")
    return page(TITLE, f'{sum_said}{note}<form method="post">{buttons}</form>', may_send_to=origin)


def unknown() -> HTMLResponse:
    """Return the page for a token that the bank never gave."""
    return page(TITLE, _said("چنین پرداختی نیست.", "There is no such payment."), status=404)


def closed() -> HTMLResponse:
    """Return the page of somebody who closed the bank's page and told nobody."""
    said = _said(
        "صفحه بسته شد. نه پرداختی انجام شد و نه خبری داده شد.", "Closed. Nothing was paid and nobody was told."
    )
    return page(TITLE, said)


def mute(row: Shown) -> HTMLResponse:
    """Return the page of a bank that took the money and forgot the way back."""
    return page(
        TITLE,
        _said(
            f"پول گرفته شد، شماره پیگیری <code>{row.reference}</code>؛ بانک راه بازگشت را گم کرده است.",
            "The money was taken; the bank has lost the way back.",
        ),
    )
