"""What signing keeps."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class KeySet(models.Model):
    """The public half of what the installation signs and verifies with, since ``prepared_at``; the newest is in force.

    ``roots`` are PEM, one after another; ``summary_key`` is the public key behind the square codes, PEM.

    .. no_pii: certificates of authorities and keys of the installation
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    roots = models.TextField()
    summary_key = models.TextField()
    is_rehearsal = models.BooleanField()
    prepared_at = models.DateTimeField()

    subject_kind: ClassVar[str] = "signing.keys"

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a key set covers: every field."""
        return {
            "roots": self.roots,
            "summary_key": self.summary_key,
            "is_rehearsal": self.is_rehearsal,
            "prepared_at": self.prepared_at,
        }


class Signatory(models.Model):
    """A person enrolled to sign in a post (صاحب امضا), with one certificate; a new certificate is a new row.

    The key lies under ``uuid`` in the key directory, never here. The seal of a body (مهر سازمانی) is a
    row too, with the body in place of person and post, and no national code in its certificate.

    .. pii: name and certificate of an official, whose subject holds the national code
    .. retention: as long as documents signed with it are kept
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    person = models.UUIDField()
    post = models.UUIDField()
    name = models.CharField(max_length=200)
    title = models.CharField(max_length=200)
    organization = models.CharField(max_length=200)
    certificate = models.TextField()
    fingerprint = models.CharField(max_length=64, unique=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    enrolled_at = models.DateTimeField()

    subject_kind: ClassVar[str] = "signing.signatory"

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(ends_at__gt=models.F("starts_at")), name="signatory_period"),)
        indexes = (models.Index(fields=("person", "post", "ends_at"), name="signatory_in_force"),)

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a signatory covers: who, where, and by which certificate."""
        return {
            "person": self.person,
            "post": self.post,
            "name": self.name,
            "title": self.title,
            "organization": self.organization,
            "fingerprint": self.fingerprint,
            "starts_at": self.starts_at,
            "ends_at": self.ends_at,
        }


class Document(models.Model):
    """A document to be made, signed and kept. States: requested → ready → issued | failed; failed → ready by hand.

    With several signers (rows of `Signature`) it goes ready → signing → ready with each who asks for the own signature,
    and ``partial_file`` holds what is signed so far. ``paper`` is the letter in rich text, or the scan of one signed by
    hand; ``source`` is then made of it.

    ``code`` is what people type to verify it, and is as secret as the paper it is printed on. ``signatory`` is the
    enrolment whose key signed it. The wording (``source``, ``fields``) is pinned: what is made is what was decided.

    .. pii: recipient, wording and signer of an official document
    .. retention: by the archive rule of the body that issued it
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    code = models.CharField(max_length=14, unique=True)
    state = models.CharField(max_length=10)
    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=300)
    language = models.CharField(max_length=5)
    source = models.TextField()
    fields = models.JSONField()
    letterhead = models.JSONField()
    number = models.CharField(max_length=60)
    dated_on = models.DateField()
    recipient = models.CharField(max_length=200)
    copies = models.JSONField(default=list)
    references = models.JSONField(null=True)
    signer_person = models.UUIDField()
    signer_post = models.UUIDField()
    signer_code = models.CharField(max_length=10)
    signer_name = models.CharField(max_length=200)
    signer_title = models.CharField(max_length=200)
    organization = models.CharField(max_length=200)
    about_kind = models.CharField(max_length=60)
    about_uuid = models.UUIDField()
    sealed_fact = models.UUIDField()
    requested_at = models.DateTimeField()
    receipt = models.BinaryField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    failure = models.CharField(max_length=80, blank=True)
    failure_detail = models.TextField(blank=True)
    signatory = models.ForeignKey(Signatory, on_delete=models.PROTECT, null=True, related_name="+")
    file_uuid = models.UUIDField(null=True, unique=True)
    sha256 = models.CharField(max_length=64, blank=True)
    issued_at = models.DateTimeField(null=True)
    issued_fact = models.UUIDField(null=True)
    paper = models.JSONField(null=True)
    order = models.CharField(max_length=10, blank=True)
    partial_file = models.UUIDField(null=True)

    subject_kind: ClassVar[str] = "signing.document"

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=("requested", "ready", "signing", "issued", "failed")),
                name="document_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state="requested", receipt__isnull=True)
                | (~Q(state="requested") & Q(receipt__isnull=False)),
                name="document_ready_has_receipt",
            ),
            models.CheckConstraint(
                condition=Q(state="issued", file_uuid__isnull=False, issued_at__isnull=False, signatory__isnull=False)
                | (~Q(state="issued") & Q(file_uuid__isnull=True, issued_at__isnull=True)),
                name="document_issued_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="signing") | Q(partial_file__isnull=False), name="document_signing_has_file"
            ),
            models.CheckConstraint(
                condition=(Q(state="failed") & ~Q(failure="")) | (~Q(state="failed") & Q(failure="")),
                name="document_failed_has_reason",
            ),
        )
        indexes = (
            models.Index(fields=("id",), condition=Q(state="requested"), name="document_awaiting_receipt"),
            models.Index(fields=("next_attempt_at", "id"), condition=Q(state="ready"), name="document_to_make"),
            models.Index(fields=("sha256",), condition=~Q(sha256=""), name="document_by_hash"),
            models.Index(fields=("about_uuid",), name="document_about"),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a document covers: all but the bookkeeping of attempts and of its own fact."""
        # A document of one signer without a paper keeps the digest that such documents always had.
        several = {"order": self.order, "partial_file": self.partial_file} if self.order else {}
        return (
            ({"paper": self.paper} if self.paper is not None else {})
            | ({"references": self.references} if self.references else {})
            | several
            | {
                "code": self.code,
                "state": self.state,
                "kind": self.kind,
                "title": self.title,
                "language": self.language,
                "wording": [self.source, self.fields],
                "letterhead": self.letterhead,
                "number": self.number,
                "dated_on": self.dated_on,
                "recipient": self.recipient,
                "copies": self.copies,
                "signer": [self.signer_person, self.signer_post, self.signer_code, self.signer_name, self.signer_title],
                "organization": self.organization,
                "about": [self.about_kind, self.about_uuid],
                "sealed_fact": self.sealed_fact,
                "requested_at": self.requested_at,
                "receipt": None if self.receipt is None else bytes(self.receipt),
                "failure": self.failure,
                "signatory": self.signatory_id,
                "file": self.file_uuid,
                "sha256": self.sha256,
                "issued_at": self.issued_at,
            }
        )


class Signature(models.Model):
    """One of several signatures of a document, at its place in the letter.

    States: awaited → wanted (the signer's own act) → made | declined. Where a failed document is tried again, a
    declined one is awaited again.

    .. pii: name, post and national code of an official
    .. retention: with its document
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="signatures")
    position = models.PositiveSmallIntegerField()
    person = models.UUIDField()
    post = models.UUIDField()
    code = models.CharField(max_length=10)
    name = models.CharField(max_length=200)
    title = models.CharField(max_length=200)
    organization = models.CharField(max_length=200)
    legal_id = models.CharField(max_length=20)
    state = models.CharField(max_length=10)
    wanted_at = models.DateTimeField(null=True)
    signatory = models.ForeignKey(Signatory, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    subject_kind: ClassVar[str] = "signing.signature"

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("document", "position"), name="signature_place_once"),
            models.UniqueConstraint(fields=("document", "person"), name="signature_person_once"),
            models.CheckConstraint(
                condition=Q(state="awaited", wanted_at__isnull=True, made_at__isnull=True)
                | Q(state="wanted", wanted_at__isnull=False, made_at__isnull=True)
                | Q(state="made", wanted_at__isnull=False, made_at__isnull=False, signatory__isnull=False)
                | Q(state="declined", made_at__isnull=True),
                name="signature_state_is_whole",
            ),
        )
        indexes = (models.Index(fields=("person",), condition=Q(state="awaited"), name="signature_awaited_of"),)

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a signature covers: every field."""
        return {
            "document": self.document_id,
            "position": self.position,
            "signer": [self.person, self.post, self.code, self.name, self.title, self.organization, self.legal_id],
            "state": self.state,
            "wanted_at": self.wanted_at,
            "signatory": self.signatory_id,
            "made_at": self.made_at,
            "reason": self.reason,
        }
