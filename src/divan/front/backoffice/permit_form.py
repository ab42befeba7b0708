"""A permit as questions: who asks, which data service, for what purpose, by which law, for how long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from django.http import QueryDict
from django.utils.translation import gettext as _

from divan.foundation.ui.fields import Field, Option, read_date
from divan.front.texts.answers import problem_text
from divan.trust.exchange.values import DataService, NewPermit, Subsystem
from divan.trust.exchange.values.control import Group
from divan_libs.persian.jalali import TEHRAN, InvalidDate, parse_jalali
from divan_libs.persian.text import normalize

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "*")
LONGEST = 300

PARTS_OF_REASONS: Mapping[str, str] = {
    "method": "method",
    "path": "path",
    "purpose": "purpose_fa",
    "legal-basis": "legal_basis_fa",
    "period": "ends_on",
}
"""Which question a reason of the exchange points at."""


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What was typed and what is wrong with it, from which each question is drawn."""

    typed: QueryDict
    problems: Mapping[str, str]

    def wrong(self, name: str) -> list[str]:
        return [self.problems[name]] if name in self.problems else []

    def line(self, name: str, label: str, hint: str = "", *, kind: str = "text", required: bool = True) -> Field:
        attributes = {"maxlength": str(LONGEST)}
        return Field(
            name, kind, label, hint, self.typed.get(name, ""), self.wrong(name), required, attributes=attributes
        )

    def choice(self, name: str, label: str, hint: str, options: list[Option]) -> Field:
        return Field(name, "select", label, hint, self.typed.get(name, ""), self.wrong(name), options=options)

    def date(self, name: str, label: str, hint: str) -> Field:
        return Field(name, "date", label, hint, read_date(self.typed, name), self.wrong(name), required=False)


def permit_fields(
    subsystems: Sequence[Subsystem],
    services: Sequence[DataService],
    language: str,
    *,
    groups: Sequence[Group] = (),
    sent: QueryDict | None,
    problems: Mapping[str, str],
) -> list[Field]:
    """Return the questions of a permit, as they were sent when something is wrong."""
    sheet = _Sheet(sent if sent is not None else QueryDict("method=GET&path=/**"), problems)
    consumers = [Option(one.address, f"{one.name(language)} ({one.address})") for one in subsystems]
    of_groups = _("Groups")
    consumers += [Option(one.address, f"{one.name(language)} ({one.address})", group=of_groups) for one in groups]
    offered = [Option(one.code, f"{one.name(language)} ({one.code})") for one in services]
    choose = Option("", _("Choose"))
    return [
        sheet.choice("consumer", _("Who may ask?"), "", [choose, *consumers]),
        sheet.choice("data_service", _("Which data service?"), "", [choose, *offered]),
        sheet.choice(
            "method",
            _("Method"),
            _("GET asks; the others change something at the other side."),
            [Option(one, one) for one in METHODS],
        ),
        sheet.line("path", _("Path"), _("For example /persons/*; two stars stand for everything below."), kind="code"),
        sheet.line("purpose_fa", _("Purpose, in Persian"), _("The person whose data are asked reads it.")),
        sheet.line("purpose_en", _("Purpose, in English"), required=False),
        sheet.line("legal_basis_fa", _("Legal basis, in Persian"), _("Law, article and date.")),
        sheet.line("legal_basis_en", _("Legal basis, in English"), required=False),
        Field(
            "confirmed",
            "choices",
            _("State of the legal basis"),
            "",
            sheet.typed.getlist("confirmed"),
            required=False,
            options=[Option("yes", _("I have read the article in its official text"))],
        ),
        sheet.line(
            "reason", _("Why directly?"), _("Why nobody asks for it and nobody reviews it, such as a decision.")
        ),
        sheet.date("starts_on", _("Valid from"), _("Empty means at once.")),
        sheet.date("ends_on", _("Valid until the end of"), _("Empty means until it is revoked.")),
    ]


def read_permit(sent: QueryDict, now: datetime) -> tuple[NewPermit | None, dict[str, str]]:
    """Return the permit that was asked for, or None with everything that is wrong, by the name of the question."""
    problems: dict[str, str] = {}
    for name in ("consumer", "data_service"):
        if not sent.get(name):
            problems[name] = _("Choose one.")
    for name in ("path", "purpose_fa", "legal_basis_fa", "reason"):
        if not sent.get(name, "").strip():
            problems[name] = problem_text("answers.required", {})
    for name in ("path", "purpose_fa", "purpose_en", "legal_basis_fa", "legal_basis_en", "reason"):
        if len(sent.get(name, "")) > LONGEST:
            problems[name] = problem_text("answers.too-long", {"maximum": LONGEST})
    starts_at = moment(sent, "starts_on", time.min, problems)
    ends_at = moment(sent, "ends_on", time.max, problems)
    if problems:
        return None, problems
    permit = NewPermit(
        consumer=sent.get("consumer", ""),
        data_service=sent.get("data_service", ""),
        method=sent.get("method", ""),
        path_glob=sent.get("path", "").strip(),
        purpose_fa=normalize(sent.get("purpose_fa", "")),
        purpose_en=sent.get("purpose_en", "").strip(),
        legal_basis_fa=normalize(sent.get("legal_basis_fa", "")),
        legal_basis_en=sent.get("legal_basis_en", "").strip(),
        legal_basis_confirmed=sent.get("confirmed") == "yes",
        starts_at=starts_at or now,
        ends_at=ends_at,
        reason=normalize(sent.get("reason", "")),
    )
    return permit, {}


def moment(sent: QueryDict, name: str, at: time, problems: dict[str, str]) -> datetime | None:
    """Return the moment of a day that was typed in Jalali, or None; what is no day is written into the problems."""
    typed = read_date(sent, name)
    if not typed:
        return None
    try:
        return datetime.combine(parse_jalali(typed), at, TEHRAN)
    except InvalidDate:
        problems[name] = problem_text("answers.date.invalid", {})
        return None


def problem_of(reason: str) -> dict[str, str]:
    """Return the problem that the exchange's reason means on the page."""
    texts = {
        "method": _("Choose one of the methods."),
        "path": _("The path begins with a slash and has at most 300 letters."),
        "purpose": _("A right is given for a purpose: write it."),
        "legal-basis": _("A right needs a legal basis: write it."),
        "period": _("The end must come after the beginning."),
    }
    return {PARTS_OF_REASONS.get(reason, ""): texts.get(reason, _("The permit cannot be given as it stands."))}
