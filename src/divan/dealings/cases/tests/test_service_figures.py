"""Figures of services: of the cases received since a moment, how many were decided, how fast, how many too late."""

from __future__ import annotations

from datetime import timedelta

from divan.dealings.cases import models, queries
from divan.dealings.cases.values import ServiceFigures

CODE = "rural-internet-coverage"


def test_figures_of_a_service_are_of_the_cases_received_since_a_moment(world):
    case = world.at_step("draft")
    row = models.Case.objects.filter(uuid=case.uuid)
    day = timedelta(days=1)
    row.update(submitted_at=world.now - 4 * day, decided_at=world.now - day, due_at=world.now - 2 * day)
    none = ServiceFigures(received=0, decided=0, mean_hours=None, late=0)

    found = queries.service_figures([CODE, "never-was"], world.now - 5 * day)

    assert found == {CODE: ServiceFigures(received=1, decided=1, mean_hours=72.0, late=1), "never-was": none}
    assert queries.service_figures([CODE], world.now - 3 * day) == {CODE: none}
    row.update(decided_at=None)
    assert queries.service_figures([CODE], world.now - 5 * day)[CODE] == ServiceFigures(
        received=1, decided=0, mean_hours=None, late=0
    )
