"""How many letters a second get their number, and that no number is missing or given twice.

Processes beside each other number letters of one register, each letter in a transaction of its own with its fact, on a
private PostgreSQL with durable writes. At the end the register is read whole: the counts must be 1, 2, 3 … without gap.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from rich.console import Console
from rich.table import Table

from divan.project.launcher import postgres

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
CODE = "bench-1"


def main() -> None:
    """Measure, print a table and, with ``--json``, one object on the last line; fail where a number is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=16)
    parser.add_argument("--quick", action="store_true", help="800 letters, under 40 seconds")
    parser.add_argument("--json", action="store_true", help="the figures as one JSON object on the last line")
    options = parser.parse_args()
    count = 800 if options.quick else options.letters
    with tempfile.TemporaryDirectory(prefix="divan-bench-") as name:
        # As root the server runs as another account, which must be able to pass here.
        Path(name).chmod(0o711)
        with postgres.running(Path(name) / "pg") as server:
            os.environ |= {
                "DJANGO_SETTINGS_MODULE": "divan.project.settings",
                "DIVAN_DATABASE_URL": server.url,
                "DIVAN_DATA": str(Path(name) / "var"),
            }
            found = measure(count, options.workers)
    table = Table("figure", "value", title="Numbers of letters")
    for label, value in found.items():
        table.add_row(label, str(value))
    Console().print(table)
    if options.json:
        print(json.dumps(found))
    if found["missing"] or found["doubles"]:
        raise SystemExit("a number is missing or was given twice")


def measure(count: int, workers: int) -> dict[str, int | float]:
    """Number so many letters by so many processes, and prove the register."""
    _prepare()
    share = [count // workers + (1 if at < count % workers else 0) for at in range(workers)]
    start = time.perf_counter()
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        pool.map(number_letters, share, chunksize=1)
    seconds = time.perf_counter() - start
    return {
        "letters": count,
        "workers": workers,
        "seconds": round(seconds, 1),
        "a second": round(count / seconds),
        **_proof(),
    }


def _prepare() -> None:
    import django  # noqa: PLC0415 (the settings are known only now)

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 (as above)
    from django.db import connections  # noqa: PLC0415 (as above)

    call_command("migrate", verbosity=0)
    from divan.dealings.correspondence import actions  # noqa: PLC0415 (as above)
    from divan.dealings.correspondence.values import Direction, NumberFormula  # noqa: PLC0415 (as above)
    from divan.foundation.actors import SYSTEM  # noqa: PLC0415 (as above)
    from divan.registers.people import actions as people  # noqa: PLC0415 (as above)
    from divan.registers.people import queries  # noqa: PLC0415 (as above)
    from divan.registers.people.values import UnitKind, UnitLevel  # noqa: PLC0415 (as above)

    people.found_unit(
        code="bench",
        name_fa="Bench",
        name_en="Bench",
        kind=UnitKind.BODY,
        level=UnitLevel.PROVINCE,
        actor=SYSTEM,
        now=NOW,
    )
    secretariat = actions.open_secretariat(
        body=queries.get_unit("bench"), code="bench", name_fa="Bench", central=True, actor=SYSTEM, now=NOW
    )
    actions.add_register(
        secretariat=secretariat,
        code=CODE,
        takes=(Direction.OUTGOING,),
        formula=NumberFormula(),
        name_fa="Bench",
        actor=SYSTEM,
        now=NOW,
    )
    connections.close_all()


def number_letters(count: int) -> None:
    """Number letters one after another, in a process of its own."""
    import django  # noqa: PLC0415 (a new process)

    django.setup()
    from django.db import transaction  # noqa: PLC0415 (as above)

    from divan.dealings.correspondence import models  # noqa: PLC0415 (as above)
    from divan.dealings.correspondence.actions.numbering import give_number  # noqa: PLC0415 (as above)
    from divan.dealings.correspondence.values import LETTER_NUMBERED  # noqa: PLC0415 (as above)
    from divan.foundation import facts  # noqa: PLC0415 (as above)
    from divan.foundation.actors import SYSTEM  # noqa: PLC0415 (as above)

    register = models.Register.objects.select_related("secretariat").get(code=CODE)
    for _ in range(count):
        with transaction.atomic():
            row = models.Letter(
                uuid=uuid4(),
                body_id=register.body_id,
                secretariat=register.secretariat,
                direction="outgoing",
                subject="Bench",
                state="numbered",
            )
            give_number(row, register, now=NOW, actor=SYSTEM)
            row.save()
            facts.record(LETTER_NUMBERED, subject=row, actor=SYSTEM, at=NOW, register=CODE, count=row.count)


def _proof() -> dict[str, int]:
    from divan.dealings.correspondence import models, queries  # noqa: PLC0415 (Django is set up by now)

    counts = list(models.Letter.objects.filter(register__code=CODE).values_list("count", flat=True))
    return {"missing": len(queries.find_gaps_of_register(CODE, 1405)), "doubles": len(counts) - len(set(counts))}


if __name__ == "__main__":
    main()
