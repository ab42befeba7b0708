"""Personal data leave when their time is over: old messages lose number and text, unclaimed uploads their bytes.

So do the bytes of a file that a power cut left behind without a row, and the answers kept for requests sent again.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from divan.foundation import facts, files
from divan.foundation.actors import SYSTEM
from divan.foundation.http import repeating
from divan.foundation.kinds import FactKind
from divan.foundation.models import OutgoingMessage, StoredFile

MESSAGE_LIFE = timedelta(days=180)
UNCLAIMED_LIFE = timedelta(hours=48)

MESSAGE_ERASED = FactKind(
    "foundation.message-erased", "Number and text of an old short message were erased.", erases=True
)
FILE_ERASED = FactKind(
    "foundation.file-erased", "The bytes and the name of an upload that nothing claimed were erased.", erases=True
)


def let_go(now: datetime) -> int:
    """Erase what has outlived its retention; return how many things were erased. The worker's duty."""
    left = files.clear_left_behind(now, older_than=UNCLAIMED_LIFE)
    return left + _old_messages(now) + _unclaimed_files(now) + repeating.forget_kept(now)


def _old_messages(now: datetime) -> int:
    with transaction.atomic():
        rows = list(
            OutgoingMessage.objects.select_for_update(skip_locked=True)
            .filter(queued_at__lt=now - MESSAGE_LIFE)
            .exclude(text="", recipient="")[:200]
        )
        for row in rows:
            row.recipient = row.text = ""
            row.save(update_fields=["recipient", "text"])
            facts.record(MESSAGE_ERASED, subject=row, actor=SYSTEM, at=now)
    return len(rows)


def _unclaimed_files(now: datetime) -> int:
    with transaction.atomic():
        rows = list(
            StoredFile.objects.select_for_update(skip_locked=True)
            .filter(claimed=False, stored_at__lt=now - UNCLAIMED_LIFE)
            .exclude(name="")[:200]
        )
        for row in rows:
            row.name = ""
            row.save(update_fields=["name"])
            facts.record(FILE_ERASED, subject=row, actor=SYSTEM, at=now)
            # The same bytes may have been handed in twice; they leave with the last row that names them.
            if not StoredFile.objects.filter(sha256=row.sha256).exclude(name="").exists():
                files.path_of(row.sha256).unlink(missing_ok=True)
    return len(rows)
