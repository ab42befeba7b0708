"""What cases keeps."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

HEAVY = ("version__canonical", "version__search_text", "version__summary_fa", "version__summary_en")
"""What a case's version carries for others; tens of kilobytes that reading a case must not fetch."""


class Cases(models.Manager["Case"]):
    """Reads cases together with the names of their service and applicant."""

    def named(self) -> models.QuerySet[Case]:
        """Return cases with version, service and applicant, without the package itself."""
        return self.select_related("version__service", "applicant").defer(*HEAVY)


class Case(models.Model):
    """An application and what became of it, on the version of the service it was started with.

    States: draft → open ⇄ correction → decided → closed, or abandoned, or withdrawn. ``place_code`` and ``county_code``
    repeat the answered place, so that figures by county are one indexed query.

    .. pii: answers of the applicant, as the service asks them
    .. retention: drafts 90 days after the last change, then answers are erased; decided cases by the archive rule
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    number = models.CharField(max_length=20, null=True, unique=True)  # noqa: DJ001 (a draft has none, and only what is there is unique)
    version = models.ForeignKey("catalogue.ServiceVersion", on_delete=models.PROTECT, related_name="+")
    applicant = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=5, default="fa")
    state = models.CharField(max_length=12)
    answers = models.JSONField(default=dict)
    step = models.CharField(max_length=60, blank=True)
    proposed = models.CharField(max_length=60, blank=True)
    outcome = models.CharField(max_length=60, blank=True)
    negative = models.BooleanField(default=False)
    place_code = models.CharField(max_length=16, blank=True)
    county_code = models.CharField(max_length=4, blank=True)
    started_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    correction_codes = models.JSONField(default=list)
    correction_note = models.TextField(blank=True)

    objects = Cases()

    subject_kind = "cases.case"

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=("draft", "open", "correction", "decided", "closed", "withdrawn", "abandoned")),
                name="case_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "abandoned")) | Q(number__isnull=False, submitted_at__isnull=False),
                name="case_submitted_has_number",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("decided", "closed")) | Q(decided_at__isnull=False), name="case_decided_when"
            ),
        )
        indexes = (
            models.Index(fields=("applicant", "-changed_at"), name="case_of_applicant"),
            models.Index(fields=("county_code", "state"), name="case_by_county"),
            models.Index(fields=("due_at",), condition=Q(state__in=("open", "correction")), name="case_due"),
            models.Index(fields=("changed_at",), condition=Q(state="draft"), name="case_draft_age"),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a case covers: every field."""
        return {
            "number": self.number,
            "version": self.version_id,
            "applicant": self.applicant_id,
            "language": self.language,
            "state": self.state,
            "answers": self.answers,
            "step": self.step,
            "outcome": [self.proposed, self.outcome, self.negative],
            "place": [self.place_code, self.county_code],
            "times": [
                self.started_at,
                self.changed_at,
                self.submitted_at,
                self.due_at,
                self.decided_at,
                self.closed_at,
            ],
            "correction": [self.correction_codes, self.correction_note],
        }


class CaseNeed(models.Model):
    """A fact that a case needs from a register: not asked → asked → matched, not matched or unknown.

    .. pii: fields that a register returned about the applicant
    .. retention: with the case
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=60)
    fact = models.CharField(max_length=40)
    state = models.CharField(max_length=12)
    fields = models.JSONField(default=dict)
    inquiry_uuid = models.UUIDField(null=True, unique=True)
    asked_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    subject_kind = "cases.need"

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("case", "code"), name="need_once"),
            models.CheckConstraint(
                condition=Q(state__in=("not-asked", "asked", "matched", "not-matched", "unknown")),
                name="need_state_known",
            ),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a need covers."""
        return {
            "case": self.case_id,
            "code": self.code,
            "state": self.state,
            "fields": self.fields,
            "inquiry": self.inquiry_uuid,
            "times": [self.asked_at, self.answered_at],
        }


