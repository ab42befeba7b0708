"""A process that does one thing on the database of a test; ``DIVAN_FAULT`` names the line at which it is killed."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from uuid import UUID

import django


def main(verb: str, moment: str, *arguments: str) -> None:
    """Do one thing at a moment: an action of the villager or of an officer, or one round of a worker's duty."""
    django.setup()
    from tests.world import World  # noqa: PLC0415 (as above)

    from divan.dealings.cases import actions as cases  # noqa: PLC0415 (models are readable only now)
    from divan.foundation import files  # noqa: PLC0415 (as above)
    from divan.foundation.actors import SYSTEM  # noqa: PLC0415 (as above)
    from divan.project.duties import worker_duties  # noqa: PLC0415 (as above)
    from divan.registers.places import actions as places  # noqa: PLC0415 (as above)

    world = World(now=datetime.fromisoformat(moment))
    match verb:
        case "save":
            world.fill(UUID(arguments[0]))
        case "submit":
            cases.submit_case(case=UUID(arguments[0]), actor=world.citizen(), now=world.now)
        case "act":
            world.act(UUID(arguments[0]), arguments[1], arguments[2])
        case "store":
            files.store_made(
                name="a.pdf", content=b"%PDF-1.7 of a test", media_type="application/pdf", actor=SYSTEM, now=world.now
            )
        case "import":
            places.import_divisions(directory=Path(arguments[0]), actor=SYSTEM, now=world.now)
        case "chart":
            from tests.faults.moving_in import take_over  # noqa: PLC0415 (as above)

            take_over(world, Path(arguments[0]))
        case "issue":
            from tests.faults.payments import issue  # noqa: PLC0415 (as above)

            issue(world)
        case "orders":
            from tests.faults.engine import follow_orders  # noqa: PLC0415 (as above)

            follow_orders(world.now, arguments[0])
        case "settle":
            cases.note_paid(invoice=UUID(arguments[0]), actor=SYSTEM, now=world.now)
        case "deed":
            from tests.faults.deeds import DEEDS  # noqa: PLC0415 (as above)

            DEEDS[arguments[0]](world, *arguments[1:])
        case "duty":
            next(duty for duty in worker_duties() if duty.name == arguments[0]).run(world.now)


if __name__ == "__main__":
    main(*sys.argv[1:])
