"""Decisions."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from divan.dealings.cases.models.cases import Case


class Decision(models.Model):
    """A decision of a case; an objection may bring another, so ``number`` counts them.

    States: drafted → paraphed → signed → issued; a draft sent back is drafted anew. One that writes no letter is
    ``recorded``. ``sealed_fact`` is the fact of the signature: its receipt is embedded in the document before that is
    signed. ``deemed`` says that silence decided and the body's seal stands for a signature.

    .. pii: wording of a decision about a person
    .. retention: for ever, as the record of an administrative act
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField(default=1)
    deemed = models.BooleanField(default=False)
    state = models.CharField(max_length=10)
    version = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=60)
    codes = models.JSONField(default=list)
    text = models.TextField()
    drafted_by = models.UUIDField(null=True)
    drafted_in = models.UUIDField(null=True)
    paraphs = models.JSONField(default=list)
    signed_by = models.UUIDField(null=True)
    signed_in = models.UUIDField(null=True)
    signed_at = models.DateTimeField(null=True)
    letter_uuid = models.UUIDField(null=True, unique=True)
    document_uuid = models.UUIDField(null=True, unique=True)
    sealed_fact = models.UUIDField(null=True)

    subject_kind = "cases.decision"

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=("drafted", "paraphed", "signed", "issued", "recorded")),
                name="decision_state_known",
            ),
            models.UniqueConstraint(fields=("case", "number"), name="decision_number_once"),
            models.CheckConstraint(
                condition=Q(state__in=("drafted", "paraphed"))
                | Q(signed_at__isnull=False, letter_uuid__isnull=False)
                | Q(state="recorded", signed_at__isnull=False),
                name="decision_signed_has_number",
            ),
        )
        indexes = (models.Index(fields=("id",), condition=Q(state="signed"), name="decision_to_issue"),)

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a decision covers: every field but the pointer to its own fact."""
        return {
            "case": [self.case_id, self.number, self.deemed],
            "state": self.state,
            "version": self.version,
            "outcome": self.outcome,
            "codes": self.codes,
            "text": self.text,
            "drafted": [self.drafted_by, self.drafted_in],
            "paraphs": self.paraphs,
            "signed": [self.signed_by, self.signed_in, self.signed_at],
            "letter": self.letter_uuid,
            "document": self.document_uuid,
        }


class Objection(models.Model):
    """An objection (اعتراض) to a decision: what the applicant wrote, and what became of it.

    States: heard → upheld (the decision stands) or accepted (the case was decided anew).

    .. pii: wording of a person's objection
    .. retention: with the decision
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    raised_at = models.DateTimeField()
    state = models.CharField(max_length=10)
    ended_at = models.DateTimeField(null=True)

    subject_kind = "cases.objection"

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=("heard", "upheld", "accepted")), name="objection_state_known"
            ),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of an objection covers: every field."""
        return {
            "case": [self.case_id, self.decision_id],
            "text": self.text,
            "state": self.state,
            "times": [self.raised_at, self.ended_at],
        }


class OpinionLetter(models.Model):
    """A letter that an officer of another body signed with an action of a step: a sealed opinion in a case.

    .. pii: wording of an opinion about an applicant's case
    .. retention: with the decision
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    task = models.OneToOneField("cases.Task", on_delete=models.PROTECT, related_name="+")
    document = models.CharField(max_length=60)
    letter_uuid = models.UUIDField(unique=True)
    document_uuid = models.UUIDField(unique=True)
    signed_at = models.DateTimeField()
    issued_at = models.DateTimeField(null=True)
    sealed_fact = models.UUIDField(null=True)

    subject_kind = "cases.opinion-letter"

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of an opinion's letter covers: every field but the pointer to its own fact."""
        return {
            "task": self.task_id,
            "letter": [self.document, self.letter_uuid, self.document_uuid],
            "times": [self.signed_at, self.issued_at],
        }