class CaseFile(models.Model):
    """A scanned file that an applicant put to a question.

    .. pii: a file given by a person
    .. retention: with the case
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    question = models.CharField(max_length=40)
    file_uuid = models.UUIDField(unique=True)
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    removed_at = models.DateTimeField(null=True)

    subject_kind = "cases.file"

    class Meta:
        indexes = (models.Index(fields=("case", "question"), name="case_file_of_question"),)

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a file's place in a case covers."""
        return {
            "case": self.case_id,
            "question": self.question,
            "file": self.file_uuid,
            "sha256": self.sha256,
            "removed_at": self.removed_at,
        }


class Task(models.Model):
    """A step of a case that waits, or waited, for a post; one is open at a time.

    ``clock_started_at`` and the case's pauses give ``due_at``; ``escalated_at`` says that silence had its consequence.

    .. pii: what an officer wrote about an applicant's case
    .. retention: with the case
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    step = models.CharField(max_length=60)
    post_uuid = models.UUIDField()
    opened_at = models.DateTimeField()
    clock_started_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    action = models.CharField(max_length=60, blank=True)
    codes = models.JSONField(default=list)
    text = models.TextField(blank=True)
    note = models.TextField(blank=True)
    done_by = models.UUIDField(null=True)
    done_in_post = models.UUIDField(null=True)

    subject_kind = "cases.task"

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("case",), condition=Q(closed_at__isnull=True), name="task_one_open"),
            models.CheckConstraint(condition=Q(closed_at__isnull=True) | ~Q(action=""), name="task_closed_by_action"),
        )
        indexes = (
            models.Index(fields=("case", "id"), name="task_of_case"),
            models.Index(
                fields=("due_at",), condition=Q(closed_at__isnull=True, escalated_at__isnull=True), name="task_due"
            ),
            models.Index(fields=("post_uuid",), condition=Q(closed_at__isnull=True), name="task_open_of_post"),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a task covers: every field."""
        return {
            "case": self.case_id,
            "step": self.step,
            "post": self.post_uuid,
            "times": [self.opened_at, self.clock_started_at, self.due_at, self.escalated_at, self.closed_at],
            "done": [self.action, self.codes, self.text, self.note, self.done_by, self.done_in_post],
        }


class ClockPause(models.Model):
    """A span in which the clocks of a case stood still, with its coded reason; only a correction pauses today.

    .. no_pii: a span and a code
    """

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=60)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("case",), condition=Q(ends_at__isnull=True), name="pause_one_open"),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=models.F("starts_at")), name="pause_span"
            ),
        )


class Referral(models.Model):
    """A referral (ارجاع): instruction and deadline down, an answer back; recalled when the task is done without it.

    .. pii: what officers wrote about an applicant's case
    .. retention: with the case
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="+")
    from_post = models.UUIDField()
    to_post = models.UUIDField()
    instruction = models.TextField()
    due_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.UUIDField(null=True)
    answered_at = models.DateTimeField(null=True)
    recalled_at = models.DateTimeField(null=True)

    subject_kind = "cases.referral"

    class Meta:
        indexes = (models.Index(fields=("task",), name="referral_of_task"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | Q(recalled_at__isnull=True), name="referral_one_end"
            ),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a referral covers: every field."""
        return {
            "task": self.task_id,
            "posts": [self.from_post, self.to_post],
            "instruction": self.instruction,
            "answer": [self.answer, self.answered_by],
            "times": [self.sent_at, self.due_at, self.answered_at, self.recalled_at],
        }


class Decision(models.Model):
    """The decision of a case. States: drafted → paraphed → signed → issued; a draft sent back is drafted anew.

    ``sealed_fact`` is the fact of the signature: its receipt is embedded in the document before that is signed.

    .. pii: wording of a decision about a person
    .. retention: for ever, as the record of an administrative act
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10)
    version = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=60)
    codes = models.JSONField(default=list)
    text = models.TextField()
    drafted_by = models.UUIDField()
    drafted_in = models.UUIDField()
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
                condition=Q(state__in=("drafted", "paraphed", "signed", "issued")), name="decision_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("drafted", "paraphed")) | Q(signed_at__isnull=False, letter_uuid__isnull=False),
                name="decision_signed_has_number",
            ),
        )
        indexes = (models.Index(fields=("id",), condition=Q(state="signed"), name="decision_to_issue"),)

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a decision covers: every field but the pointer to its own fact."""
        return {
            "case": self.case_id,
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
