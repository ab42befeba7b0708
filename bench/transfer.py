"""How many letters a second are handed over to an archive and verified, and whether memory stays the same.

Two bodies have closed files of a hundred letters, each letter with one document of its own: one body has as many
letters as are asked for, the other a tenth. `divan archive export` and `divan archive verify` run as processes of their
own, whose highest memory the kernel tells. Beside it stands copying the same documents and hashing the copies.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

from bench.rig.house import House, machine, scratch_house
from rich.console import Console
from rich.table import Table

LARGE, SMALL = "ict-directorate", "governor-office"
IN_A_FILE = 100
DOCUMENT = 20_000
"""Bytes of a document; letters that are issued here have some forty thousand."""


@dataclass(frozen=True, slots=True)
class Run:
    """How long a process took and how much memory it had at most, in megabytes."""

    seconds: float
    megabytes: float


def main() -> None:
    """Measure, print a table and, with ``--json``, one object on the last line; fail where anything is found wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, default=10_000)
    parser.add_argument("--quick", action="store_true", help="1,000 letters")
    parser.add_argument("--json", action="store_true", help="the figures as one JSON object on the last line")
    options = parser.parse_args()
    count = 1_000 if options.quick else options.letters
    with scratch_house() as house:
        counts = {SMALL: count // 10, LARGE: count}
        for body, many in counts.items():
            furnish(body, many)
        runs = {(body, verb): run(house, verb, body) for body in counts for verb in ("export", "verify")}
        plain = copy_plainly(house.folder / LARGE / "data" / "documents", house.folder / "copied")
    table = Table("letters", "what", "seconds", "letters a second", "MB at most", title=f"Handing over ({machine()})")
    figures: dict[str, float] = {}
    for (body, verb), found in runs.items():
        many = counts[body]
        table.add_row(str(many), verb, f"{found.seconds:.1f}", f"{many / found.seconds:.0f}", f"{found.megabytes:.0f}")
        figures |= {f"{verb} {many}": many / found.seconds, f"{verb} {many} MB": found.megabytes}
    table.add_row(str(count), "copy and hash", f"{plain:.1f}", f"{count / plain:.0f}", "")
    figures[f"copy and hash {count}"] = count / plain
    Console().print(table)
    if options.json:
        print(json.dumps({name: round(figure, 1) for name, figure in figures.items()}))


def furnish(body: str, many: int) -> None:
    """Give a body a class, closed files of a hundred letters, and a document of its own to each letter."""
    from django.db import transaction  # noqa: PLC0415 (Django is ready only now)

    from divan.dealings.correspondence import actions, queries  # noqa: PLC0415 (as above)
    from divan.dealings.correspondence.values import Secrecy  # noqa: PLC0415 (as above)
    from divan.foundation import clock  # noqa: PLC0415 (as above)
    from divan.foundation.actors import SYSTEM, Actor, ActorKind  # noqa: PLC0415 (as above)
    from divan.registers.people import queries as people  # noqa: PLC0415 (as above)

    now, unit = clock.now(), people.get_unit(body)
    plan = "code,parent,title_fa,title_en,years,after,legal_basis\nB-1,,سنجش,Bench,5,destroy,مصوبهٔ سنجش\n"
    actions.import_plan(body=unit.uuid, text=plan, actor=SYSTEM, now=now)
    known = next(one for one in queries.list_plan(unit.uuid) if one.code == "B-1")
    post = queries.clerk_of(queries.central_secretariat(unit.uuid), Secrecy.ORDINARY, now)
    holder = people.holder_of(post.uuid, now)
    clerk = Actor(kind=ActorKind.STAFF, uuid=holder.uuid, post=post.uuid)
    for begin in range(0, many, IN_A_FILE):
        with transaction.atomic():
            file = actions.open_archive_file(
                archive_class=known.uuid,
                title=f"پروندهٔ {begin}",
                secrecy=Secrecy.ORDINARY,
                post=post,
                actor=clerk,
                now=now,
            )
            _lay(body, file, begin, min(IN_A_FILE, many - begin), now)
            actions.close_archive_file(file=file, post=post, actor=clerk, now=now)


def _lay(body: str, file: UUID, begin: int, many: int, now: datetime) -> None:
    """Put letters with documents into a file as rows: how they came there is measured elsewhere."""
    from divan.dealings.correspondence import models, queries  # noqa: PLC0415 (Django is ready only now)
    from divan.foundation import files  # noqa: PLC0415 (as above)
    from divan.foundation.models import StoredFile  # noqa: PLC0415 (as above)
    from divan.registers.people import queries as people  # noqa: PLC0415 (as above)

    owner = models.Secretariat.objects.get(uuid=queries.central_secretariat(people.get_unit(body).uuid).uuid)
    register = models.Register.objects.get(code=queries.find_register_for(owner.uuid, "incoming").code)
    volume = models.ArchiveVolume.objects.get(file__uuid=file)
    numbers = range(begin + 1, begin + many + 1)
    letters = models.Letter.objects.bulk_create(
        models.Letter(
            uuid=uuid4(),
            body_id=owner.body_id,
            secretariat=owner,
            register=register,
            year=1404,
            count=number,
            number=f"1404/{number}",
            direction="incoming",
            state="closed",
            subject=f"نامهٔ شمارهٔ {number} دربارهٔ آبرسانی",
            wording="متن نامه " * 40,
            recipient="مدیرکل",
            sender={"kind": "outside", "organization": "شرکت نمونه"},
            registered_at=now,
            received_at=now,
            closed_at=now,
        )
        for number in numbers
    )
    stored = []
    for number in numbers:
        content = b"%PDF-1.7\n" + os.urandom(DOCUMENT)
        sha256 = hashlib.sha256(content).hexdigest()
        target = files.path_of(sha256)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        target.write_bytes(content)
        stored.append(
            StoredFile(
                uuid=uuid4(),
                sha256=sha256,
                size=len(content),
                media_type="application/pdf",
                name=f"{number}.pdf",
                stored_at=now,
                claimed=True,
            )
        )
    StoredFile.objects.bulk_create(stored)
    models.LetterFile.objects.bulk_create(
        models.LetterFile(
            uuid=uuid4(), letter=letter, role="origin", position=1, file_uuid=kept.uuid, name=kept.name, added_at=now
        )
        for letter, kept in zip(letters, stored, strict=True)
    )
    models.Filing.objects.bulk_create(
        models.Filing(uuid=uuid4(), letter=letter, volume=volume, filed_by=uuid4(), filed_at=now) for letter in letters
    )


def run(house: House, verb: str, body: str) -> Run:
    """Run the command as a process of its own."""
    folder = house.folder / body
    given = [body, "--to", str(folder)] if verb == "export" else [str(folder)]
    command = [sys.executable, "-m", "divan.project.command_line", "archive", verb, *given]
    begin = time.perf_counter()
    with (house.folder / "archive.log").open("ab") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=dict(os.environ))
        most = 0
        while process.poll() is None:
            most = max(most, _high_water(process.pid))
            time.sleep(0.05)
    if process.returncode:
        raise SystemExit((house.folder / "archive.log").read_text(errors="replace")[-2000:])
    return Run(time.perf_counter() - begin, most / 1024)


def _high_water(pid: int) -> int:
    """Return the highest memory of a process so far in kilobytes; what it was before its own program does not count."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")), 0)


def copy_plainly(documents: Path, to: Path) -> float:
    """Return the seconds for copying the same documents and hashing the copies, once for export and once to verify."""
    begin = time.perf_counter()
    shutil.copytree(documents, to)
    os.sync()
    for path in to.rglob("*.pdf"):
        hashlib.sha256(path.read_bytes()).hexdigest()
    return time.perf_counter() - begin


if __name__ == "__main__":
    main()
