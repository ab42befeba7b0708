"""Reports of a register: the proof that no number is missing, and what was numbered on a day; as a page or CSV."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from divan.dealings.correspondence import actions, queries
from divan.dealings.correspondence.values import Letter
from divan.foundation import clock
from divan.foundation.http.access import access
from divan.foundation.http.media import bytes_answer
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.numbers import digits, jalali
from divan.front.backoffice.duties import KEEPERS, own_post
from divan.front.backoffice.secretariat.sheets import paper_pdf
from divan.front.backoffice.views.secretariat.books import own_book
from divan.front.texts.words import TONES, word
from divan.registers.people import queries as people
from divan_libs.persian.jalali import TEHRAN


def _unlettered(code: str, year: int) -> list[dict[str, Any]]:
    """Return the numbers of a register's year that no letter has, each with its reason and by whom."""
    reserved = queries.list_reserved(code, year=year, states=("reserved", "void"))
    why = queries.why_void([one.uuid for one in reserved if one.state == "void"])
    names = people.find_persons({one.reserved_by for one in reserved})
    return [
        {
            "number": one,
            "state": word("reserved-state", one.state),
            "tone": TONES.get(one.state, ""),
            "by": names[one.reserved_by].full_name if one.reserved_by in names else "",
            "why_void": why.get(one.uuid, ""),
        }
        for one in reserved
    ]


@access(KEEPERS)
@require_safe
def proof(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """Show the proof that a register's year has no gap: what has each number that is no letter, and what is missing."""
    post, language = own_post(request), get_language() or "fa"
    found, secretariat = own_book(post, code)
    lines = _unlettered(code, year)
    if request.GET.get("as") == "csv":
        return _proof_csv(code, year, lines)
    values = {
        "register": found,
        "name": found.name(language),
        "body": people.get_unit(secretariat.body_code).name(language),
        "secretariat": secretariat.name(language),
        "year": year,
        "proof": queries.prove_register(code, year),
        "lines": lines,
        "events": _events(code, year),
        "now": clock.now(),
    }
    return render(request, "backoffice/secretariat/proof.html", values)


@access(KEEPERS)
@require_POST
def proof_paper(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """Give the proof of a register's year out as a PDF with a code by which anybody verifies it.

    :raises RegisterUnknown: if it is of no secretariat that the post keeps.
    """
    own_book(own_post(request), code)
    paper = actions.give_proof_of(register=code, year=year, actor=actor_of(request), now=clock.now())
    lines = [
        (digits(one["number"].count), one["state"], one["why_void"] or one["number"].reason, one["by"])
        for one in _unlettered(code, year)
    ]
    content = paper_pdf(
        paper,
        columns=(_("Number"), _("State"), _("Reason"), _("By")),
        lines=lines,
        lines_title=_("Numbers that no letter has"),
    )
    return bytes_answer(content, name=f"{code}-{year}.pdf", media_type="application/pdf", download=False)


def _events(code: str, year: int) -> list[dict[str, object]]:
    """Return when a register's year was begun and closed by hand, by whom, and why."""
    found = queries.how_year_went(code, year)
    names = people.find_persons({one.by for one in found if one.by is not None})
    return [
        {
            "at": one.at,
            "begins": one.begins,
            "by": names[one.by].full_name if one.by in names else _("the system"),
            "reason": one.reason,
            # What was left with gaps is not called gapless.
            "before": one.before if one.before and not one.before[-1] else None,
        }
        for one in found
    ]


def _proof_csv(code: str, year: int, lines: list[dict[str, Any]]) -> HttpResponse:
    out = io.StringIO()
    writer = csv.writer(out)
    found = queries.prove_register(code, year)
    writer.writerow(
        [_("Register"), _("Year"), _("Last number"), _("Letters"), _("Reserved"), _("Given up"), _("Missing")]
    )
    gaps = " ".join(str(one) for one in found.gaps)
    writer.writerow([code, year, found.last, found.letters, found.reserved, found.void, gaps])
    writer.writerow([])
    writer.writerow([_("Number"), _("State"), _("Reason"), _("By"), _("Why given up")])
    for one in lines:
        number = one["number"]
        writer.writerow([number.count, one["state"], _plain(number.reason), _plain(one["by"]), _plain(one["why_void"])])
    # The mark at the beginning tells spreadsheets that the text is UTF-8; without it Persian is garbled there.
    content = out.getvalue().encode("utf-8-sig")
    return bytes_answer(content, name=f"{code}-{year}.csv", media_type="text/csv; charset=utf-8", download=True)


def _plain(value: object) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    text = str(value)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


@access(KEEPERS)
@require_safe
def daily(request: HttpRequest, code: str) -> HttpResponse:
    """Show or give as CSV what a register numbered on a day, by its numbers."""
    post, now, language = own_post(request), clock.now(), get_language() or "fa"
    found, secretariat = own_book(post, code)
    on = _day(request.GET.get("day", ""), now.astimezone(TEHRAN).date())
    lines = queries.list_day(code, post, now, day=on)
    if request.GET.get("as") == "csv":
        return _day_csv(code, on, lines)
    values = {
        "register": found,
        "name": found.name(language),
        "secretariat": secretariat.name(language),
        "day": on,
        "before": (on - timedelta(days=1)).isoformat(),
        "after": (on + timedelta(days=1)).isoformat(),
        "lines": lines,
    }
    return render(request, "backoffice/secretariat/daily.html", values)


def _day(typed: str, today: date) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return today


def _day_csv(code: str, on: date, lines: list[tuple[str, Letter | None]]) -> HttpResponse:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_("Number"), _("Day"), _("Subject"), _("Sender"), _("Recipient"), _("Their number"), _("State")])
    for number, letter in lines:
        if letter is None:
            writer.writerow([number, jalali(on, "numeric"), _("Not for your post"), "", "", "", ""])
            continue
        said = (letter.subject, letter.sender or "", letter.recipient, letter.their_number)
        state = word("letter-state", letter.state)
        writer.writerow([number, jalali(on, "numeric"), *(_plain(one) for one in said), state])
    content = out.getvalue().encode("utf-8-sig")
    return bytes_answer(content, name=f"{code}-{on}.csv", media_type="text/csv; charset=utf-8", download=True)
