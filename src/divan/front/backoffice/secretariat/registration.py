"""Registering what arrived, as questions: what was read stands in them, and is corrected where it was read wrongly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from divan.dealings.correspondence import queries
from divan.dealings.correspondence.values import (
    Backdating,
    Direction,
    Intake,
    Party,
    PartyKind,
    RecipientLine,
    Registration,
    RelationKind,
    RelationLine,
    Secrecy,
    TermCategory,
    Urgency,
)
from divan.foundation.ui.fields import Field, Option, read_date
from divan.foundation.ui.numbers import digits
from divan.front.backoffice.archive_classes import NAME as CLASS
from divan.front.backoffice.archive_classes import class_field, class_of
from divan.front.backoffice.secretariat.reading import (
    Problems,
    day,
    end_of_day,
    errors,
    identifier,
    keywords,
    line,
    one_of,
    secrecy_options,
    term_options,
    urgency_options,
    whole,
)
from divan.front.texts.words import word
from divan.registers.people import queries as people
from divan.registers.people.values import Post

RELATIONS = 3
"""How many relations the page asks for, beside those that were read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """For whom the questions are asked: the clerk's post, what arrived, when, and in which language."""

    intake: Intake
    post: Post
    now: datetime
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationFields:
    """The questions of the page in their groups."""

    letter: list[Field]
    marks: list[Field]
    receiver: list[Field]
    relations: list[list[Field]]
    day: list[Field]
    double: list[Field]

    def every(self) -> list[Field]:
        """Return every question in the order of the page."""
        related = [field for row in self.relations for field in row]
        return [*self.double, *self.letter, *self.receiver, *self.marks, *related, *self.day]


def registration_fields(
    asked: Asked, sent: QueryDict | None, problems: Mapping[str, str], *, has_doubles: bool
) -> RegistrationFields:
    """Return the questions, filled with what was sent or, at first, with what was read of the letter."""
    typed = sent if sent is not None else _first(asked)
    letter = _letter_fields(asked, typed, problems, is_first=sent is None)
    receiver = _receiver_fields(asked, typed, problems)
    if sent is None:
        _begin_at(letter, receiver, typed)
    return RegistrationFields(
        letter=letter,
        marks=_mark_fields(asked, typed, problems),
        receiver=receiver,
        relations=_relation_fields(asked, typed),
        day=_day_fields(asked, typed, problems),
        double=[_double_field(typed, problems)] if has_doubles else [],
    )


def _begin_at(letter: list[Field], receiver: list[Field], typed: QueryDict) -> None:
    """Let the page begin where something is still to be said: what the letter is about, who sent it, or who gets it."""
    has_sender = typed.get("organization") or typed.get("sender_name")
    name = "subject" if not typed.get("subject") else "to" if has_sender else "organization"
    for fields in (letter, receiver):
        fields[:] = [
            replace(one, attributes={**one.attributes, "autofocus": True}) if one.name == name else one
            for one in fields
        ]


def _first(asked: Asked) -> QueryDict:
    """Return the first answers: what was read of the letter."""
    read = asked.intake.arrived
    sender = read.sender or Party(kind=PartyKind.OUTSIDE)
    said = QueryDict(mutable=True)
    said.update(
        {
            "subject": read.subject,
            "organization": sender.organization,
            "sender_name": sender.name,
            "sender_title": sender.title,
            "their_number": read.their_number,
            "kind": "petition" if read.applicant else "letter",
            "secrecy": str(read.secrecy),
            "urgency": str(read.urgency),
            "keywords": _(", ").join(read.keywords),
            "to": str(read.to_post or ""),
            "instruction": "action",
            "paper": "none" if read.applicant or not asked.intake.channel.is_carried else "original",
        }
    )
    for at, one in enumerate(read.relations):
        said[f"relation-{at}-kind"], said[f"relation-{at}-number"] = str(one.kind), one.number
        said[f"relation-{at}-year"] = str(one.year or "")
    return said


def _letter_fields(asked: Asked, typed: QueryDict, problems: Mapping[str, str], *, is_first: bool) -> list[Field]:
    def text(name: str, label: str, *, required: bool = False, hint: str = "") -> Field:
        return Field(name, "text", label, hint, typed.get(name, ""), errors(problems, name), required)

    kinds = term_options(asked.post.unit.body_uuid, TermCategory.LETTER_KIND, asked.language)
    return [
        text("subject", _("Subject"), required=True),
        text("organization", _("Organization that sent it"), hint=_("Leave it open for a private person.")),
        text("sender_name", _("Who signed or sent it")),
        text("sender_title", _("Their title")),
        Field("their_number", "code", _("Their number"), "", typed.get("their_number", ""), required=False),
        Field(
            "their_date",
            "date",
            _("Their date"),
            "",
            read_date(typed, "their_date") or (asked.intake.arrived.their_date if is_first else None) or "",
            errors(problems, "their_date"),
            required=False,
        ),
        Field("kind", "select", _("Kind of letter"), "", typed.get("kind", "letter"), options=kinds),
    ]


