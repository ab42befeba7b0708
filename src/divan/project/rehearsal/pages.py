"""The few pages that the played outside world shows to people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from string import Template

from starlette.responses import HTMLResponse

from divan.project.rehearsal.behaviour import SERVICES, Mode, modes_of
from divan.project.rehearsal.cast import CAST
from divan.project.rehearsal.declared import outside_world
from divan_libs.persian.text import persian_digits

_PAGE = Template(files("divan.project.rehearsal").joinpath("page.html").read_text(encoding="utf-8"))

SERVICE_NAMES = {
    "civil-registry": ("ثبت احوال", "Civil registry"),
    "mobile-register": ("پایگاه مالکان شماره‌های همراه", "Register of mobile numbers"),
    "sign-on": ("درگاه ملی ورود یکپارچه", "National sign-on"),
    "sms": ("درگاه پیامک", "Gateway of short messages"),
    "scanner": ("پویشگر بدافزار", "Malware scanner"),
    "bank": ("درگاه پرداخت بانک", "Bank's payment gateway"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRow:
    """An order as its page shows it."""

    code: str
    name: str
    number: str
    reference: str
    sent: str
    state: str
    states: tuple[str, ...]


MODE_NAMES = {
    Mode.NORMAL: ("درست", "normal"),
    Mode.SLOW: ("کند", "slow"),
    Mode.DOWN: ("قطع", "down"),
    Mode.REPEAT: ("تکراری", "repeats itself"),
    Mode.LIE: ("نادرست", "lies"),
    Mode.MUTE: ("پول می‌گیرد و خبر نمی‌دهد", "takes the money, says nothing"),
}


def page(title: str, body: str, *, status: int = 200, may_send_to: str = "") -> HTMLResponse:
    """Return a page; forms on it may send to ourselves and end at one other origin."""
    policy = (
        "default-src 'none'; style-src 'unsafe-inline'; font-src 'self'; "
        f"form-action 'self' {may_send_to}; base-uri 'none'; frame-ancestors 'none'"
    )
    headers = {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return HTMLResponse(_PAGE.substitute(title=escape(title), body=body), status, headers)


def world(states: Mapping[str, Mapping[str, object]], home: str) -> HTMLResponse:
    """Return the page on which one tells each service how to behave."""
    rows = "".join(_row(name, states[name]) for name in SERVICES)
    return page(
        "جهان بیرون (نمایشی)",
        "<p>این‌ها نقش سامانه‌های بیرونی را بازی می‌کنند. رفتار هرکدام را می‌توان عوض کرد.<br>"
        '<span lang="en" dir="ltr">These play the systems outside. Tell each how to behave.</span></p>'
        '<p><a href="/orders">سفارش‌ها · <span lang="en" dir="ltr">Orders</span></a></p>'
        f'{rows}<p><a href="{escape(home)}">بازگشت به دیوان · <span lang="en" dir="ltr">Back to Divan</span></a></p>',
    )


def _row(name: str, state: Mapping[str, object]) -> str:
    persian, english = SERVICE_NAMES.get(name) or _names_declared(name)
    choices = "".join(
        f'<option value="{mode}"{" selected" if mode == state["mode"] else ""}>{fa} · {en}</option>'
        for mode, (fa, en) in MODE_NAMES.items()
        if mode in modes_of(name)
    )
    return (
        f'<form method="post" action="/behaviour"><input type="hidden" name="service" value="{name}">'
        f'<h2>{persian} <small lang="en" dir="ltr">{english}</small></h2>'
        f'<label>رفتار · <span lang="en">behaviour</span> <select name="mode">{choices}</select></label> '
        f'<label>درنگ (ثانیه) · <span lang="en">pause (s)</span> '
        f'<input name="seconds" inputmode="decimal" size="5" value="{state["seconds"]:g}"></label> '
        '<button>ثبت · <span lang="en">Set</span></button></form>'
    )


def _names_declared(name: str) -> tuple[str, str]:
    told = outside_world().members[name]
    return told.fa, told.en


def orders(rows: Sequence[OrderRow]) -> HTMLResponse:
    """Return the page on which one sees what was ordered outside, and decides what becomes of it."""
    shown = "".join(_order(row) for row in rows)
    return page(
        "سفارش‌ها (نمایشی)",
        "<p>مرسوله‌ها، دستورهای پرداخت و درخواست‌هایی که دیوان به بیرون سپرده است. هرکدام خودبه‌خود پیش می‌رود؛ "
        'می‌توان وضعیتش را هم تعیین کرد.<br><span lang="en" dir="ltr">What Divan ordered outside. Each goes on by '
        f"itself, until you set its state.</span></p>{shown or '<p>هنوز سفارشی نیست. · No orders yet.</p>'}"
        '<p><a href="/">جهان بیرون · <span lang="en" dir="ltr">The outside world</span></a></p>',
    )


def _order(row: OrderRow) -> str:
    choices = "".join(
        f'<option value="{escape(state)}"{" selected" if state == row.state else ""}>{escape(state)}</option>'
        for state in row.states
    )
    return (
        f'<form method="post" action="/orders"><input type="hidden" name="code" value="{escape(row.code)}">'
        f'<input type="hidden" name="number" value="{escape(row.number)}"><h2>{escape(row.name)} '
        f'<code dir="ltr">{escape(row.number)}</code></h2><p><code dir="ltr">{escape(row.reference)}</code> '
        f'<code dir="ltr">{escape(row.sent)}</code></p>'
        f'<label>وضعیت · <span lang="en">state</span> <select name="state" dir="ltr">{choices}</select></label> '
        '<button>ثبت · <span lang="en">Set</span></button></form>'
    )


def sign_on(fields: Mapping[str, str], *, fault: str = "", may_send_to: str) -> HTMLResponse:
    """Return the page on which one chooses whom to be; ``fields`` are carried along."""
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in fields.items()
    )
    people = "".join(
        f'<label class="person"><input type="radio" name="person" value="{one.national_code}"> '
        f"<b>{escape(one.full_name)}</b> <span>{escape(one.part_fa)}</span> "
        f'<code dir="ltr">{persian_digits(one.national_code)}</code></label>'
        for one in CAST
    )
    said = f'<p class="fault" role="alert">{escape(fault)}</p>' if fault else ""
    return page(
        "درگاه ملی ورود یکپارچه (نمایشی)",
        f'{said}<form method="post"><fieldset><legend>با هویت چه کسی وارد می‌شوید؟ '
        f'<small lang="en" dir="ltr">Who are you?</small></legend>{hidden}{people}'
        '<label class="person">یا کد ملی · <span lang="en" dir="ltr">or a national code</span> '
        '<input name="national_code" inputmode="numeric" dir="ltr" autocomplete="off" size="14"></label></fieldset>'
        '<p><button name="do" value="enter">ورود · <span lang="en">Sign in</span></button> '
        '<button name="do" value="cancel" class="plain">انصراف · <span lang="en">Cancel</span></button></p></form>',
        status=422 if fault else 200,
        may_send_to=may_send_to,
    )
