"""The classification plans of the demo province, for the bodies that the file names."""

from __future__ import annotations

from datetime import datetime
from importlib import resources

import yaml
from django.db import transaction

from divan.dealings.correspondence import actions, queries
from divan.dealings.correspondence.values import After, PlanLine
from divan.foundation.actors import Actor
from divan.registers.people import queries as people


@transaction.atomic
def found_archives(*, actor: Actor, now: datetime) -> None:
    """Write the plan of each body that has none; again changes nothing."""
    plan = yaml.safe_load((resources.files("divan.project.demo") / "archive.yaml").read_text("utf-8"))
    for body in (one for one in people.list_bodies() if one.code in plan["bodies"]):
        if queries.list_plan(body.uuid):
            continue
        for code, known in plan["classes"].items():
            after = After(known.get("after", "keep"))
            line = PlanLine(
                code=code,
                parent=known.get("parent", ""),
                title_fa=known["title_fa"],
                title_en=known["title_en"],
                years=known.get("years"),
                after=after,
                legal_basis="" if after is After.KEEP else plan["basis"],
            )
            actions.write_class(body=body.uuid, line=line, actor=actor, now=now)