def _mark_fields(asked: Asked, typed: QueryDict, problems: Mapping[str, str]) -> list[Field]:
    readable = queries.readable_by(asked.post, asked.now)
    papers = term_options(asked.post.unit.body_uuid, TermCategory.PAPER_STATE, asked.language)
    registers = register_options(asked)
    return [
        Field(
            "register",
            "select",
            _("Register and number"),
            _("The next number, or one that was reserved."),
            typed.get("register", registers[0].value if registers else ""),
            errors(problems, "register"),
            options=registers,
        ),
        Field("secrecy", "select", _("Secrecy"), "", typed.get("secrecy", ""), options=secrecy_options(readable)),
        Field("urgency", "select", _("Urgency"), "", typed.get("urgency", ""), options=urgency_options()),
        Field(
            "deadline",
            "date",
            _("To be answered until"),
            "",
            read_date(typed, "deadline"),
            errors(problems, "deadline"),
            required=False,
        ),
        Field(
            "keywords", "text", _("Keywords"), _("Put a comma between them."), typed.get("keywords", ""), required=False
        ),
        Field("paper", "select", _("State of the paper"), "", typed.get("paper", ""), options=papers),
        *class_field(asked.post.unit.body_uuid, typed.get(CLASS, ""), asked.language, errors(problems, CLASS)),
    ]


def register_options(asked: Asked) -> list[Option]:
    """Return the registers of the secretariat for received letters, and below each its reserved numbers."""
    found = []
    for register in queries.list_registers(asked.intake.secretariat):
        if Direction.INCOMING not in register.takes:
            continue
        found.append(Option(register.code, f"{register.name(asked.language)}: {_('the next number')}"))
        for one in queries.list_reserved(register.code):
            said = _("reserved number %(number)s – %(reason)s") % {
                "number": digits(f"{one.year}/{one.count}"),
                "reason": one.reason,
            }
            found.append(Option(f"{register.code}:{one.uuid}", f"{register.name(asked.language)}: {said}"))
    return found


def _receiver_fields(asked: Asked, typed: QueryDict, problems: Mapping[str, str]) -> list[Field]:
    instructions = term_options(asked.post.unit.body_uuid, TermCategory.INSTRUCTION, asked.language)
    note = {"rows": "2", "maxlength": "1000"}
    return [
        Field(
            "to",
            "select",
            _("To whom is it referred?"),
            _("It comes to their worklist at once. Without anybody it stays at the secretariat."),
            typed.get("to", ""),
            errors(problems, "to"),
            required=False,
            options=[Option("", _("Nobody yet")), *post_options(asked)],
        ),
        Field("instruction", "select", _("For what?"), "", typed.get("instruction", ""), options=instructions),
        Field("note", "long-text", _("Note"), "", typed.get("note", ""), required=False, attributes=note),
    ]


def post_options(asked: Asked) -> list[Option]:
    """Return the posts to which this post may refer, with their holders, those of each unit together."""
    posts = [one for one in queries.list_receivers(asked.post) if one.uuid != asked.post.uuid]
    holders = people.holders_of([one.uuid for one in posts], asked.now)
    return [
        Option(
            str(one.uuid),
            f"{one.title(asked.language)} – {holders[one.uuid].full_name if one.uuid in holders else _('vacant')}",
            group=one.unit.name(asked.language),
        )
        for one in posts
    ]


def _relation_fields(asked: Asked, typed: QueryDict) -> list[list[Field]]:
    kinds = [Option(one, word("letter-relation", one)) for one in (RelationKind.ANSWERS, RelationKind.FOLLOWS)]
    rows = []
    for at in range(RELATIONS + len(asked.intake.arrived.relations)):
        name = f"relation-{at}"
        rows.append(
            [
                Field(f"{name}-kind", "select", _("How"), "", typed.get(f"{name}-kind", ""), options=kinds),
                Field(f"{name}-number", "code", _("Number"), "", typed.get(f"{name}-number", ""), required=False),
                Field(f"{name}-year", "number", _("Year"), "", typed.get(f"{name}-year", ""), required=False),
            ]
        )
    return rows


def _day_fields(asked: Asked, typed: QueryDict, problems: Mapping[str, str]) -> list[Field]:
    secretariat = queries.get_secretariat(asked.intake.secretariat)
    if asked.post.role not in queries.backdating_roles(secretariat):
        return []
    hint = _("Only where it could not be registered on its day, with the reason; both stay visible.")
    reason = typed.get("backdate_reason", "")
    return [
        Field(
            "backdate",
            "date",
            _("Register under an earlier day"),
            hint,
            read_date(typed, "backdate"),
            errors(problems, "backdate"),
            required=False,
        ),
        Field(
            "backdate_reason",
            "text",
            _("Why under an earlier day?"),
            "",
            reason,
            errors(problems, "backdate_reason"),
            required=False,
        ),
    ]


