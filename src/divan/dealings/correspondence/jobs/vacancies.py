"""Who stands above a post is told of what lies open in it when its holder has left."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from divan.dealings.correspondence import actions
from divan.foundation import facts
from divan.foundation.actors import SYSTEM
from divan.foundation.facts import FactRecord
from divan.registers.people.values import POST_GIVEN, POST_LEFT


def tell_vacancies(now: datetime) -> int:
    """Follow who left and who took a post; each fact in the transaction of its reader, so that none is told twice."""

    def handle(fact: FactRecord) -> None:
        deal = actions.settle_vacancy if fact.kind == POST_GIVEN.code else actions.tell_vacancy
        deal(post=UUID(str(fact.data["post"])), actor=SYSTEM, now=now)

    return facts.follow("correspondence.vacancies", handle, kinds=(POST_LEFT, POST_GIVEN))
