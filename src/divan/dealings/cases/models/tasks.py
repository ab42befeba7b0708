"""Steps that wait for officers, their clocks and referrals."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from divan.dealings.cases.models.cases import Case


class Task(models.Model):
    """A step of a case that waits, or waited, for a post; of each step one is open at a time, of each track one step.

    ``clock_started_at`` and the case's pauses give ``due_at``. ``escalations`` counts the holders that silence has
    brought the task past, ``escalated_at`` is the last of them; ``silent`` says that silence has nothing more to do.

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
    escalations = models.PositiveSmallIntegerField(default=0)
    silent = models.BooleanField(default=False)
    track = models.CharField(max_length=60, blank=True)
    report = models.JSONField(default=dict)
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
            models.UniqueConstraint(
                fields=("case", "track"), condition=Q(closed_at__isnull=True), name="task_one_open_of_track"
            ),
            models.CheckConstraint(condition=Q(closed_at__isnull=True) | ~Q(action=""), name="task_closed_by_action"),
        )
        indexes = (
            models.Index(fields=("case", "id"), name="task_of_case"),
            models.Index(fields=("due_at",), condition=Q(closed_at__isnull=True, silent=False), name="task_due_now"),
            models.Index(fields=("post_uuid",), condition=Q(closed_at__isnull=True), name="task_open_of_post"),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a task covers: every field."""
        return {
            "case": self.case_id,
            "step": [self.step, self.track],
            "post": self.post_uuid,
            "silence": [self.escalations, self.silent],
            "report": self.report,
            "times": [self.opened_at, self.clock_started_at, self.due_at, self.escalated_at, self.closed_at],
            "done": [self.action, self.codes, self.text, self.note, self.done_by, self.done_in_post],
        }


class ClockPause(models.Model):
    """A span in which the clocks of a case stood still, with its coded reason.

    A correction and a payment pause by themselves; other reasons are declared by the service, with ``until`` as the
    moment at which its law lets the clocks go on.

    .. no_pii: a span and a code
    """

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=60)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)

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
