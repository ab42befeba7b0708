"""What an examination of the log finds, in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from divan.trust.ledger.values import Fault, Part

FAULTS: Mapping[Fault, Promise | str] = {
    Fault.NOT_OPENED: _("There is no log yet."),
    Fault.HEAD_ALTERED: _("The head kept in the database is not the one its signed checkpoint states."),
    Fault.KEY_DIFFERS: _("The key kept in the database is not the one given to strangers."),
    Fault.STORE_UNREACHABLE: _("The published files cannot be reached now."),
    Fault.CHECKPOINT_MISSING: _("The published checkpoint is gone."),
    Fault.CHECKPOINT_INVALID: _("The published checkpoint is not signed by the log, or cannot be read."),
    Fault.UNPUBLISHED: _("The published checkpoint is older than the settled one."),
    Fault.OLDER_THAN_PUBLISHED: _("The database is older than the published log: an old copy was restored."),
    Fault.HISTORY_REWRITTEN: _("The published log is not the one that was sealed."),
    Fault.TILE_ALTERED: _("A published tile was altered."),
    Fault.TILE_MISSING: _("A published tile is gone."),
    Fault.BUNDLE_ALTERED: _("Published entries were altered."),
    Fault.BUNDLE_MISSING: _("Published entries are gone."),
    Fault.STRAY_FILE: _("A file lies among the published ones that the log did not write."),
    Fault.ENTRY_MISSING: _("The row that keeps an entry is gone."),
    Fault.ENTRY_ALTERED: _("The row that keeps an entry differs from the sealed one."),
    Fault.FACT_MISSING: _("A sealed fact is gone."),
    Fault.FACT_ALTERED: _("A fact or its salt was changed after it was sealed."),
    Fault.SALT_MISSING: _("A salt is gone and no fact says that it was erased."),
    Fault.ROW_MISSING: _("A row is gone and no fact says that it was removed."),
    Fault.ROW_ALTERED: _("A row was changed without a fact."),
    Fault.ROW_UNCHECKED: _("Rows of this kind cannot be recomputed here."),
}

PARTS: Mapping[Part, Promise | str] = {
    Part.FILES: _("Published files"),
    Part.FACTS: _("Sealed facts"),
    Part.ROWS: _("Live rows"),
}
