"""What letters are found by: derived from letters and their files, and made anew from these at any time."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q

from divan.dealings.correspondence.models.letters import Letter


class LetterEntry(models.Model):
    """What a letter is found by: the words on it, its numbers in every spelling, and its marks, each as one lexeme.

    ``words`` has no positions: it is made from a list by ``array_to_tsvector``, no parser reads the text a second time.
    ``at`` is the moment by which letters stand in lists. Derived; facts of the letter bring it up to date.

    .. pii: words of a letter
    .. retention: with the letter
    """

    letter = models.OneToOneField(Letter, on_delete=models.CASCADE, primary_key=True, related_name="+")
    body_id = models.BigIntegerField()
    secrecy = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    words = SearchVectorField()

    class Meta:
        indexes = (GinIndex(fields=("words",), name="letter_entry_words"),)


class FileText(models.Model):
    """The text of a file that came or goes with letters: waiting, read, or unreadable for a reason.

    Only born-digital PDFs have text; a file is read once, whatever happens to its letters.

    .. pii: content of a file
    .. retention: with the letters of the file
    """

    id = models.BigAutoField(primary_key=True)
    file_uuid = models.UUIDField(unique=True)
    state = models.CharField(max_length=10, default="waiting")
    text = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=("waiting", "read", "silent", "unreadable")), name="file_text_state_known"
            ),
        )
        indexes = (models.Index(fields=("id",), condition=Q(state="waiting"), name="file_text_waiting"),)


class LetterTally(models.Model):
    """How much of something a body's letters came to in a Jalali month, by channel: kept by following facts.

    ``measure`` is ``in``, ``out``, ``sheets`` (paper that was not used) or ``acted``; ``amount`` counts sheets, or the
    working seconds from referral to report.

    .. no_pii: counts
    """

    id = models.BigAutoField(primary_key=True)
    body_id = models.BigIntegerField()
    month = models.PositiveIntegerField()
    measure = models.CharField(max_length=6)
    channel = models.CharField(max_length=12, blank=True)
    count = models.PositiveBigIntegerField(default=0)
    amount = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("month", "body_id", "measure", "channel"), name="letter_tally_once"),
            models.CheckConstraint(condition=Q(measure__in=("in", "out", "sheets", "acted")), name="letter_tally_of"),
        )