def _double_field(typed: QueryDict, problems: Mapping[str, str]) -> Field:
    return Field(
        "double_reason",
        "text",
        _("Why is it registered although one like it was?"),
        "",
        typed.get("double_reason", ""),
        errors(problems, "double_reason"),
        required=False,
    )


def read_registration(asked: Asked, sent: QueryDict) -> tuple[Registration, Problems]:
    """Return what was typed, and what is wrong with it by the name of the field."""
    problems: Problems = {}
    subject = line(sent, "subject", 300)
    if not subject:
        problems["subject"] = _("Write what the letter is about.")
    sender = _sender(asked, sent)
    if not (sender.organization or sender.name):
        problems["organization"] = _("Write who sent it: the organization or the person.")
    chosen = one_of(sent.get("register", ""), register_options(asked))
    if not chosen:
        problems["register"] = _("Choose a register.")
    register, _colon, reserved = chosen.partition(":")
    to = one_of(sent.get("to", ""), post_options(asked))
    backdating = _backdating(sent, problems)
    readable = queries.readable_by(asked.post, asked.now)
    kinds = term_options(asked.post.unit.body_uuid, TermCategory.LETTER_KIND, asked.language)
    return (
        Registration(
            register=register,
            subject=subject,
            sender=sender,
            kind=one_of(sent.get("kind", ""), kinds) or "letter",
            their_number=line(sent, "their_number", 60),
            their_date=day(sent, "their_date", problems),
            secrecy=Secrecy(one_of(sent.get("secrecy", ""), secrecy_options(readable)) or asked.intake.arrived.secrecy),
            urgency=Urgency(one_of(sent.get("urgency", ""), urgency_options()) or Urgency.ORDINARY),
            keywords=keywords(sent.get("keywords", "")),
            deadline_at=end_of_day(day(sent, "deadline", problems)),
            recipients=_recipients(asked, to),
            relations=_relations(asked, sent),
            paper_state=line(sent, "paper", 40),
            archive_class=class_of(asked.post.unit.body_uuid, sent, problems),
            to_post=identifier(to) if to else None,
            instruction=line(sent, "instruction", 40),
            note=sent.get("note", "").strip()[:1000],
            reserved=identifier(reserved) if reserved else None,
            backdating=backdating,
            double_reason=line(sent, "double_reason", 500),
        ),
        problems,
    )


def _backdating(sent: QueryDict, problems: Problems) -> Backdating | None:
    earlier, reason = day(sent, "backdate", problems), line(sent, "backdate_reason", 500)
    if earlier is not None and not reason:
        problems["backdate_reason"] = _("Write why it is registered under an earlier day.")
    return Backdating(day=earlier, reason=reason) if earlier else None


def _sender(asked: Asked, sent: QueryDict) -> Party:
    """Return the sender as typed; who it is for the house is kept as long as the name is what was read."""
    known = asked.intake.arrived.sender or Party(kind=PartyKind.OUTSIDE)
    typed = Party(
        kind=PartyKind.OUTSIDE,
        organization=line(sent, "organization"),
        title=line(sent, "sender_title"),
        name=line(sent, "sender_name"),
        code=known.code,
    )
    if known.uuid is not None and (typed.organization or typed.name) == (known.organization or known.name):
        return Party(
            kind=known.kind,
            uuid=known.uuid,
            organization=typed.organization,
            department=known.department,
            title=typed.title,
            name=typed.name,
            code=known.code,
        )
    return typed


def _recipients(asked: Asked, to: str) -> tuple[RecipientLine, ...]:
    """Return the recipients that the letter names; where it names none, the post it is referred to, or the body."""
    if asked.intake.arrived.recipients:
        return asked.intake.arrived.recipients
    unit = asked.post.unit
    body = people.find_units([unit.body_uuid])[unit.body_uuid]
    if to:
        post = people.get_post(UUID(to))
        party = Party(kind=PartyKind.POST, uuid=post.uuid, organization=body.name_fa, title=post.title_fa)
    else:
        party = Party(kind=PartyKind.BODY, uuid=body.uuid, organization=body.name_fa, code=body.code)
    return (RecipientLine(party=party),)


def _relations(asked: Asked, sent: QueryDict) -> tuple[RelationLine, ...]:
    found = []
    for at in range(RELATIONS + len(asked.intake.arrived.relations)):
        number = line(sent, f"relation-{at}-number", 60)
        kind = sent.get(f"relation-{at}-kind", "")
        if number and kind in set(RelationKind):
            year = whole(sent.get(f"relation-{at}-year", ""), most=9999)
            found.append(RelationLine(kind=RelationKind(kind), number=number, year=year or None))
    return tuple(found)
