"""The calendar of clocks."""

from __future__ import annotations

from django.db import models


class ClosedDay(models.Model):
    """A local override of the calendar of clocks: a day closed by the governor, or a holiday lifted.

    .. no_pii: public calendar
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    day = models.DateField(unique=True)
    name = models.CharField(max_length=200)
    lifts = models.BooleanField(default=False)

    subject_kind = "cases.closed-day"

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a closed day covers."""
        return {"day": self.day, "name": self.name, "lifts": self.lifts}
