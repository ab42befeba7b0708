"""What moving a case to another version of its service would meet."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from divan.dealings.cases.queries.contexts import context_of
from divan.dealings.cases.queries.dossier import find_decision, get_case, list_open_tasks
from divan.registers.catalogue import queries as catalogue
from divan_libs.persian.jalali import TEHRAN
from divan_libs.servicepack.evaluation import Evaluator
from divan_libs.servicepack.moving import MoveFinding, Standing, examine_move


def preview_move(case_uuid: UUID, version: UUID, now: datetime) -> list[MoveFinding]:
    """Return what stands in the way of moving a case to a version, and what would change for it.

    :raises CaseUnknown: if there is no such case.
    :raises ServiceUnknown: if there is no such version.
    """
    case = get_case(case_uuid)
    old, new = catalogue.get_package(case.version), catalogue.get_package(version)
    context = context_of(case, old, now.astimezone(TEHRAN).date())
    decision = find_decision(case_uuid)
    on_the_table = decision is not None and decision.state in {"drafted", "paraphed"}
    standing = Standing(
        step=case.step,
        open_steps={task.step: task.track for task in list_open_tasks(case_uuid)},
        tracks=case.tracks,
        answers=Evaluator(old, context).view().answers,
        proposed=decision.outcome if decision is not None and on_the_table else "",
        entry=case.entry,
    )
    return examine_move(old, new, standing)
