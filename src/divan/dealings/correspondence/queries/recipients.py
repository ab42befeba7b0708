"""To whom letters can be written: groups and parties outside, and the templates that letters begin from."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from divan.dealings.correspondence import models
from divan.dealings.correspondence.queries.letters import read_party
from divan.dealings.correspondence.values import (
    Correspondent,
    CorrespondentUnknown,
    DraftText,
    GroupUnknown,
    Party,
    PartyKind,
    RecipientGroup,
    RecipientLine,
    RecipientRole,
    Template,
    TemplateLines,
    TemplateUnknown,
)
from divan.registers.people.values import Post
from divan_libs.persian.text import search_terms

MOST_FOUND = 30


def correspondent_of(row: models.Correspondent) -> Correspondent:
    """Return the value of a correspondent's row; its successor is loaded with it."""
    return Correspondent(
        uuid=row.uuid,
        kind=row.kind,
        party=Party(
            kind=PartyKind.OUTSIDE,
            uuid=row.uuid,
            organization=row.organization,
            department=row.department,
            title=row.title,
            name=row.name,
            code=row.code,
        ),
        legal_id=row.legal_id,
        channel=row.channel,
        addresses={str(key): str(value) for key, value in row.addresses.items()},
        closed_at=row.closed_at,
        successor=row.successor.uuid if row.successor else None,
    )


def search_correspondents(text: str, *, limit: int = MOST_FOUND) -> list[Correspondent]:
    """Return the open correspondents in whose names every word of a query occurs; without words the newest."""
    rows = models.Correspondent.objects.select_related("successor").filter(closed_at=None)
    for term in search_terms(text):
        rows = rows.filter(search_text__contains=term)
    return [correspondent_of(row) for row in rows.order_by("-id")[:limit]]


def get_correspondent(correspondent: UUID) -> Correspondent:
    """Return a correspondent, closed or not.

    :raises CorrespondentUnknown: if there is none.
    """
    row = models.Correspondent.objects.select_related("successor").filter(uuid=correspondent).first()
    if row is None:
        raise CorrespondentUnknown
    return correspondent_of(row)


def group_of(row: models.RecipientGroup) -> RecipientGroup:
    """Return the value of a group's row."""
    members = (read_party(one) for one in row.members)
    return RecipientGroup(uuid=row.uuid, name=row.name, members=tuple(one for one in members if one))


def list_groups(body: UUID) -> list[RecipientGroup]:
    """Return the groups of recipients of a body, by name."""
    rows = models.RecipientGroup.objects.filter(body__uuid=body, ended_at=None)
    return [group_of(row) for row in rows.order_by("name")]


def get_group(group: UUID, post: Post) -> RecipientGroup:
    """Return a group of the body of a post.

    :raises GroupUnknown: if there is none.
    """
    row = models.RecipientGroup.objects.filter(uuid=group, body__uuid=post.unit.body_uuid, ended_at=None).first()
    if row is None:
        raise GroupUnknown
    return group_of(row)


def _line_of(data: dict[str, Any]) -> RecipientLine | None:
    party = read_party(data.get("party", {}))
    if party is None:
        return None
    role = RecipientRole(data.get("role", RecipientRole.COPY))
    return RecipientLine(party=party, role=role, text=str(data.get("text", "")), hidden=bool(data.get("hidden")))


def template_of(row: models.Template) -> Template:
    """Return the value of a template's row; its unit is loaded with it."""
    lines = {name: str(row.letterhead.get(name, "")) for name in ("unit_name", "phone", "address", "email")}
    lines_of_it = (_line_of(one) for one in row.copies)
    return Template(
        uuid=row.uuid,
        unit=row.unit.uuid,
        name=row.name,
        kind=row.kind,
        text=DraftText(subject=row.subject, body_html=row.body_html),
        letterhead=TemplateLines(**lines),
        recipients=tuple(one for one in lines_of_it if one),
    )


def templates_for(post: Post) -> QuerySet[models.Template]:
    """Return the templates that a post may begin from: those of its unit and of its body."""
    units = {post.unit.uuid, post.unit.body_uuid}
    return models.Template.objects.select_related("unit").filter(unit__uuid__in=units, ended_at=None)


def list_templates(post: Post) -> list[Template]:
    """Return the templates that a post may begin from, by name."""
    return [template_of(row) for row in templates_for(post).order_by("name", "id")]


def get_template(template: UUID, post: Post) -> Template:
    """Return a template that a post may begin from.

    :raises TemplateUnknown: if there is none.
    """
    row = templates_for(post).filter(uuid=template).first()
    if row is None:
        raise TemplateUnknown
    return template_of(row)
