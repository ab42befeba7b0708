"""What tests of the archive stand on: a plan, and files with letters in them."""

from __future__ import annotations

from uuid import uuid4

from divan.dealings.correspondence import actions
from divan.dealings.correspondence.tests import offices
from divan.dealings.correspondence.values import Secrecy

PLAN = """code,parent,title_fa,title_en,years,after,legal_basis
1,,اداری,Administration,,,
۱-۱,1,بخشنامه‌ها,Circulars,,keep,
2,,فنی,Technical,,,
2-1,2,دکل‌ها,Masts,۵,destroy,مصوبهٔ نمونه
2-2,2,مجوزها,Permits,10,transfer,مصوبهٔ نمونه
"""


def clerk_of(world):
    """Return the clerk of the secretariat with their post."""
    return {"post": world.post("ict-secretariat"), "actor": world.officer("secretariat")}


def file_in(world, plan, title: str = "دکل روستا", secrecy: Secrecy = Secrecy.ORDINARY):
    """Open a file in a class."""
    return actions.open_archive_file(
        archive_class=plan.uuid, title=title, secrecy=secrecy, now=world.now, **clerk_of(world)
    )


def lying_in(world, plan, *, closed: bool = True, letters: int = 1):
    """Return a file with letters in it."""
    file = file_in(world, plan)
    received = [
        offices.receive(world, their_number=str(uuid4())[:20], double_reason="همان فایل").uuid for _ in range(letters)
    ]
    actions.put_in_file(letters=received, file=file, now=world.now, **clerk_of(world))
    if closed:
        actions.close_archive_file(file=file, now=world.now, **clerk_of(world))
    return file
