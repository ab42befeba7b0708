"""Who got, read and answered a letter of many recipients: as rows of a CSV, and as a sheet on paper."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from importlib import resources

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from divan.dealings.correspondence.values import Letter, RecipientRole, RecipientStanding
from divan.foundation.ui.numbers import digits, jalali, number
from divan.front.texts.words import TONES, word
from divan.registers.people import queries as people
from divan.trust.signing import queries as signing

SHOWS = ("all", "unanswered", "unread", "answered")
"""The parts of a list of recipients; who got a copy owes no answer."""


def shows(one: RecipientStanding, show: str) -> bool:
    """Whether a recipient stands in a part of the list."""
    recipient = one.recipient
    if show == "unanswered":
        return recipient.answered_at is None and recipient.role is not RecipientRole.COPY
    if show == "answered":
        return recipient.answered_at is not None
    return show == "all" or (recipient.read_at is None and recipient.answered_at is None)


def line_of(one: RecipientStanding) -> tuple[RecipientStanding, str, str, str]:
    """Return a recipient with the channel and state in words, and the tone of the state."""
    channel = word("letter-channel", one.channel) if one.channel else ""
    state = word("dispatch-state", one.state) if one.state else ""
    return one, channel, state, TONES.get(one.state or "", "")


def answers_csv(standings: Sequence[RecipientStanding]) -> bytes:
    """Return the recipients as CSV; the mark at its beginning tells spreadsheets that it is UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        [_("Recipient"), _("Channel"), _("State"), _("Sent"), _("Their number"), _("Read"), _("Answered"), _("Answer")]
    )
    for one in standings:
        _whole, channel, state, _tone = line_of(one)
        days = (one.sent_at, one.recipient.read_at, one.recipient.answered_at)
        sent, read, answered = (_day(day) for day in days)
        cells = (str(one.recipient.party), channel, state, sent, one.their_number, read, answered, one.answer_number)
        writer.writerow([_plain(cell) for cell in cells])
    return out.getvalue().encode("utf-8-sig")


def _day(moment: datetime | None) -> str:
    return jalali(moment, "numeric") if moment else ""


def _plain(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def answers_pdf(letter: Letter, standings: Sequence[RecipientStanding], show: str, now: datetime) -> bytes:
    """Return the recipients as PDF/A, with how many of all stand in each part.

    :raises WordingFault, WordingTooSlow, FontsMissing: as when a letter is made.
    """
    language = get_language() or "fa"
    counts = [f"{word('answers-part', one)}: {number(sum(shows(s, one) for s in standings))}" for one in SHOWS]
    sheet = {
        "language": language,
        "title": f"{_('Who has answered')} {digits(letter.number_text)}",
        "body": people.find_units([letter.body_uuid])[letter.body_uuid].name(language),
        "subject": letter.subject,
        "counts": " · ".join(counts),
        "made": jalali(now, "numeric"),
        "columns": ["", _("Recipient"), _("State"), _("Read"), _("Answered"), _("Answer")],
        "rows": [_row(at, one) for at, one in enumerate((one for one in standings if shows(one, show)), start=1)],
    }
    source = resources.files("divan.front.backoffice").joinpath("answers_sheet.typ").read_text(encoding="utf-8")
    return signing.typeset_sheet(sheet, source, made_at=now)


def _row(at: int, one: RecipientStanding) -> list[str]:
    _whole, channel, state, _tone = line_of(one)
    recipient = one.recipient
    said = " ".join(part for part in (state, channel) if part)
    answer = digits(one.answer_number) if one.answer_number else _("by report") if recipient.answered_at else ""
    return [number(at), str(recipient.party), said, _day(recipient.read_at), _day(recipient.answered_at), answer]
