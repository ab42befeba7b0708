"""Invented matter for the style page: every component in every state."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from divan.foundation.errors import NotAllowed
from divan.foundation.ui.fields import ErrorSummary, Field, Option
from divan.foundation.ui.frame import Link, LinkGroup
from divan.foundation.ui.pieces import Bar, Event, Measure, Row, Task

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
COLOURS = (
    "lapis-deep",
    "lapis",
    "lapis-wash",
    "turquoise-deep",
    "turquoise",
    "turquoise-bright",
    "turquoise-wash",
    "paper",
    "card",
    "sand",
    "line",
    "line-strong",
    "ink",
    "ink-soft",
    "saffron",
    "saffron-ink",
    "saffron-wash",
    "pomegranate",
    "pomegranate-wash",
    "cypress",
    "cypress-wash",
)


def questions() -> list[Field]:
    """Return a question of each kind, some answered, some wrong."""
    access = [
        Option("none", _("There is no access at all"), _("Neither mobile internet nor a fixed line")),
        Option("weak", _("Weak or interrupted")),
        Option("other", _("Something else")),
    ]
    villages = [
        Option("a", _("Upper village"), group=_("Eastern district")),
        Option("b", _("Middle village"), group=_("Eastern district")),
        Option("c", _("Lower village"), group=_("Western district")),
    ]
    return [
        Field("name", "text", _("Full name"), _("As it stands in your identity booklet"), _("Maryam Rezaei")),
        Field(
            "national",
            "national-code",
            _("National code"),
            _("Ten digits"),
            "",
            [_("Enter the ten digits of the national code.")],
        ),
        Field("mobile", "mobile", _("Mobile number"), "", "09120000000"),
        Field("households", "number", _("Households without coverage"), "", "", [], False, unit=_("households")),
        Field("born", "date", _("Date of birth"), _("For example 12 Mehr 1365"), date(1986, 10, 4)),
        Field("died", "date", _("Date of the event"), "", "1404/12/30", [_("Esfand of 1404 has 29 days.")]),
        Field("access", "choice", _("What access is there now?"), "", "weak", [], True, access),
        Field(
            "places",
            "choices",
            _("Which public places need it?"),
            _("Choose all that apply"),
            ["none"],
            [_("Choose at least one place.")],
            True,
            access,
        ),
        Field("agree", "yes-no", _("Has the village council agreed?"), value="yes"),
        Field("village", "select", _("Village"), "", "b", [], True, villages),
        Field("found", "place", _("Which village is it about?"), "", "c", [], True, villages, search=_("village")),
        Field("nowhere", "place", _("Which town is it near?"), search=_("unknown")),
        Field(
            "text",
            "long-text",
            _("Describe the present state"),
            _("At most 500 letters"),
            "",
            [],
            False,
            attributes={"maxlength": "500"},
        ),
        Field(
            "photo",
            "file",
            _("Picture of the village"),
            _("PDF, JPEG or PNG, up to 10 megabytes"),
            required=False,
            attributes={"accept": ".pdf,.jpg,.png"},
            kept=Link("#file", "view.jpg"),
        ),
        Field("code", "one-time-code", _("Code from the message"), _("Five digits, valid for two minutes")),
        Field(
            "consent",
            "consent",
            _("I agree that my identity is asked from the civil registry for this request."),
            errors=[_("Without this consent the request cannot go on.")],
        ),
        Field("note", "information", _("No photocopy is needed: your identity is asked from the civil registry.")),
    ]


def letter() -> Field:
    """Return a field of rich text with something of everything in it."""
    body = (
        f"<p>{_('With greetings and respect')}</p><h2>{_('Heading')}</h2>"
        f"<ol><li>{_('Upper village')}</li><li><strong>{_('Middle village')}</strong></li></ol>"
        f"<table><tbody><tr><th>{_('Village')}</th><th>{_('households')}</th></tr>"
        f'<tr><td>{_("Lower village")}</td><td data-align="center">35</td></tr></tbody></table>'
    )
    return Field("letter", "rich-text", _("Text of the letter"), _("As it will stand under the letterhead"), body)


def matter() -> dict[str, Any]:
    """Return everything the style page shows."""
    asked = [*questions(), letter()]
    change = [Link("#change", _("Change"))]
    return {
        "now": NOW,
        "colours": COLOURS,
        "questions": asked,
        "summary": ErrorSummary.of(asked, [_("The request could not be sent.")]),
        "rows": [
            Row(_("Case number"), "1405-000123-47", code=True),
            Row(_("Full name"), _("Maryam Rezaei"), change),
            Row(_("Village"), _("Upper village"), change),
            Row(_("Description"), ""),
        ],
        "plain_rows": [Row(_("Registered"), _("Today")), Row(_("Number of the letter"), "1405/12/345", code=True)],
        "tasks": [
            Task(_("About you"), _("Completed"), "good", "#you"),
            Task(
                _("About the village"), _("In progress"), "info", "#village", _("Three of five questions are answered")
            ),
            Task(_("Documents"), _("Not started"), "", "#documents"),
            Task(_("Check and send"), _("Cannot start yet"), ""),
        ],
        "events": _history(),
        "trail": [Link("#home", _("First page")), Link("#services", _("Services"))],
        "tabs": [
            Link("#open", _("Open"), current=True, count=12),
            Link("#late", _("Overdue"), count=3, late=True),
            Link("#closed", _("Closed")),
        ],
        "figures": [
            Measure(_("Requests"), 1284, note=_("Since the beginning of the year")),
            Measure(_("Answered in time"), 1102, tone="good", note=_("Of all requests")),
            Measure(_("Overdue"), 17, tone="bad"),
            Measure(_("Average time"), 9, _("working days"), tone="waiting"),
            Measure(_("Satisfaction"), None),
        ],
        "counties": [
            Bar(_("Northern county"), 48, 5, "#north"),
            Bar(_("Southern county"), 31, 0),
            Bar(_("Western county"), 12, 12),
            Bar(_("Eastern county"), 0),
        ],
        "refusal": NotAllowed(),
        **_clocks(),
    }


def _history() -> list[Event]:
    return [
        Event(_("Request sent"), NOW - timedelta(days=6), _("Maryam Rezaei"), tone="good"),
        Event(
            _("Referred"),
            NOW - timedelta(days=5),
            _("Secretariat"),
            _("Please examine and report within three days."),
            "good",
        ),
        Event(
            _("Returned for correction"),
            NOW - timedelta(days=3),
            _("Expert"),
            _("The picture cannot be read."),
            "bad",
            Link("#more", _("What is asked")),
        ),
        Event(_("Under examination"), NOW - timedelta(hours=2), _("Expert"), tone="waiting"),
        Event(_("Signature of the director"), tone="ahead"),
    ]


def _clocks() -> dict[str, Any]:
    return {
        "far": NOW + timedelta(days=12),
        "near": NOW + timedelta(days=2),
        "tomorrow": NOW + timedelta(days=1),
        "today": NOW + timedelta(hours=3),
        "late_today": NOW - timedelta(hours=1),
        "late": NOW - timedelta(days=4),
        "earlier": NOW - timedelta(days=9),
    }


def office_navigation() -> list[LinkGroup]:
    """Return the side navigation of an invented office."""
    return [
        LinkGroup(
            _("My work"), [Link("#worklist", _("Worklist"), True, 12, True), Link("#drafts", _("Drafts"), count=2)]
        ),
        LinkGroup(_("Office"), [Link("#register", _("Secretariat register")), Link("#reports", _("Reports"))]),
    ]


def worklist() -> list[dict[str, Any]]:
    """Return rows of an invented worklist."""
    clocks = _clocks()
    subject = _("Internet coverage of the village")
    return [
        {
            "number": f"1405-0001{position}-{11 * position}",
            "subject": subject,
            "from": sender,
            "due": clocks[due],
            "stage": stage,
            "tone": tone,
        }
        for position, (sender, due, stage, tone) in enumerate(
            (
                (_("Maryam Rezaei"), "late", _("Waiting for signature"), "lapis"),
                (_("Upper village"), "today", _("Under examination"), "info"),
                (_("Secretariat"), "near", _("New"), ""),
                (_("Expert"), "far", _("Draft"), "waiting"),
            ),
            start=21,
        )
    ]
