"""What happens only later, done now: ``python -m tests.journeys.passing_time silence|end NUMBER WHAT…``.

``silence`` lets the clocks of waiting steps run out, by the house's own action with that later moment; ``end`` brings
the end of the permit that a case granted near. Everything else stays in the present.
"""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from divan.dealings.cases.values import Case


def let_silence_pass(case: Case, step: str) -> None:
    """Carry out what silence means for a step that waits."""
    from divan.dealings.cases import actions, queries  # noqa: PLC0415 (models are readable only now)
    from divan.foundation.actors import SYSTEM  # noqa: PLC0415 (as above)

    [task] = [one for one in queries.list_open_tasks(case.uuid) if one.step == step]
    assert task.due_at is not None, f"the clock of {step} does not run"
    later = task.due_at + timedelta(seconds=1)
    assert actions.let_clock_run_out(task=task.uuid, actor=SYSTEM, now=later)


def bring_the_end_near(case: Case, days: str) -> None:
    """Let the permit that a case granted end in so many days, as if the years before had passed."""
    from django.db import transaction  # noqa: PLC0415 (models are readable only now)

    from divan.dealings.cases import models  # noqa: PLC0415 (as above)
    from divan.dealings.cases.values import PERMIT_CHANGED  # noqa: PLC0415 (as above)
    from divan.foundation import clock, facts  # noqa: PLC0415 (as above)
    from divan.foundation.actors import SYSTEM  # noqa: PLC0415 (as above)

    with transaction.atomic():
        held = models.Permit.objects.select_for_update().get(case__uuid=case.uuid)
        held.ends_at = clock.now() + timedelta(days=int(days))
        held.save(update_fields=["ends_at"])
        facts.record(PERMIT_CHANGED, subject=held, actor=SYSTEM, at=clock.now(), effect="rehearsed")


def main(what: str, number: str, *details: str) -> int:
    """Do one of the two to a case."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "divan.project.settings")
    import django  # noqa: PLC0415 (the settings are named only now)

    django.setup()
    from divan.dealings.cases import queries  # noqa: PLC0415 (models are readable only now)

    case = queries.find_case_by_number(number)
    assert case is not None, f"no case has the number {number}"
    for detail in details:
        {"silence": let_silence_pass, "end": bring_the_end_near}[what](case, detail)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
