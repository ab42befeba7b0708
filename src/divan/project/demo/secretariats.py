"""The secretariats of the demo province: one central one for each body, its registers, and who is cleared for what."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any

import yaml
from django.db import transaction

from divan.dealings.correspondence import actions, queries
from divan.dealings.correspondence.values import Direction, NumberFormula, NumberPart, Secrecy
from divan.foundation.actors import Actor
from divan.registers.people import queries as people


@cache
def plan() -> dict[str, Any]:
    """Return the file as it is written."""
    text = (resources.files("divan.project.demo") / "secretariats.yaml").read_text("utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


@transaction.atomic
def found_secretariats(*, actor: Actor, now: datetime) -> None:
    """Open the central secretariat and the registers of every body, and grant the clearances; again changes nothing."""
    for body in people.list_bodies():
        if queries.list_secretariats(body.code):
            continue
        code = queries.case_register_code(body.code)
        if not code:
            continue
        secretariat = actions.open_secretariat(
            body=body, code=code, central=True, ece_address=body.email, actor=actor, now=now, **plan()["central"]
        )
        for suffix, known in plan()["registers"].items():
            parts = (NumberPart.SECRETARIAT, NumberPart.YEAR, NumberPart.TEXT, NumberPart.COUNT)
            actions.add_register(
                secretariat=secretariat,
                code=f"{code}-{suffix}",
                takes=tuple(Direction(one) for one in known["takes"]),
                formula=NumberFormula(parts=parts, text=known["text"]),
                name_fa=known["name_fa"],
                name_en=known["name_en"],
                actor=actor,
                now=now,
            )
        for post in people.list_posts_of_body(body.code):
            if (secrecy := plan()["clearances"].get(post.role)) is not None:
                reason = plan()["central"]["name_fa"]
                actions.grant_clearance(post=post.uuid, secrecy=Secrecy(secrecy), reason=reason, actor=actor, now=now)
