"""Letters: what they say, from whom and to whom, and how they came to be signed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from divan.dealings.correspondence.models.secretariats import Register, Secretariat

STATES = (
    "draft",
    "circulating",
    "numbered",
    "signed",
    "filed",
    "dispatched",
    "registered",
    "closed",
    "discarded",
)
UNNUMBERED = ("draft", "circulating", "discarded")
SECRECIES = ("ordinary", "confidential", "highly-confidential", "secret", "top-secret")


class Letter(models.Model):
    """A letter of a body: one it writes, or one it got. What passes between two bodies is a letter at each of them.

    A written letter: draft → circulating (paraphs, signatures; back to draft when returned) → numbered → signed →
    dispatched, or filed when a service issued it. A received one begins registered. Both end closed. The number comes
    in the transaction of the last signature, before the document is signed, and stays.

    ``sender`` is the party that a received letter names; ``their_number`` and ``their_date`` are what it wrote on it.
    ``search_text`` is normalised and derived from the rest.

    .. pii: names of sender and recipients, subject and wording
    .. retention: by the class of the archive file that holds it; the register's line stays for ever
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    body = models.ForeignKey("people.Unit", on_delete=models.PROTECT, related_name="+")
    secretariat = models.ForeignKey(Secretariat, on_delete=models.PROTECT, null=True, related_name="+")
    register = models.ForeignKey(Register, on_delete=models.PROTECT, null=True, related_name="+")
    year = models.PositiveIntegerField(null=True)
    count = models.PositiveIntegerField(null=True)
    number = models.CharField(max_length=60, blank=True)
    direction = models.CharField(max_length=10)
    kind = models.CharField(max_length=40, default="letter")
    subject = models.CharField(max_length=300)
    wording = models.TextField()
    body_html = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=0)
    recipient = models.CharField(max_length=200)
    sender = models.JSONField(default=dict)
    their_number = models.CharField(max_length=60, blank=True)
    their_date = models.DateField(null=True)
    received_at = models.DateTimeField(null=True)
    received_by = models.CharField(max_length=20, blank=True)
    secrecy = models.CharField(max_length=25, default="ordinary")
    urgency = models.CharField(max_length=10, default="ordinary")
    keywords = models.JSONField(default=list)
    deadline_at = models.DateTimeField(null=True)
    paper = models.JSONField(default=dict)
    pages = models.PositiveIntegerField(default=0)
    drafter = models.UUIDField(null=True)
    drafter_post = models.UUIDField(null=True)
    signer = models.UUIDField(null=True)
    signer_post = models.UUIDField(null=True)
    signer_name = models.CharField(max_length=200, blank=True)
    signer_title = models.CharField(max_length=200, blank=True)
    signed_by_hand = models.BooleanField(default=False)
    drafted_at = models.DateTimeField(null=True)
    registered_at = models.DateTimeField(null=True)
    backdated = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=12)
    closed_at = models.DateTimeField(null=True)
    closing = models.CharField(max_length=500, blank=True)
    about_kind = models.CharField(max_length=60, blank=True)
    about_uuid = models.UUIDField(null=True)
    document_uuid = models.UUIDField(null=True)
    scan_uuid = models.UUIDField(null=True)
    search_text = models.TextField(blank=True)

    subject_kind = "correspondence.letter"

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("register", "year", "count"), name="letter_number_once"),
            models.CheckConstraint(condition=Q(count__gte=1), name="letter_count_from_one"),
            models.CheckConstraint(
                condition=Q(direction__in=("incoming", "outgoing", "internal")), name="letter_direction_known"
            ),
            models.CheckConstraint(condition=Q(state__in=STATES), name="letter_state_known"),
            models.CheckConstraint(condition=Q(secrecy__in=SECRECIES), name="letter_secrecy_known"),
            models.CheckConstraint(
                condition=Q(urgency__in=("ordinary", "urgent", "immediate")), name="letter_urgency_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=UNNUMBERED, count__isnull=True)
                | (~Q(state__in=UNNUMBERED) & Q(count__isnull=False, registered_at__isnull=False)),
                name="letter_number_with_state",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("signed", "filed", "dispatched"))
                | Q(document_uuid__isnull=False)
                | Q(scan_uuid__isnull=False),
                name="letter_signed_has_document",
            ),
        )
        indexes = (
            models.Index(fields=("about_uuid",), name="letter_about"),
            models.Index(fields=("body", "-registered_at", "-id"), name="letter_of_body"),
            models.Index(fields=("body", "their_number"), condition=~Q(their_number=""), name="letter_by_their_number"),
            models.Index(fields=("body", "number"), condition=~Q(number=""), name="letter_by_number"),
            models.Index(
                fields=("drafter_post", "-id"),
                condition=Q(state__in=("draft", "circulating", "numbered")),
                name="letter_written",
            ),
            models.Index(fields=("secretariat", "id"), condition=Q(state="signed"), name="letter_at_dispatch_desk"),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a letter covers: every field but the derived text of the search.

        What came with later versions counts once it says something: digests taken before must be found by recomputing.
        """
        state: dict[str, object] = {
            "number": [self.register_id, self.year, self.count],
            "direction": self.direction,
            "subject": self.subject,
            "wording": self.wording,
            "recipient": self.recipient,
            "signer": [self.signer, self.signer_post, self.signer_name, self.signer_title],
            "registered_at": self.registered_at,
            "state": self.state,
            "about": [self.about_kind, self.about_uuid],
            "document": self.document_uuid,
        }
        if self.secretariat_id is None:
            return state
        return state | {
            "of": [self.body_id, self.secretariat_id, self.kind, self.number],
            "text": [self.version, self.body_html, self.keywords, self.paper, self.pages],
            "sender": [self.sender, self.their_number, self.their_date, self.received_at, self.received_by],
            "marks": [self.secrecy, self.urgency, self.deadline_at],
            "drafted": [self.drafter, self.drafter_post, self.drafted_at],
            "signed_by_hand": [self.signed_by_hand, self.scan_uuid],
            "backdated": self.backdated,
            "closed": [self.closed_at, self.closing],
        }


class LetterVersion(models.Model):
    """A version of a draft as somebody left it; written once.

    .. pii: subject and wording
    .. retention: with the letter; versions of a dispatched letter go after one year
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    subject = models.CharField(max_length=300)
    body_html = models.TextField()
    author = models.UUIDField()
    author_post = models.UUIDField()
    written_at = models.DateTimeField()

    subject_kind = "correspondence.version"

    class Meta:
        constraints = (models.UniqueConstraint(fields=("letter", "version"), name="letter_version_once"),)

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a version covers: every field."""
        return {
            "letter": [self.letter_id, self.version],
            "text": [self.subject, self.body_html],
            "by": [self.author, self.author_post, self.written_at],
        }


class Recipient(models.Model):
    """To whom a letter goes, as the letter names them: a main recipient or one who gets a copy (رونوشت), in order.

    ``party`` says who that is for the house: a body's or unit's or post's, an outside party's, or a person's
    identifier; names are kept as they were written. ``hidden`` ones are not printed.

    .. pii: names of persons
    .. retention: with the letter
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=10)
    party_kind = models.CharField(max_length=10)
    party_uuid = models.UUIDField(null=True)
    organization = models.CharField(max_length=200, blank=True)
    department = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=200, blank=True)
    name = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=60, blank=True)
    text = models.CharField(max_length=500, blank=True)
    hidden = models.BooleanField(default=False)
    read_at = models.DateTimeField(null=True)
    answered_by = models.UUIDField(null=True)
    answered_at = models.DateTimeField(null=True)

    subject_kind = "correspondence.recipient"

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("letter", "position"), name="recipient_in_order"),
            models.CheckConstraint(condition=Q(role__in=("main", "copy")), name="recipient_role_known"),
            models.CheckConstraint(
                condition=Q(party_kind__in=("body", "unit", "post", "person", "outside")), name="recipient_kind_known"
            ),
        )
        indexes = (models.Index(fields=("party_uuid",), name="recipient_of_party"),)

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a recipient covers: every field."""
        return {
            "letter": [self.letter_id, self.position, self.role],
            "party": [self.party_kind, self.party_uuid, self.code],
            "names": [self.organization, self.department, self.title, self.name],
            "text": [self.text, self.hidden],
            "read_at": self.read_at,
            "answered": [self.answered_by, self.answered_at],
        }


class Relation(models.Model):
    """That a letter answers (عطف), follows (پیرو) or revokes another, by the number and Jalali year that it names.

    .. no_pii: numbers of letters
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)
    number = models.CharField(max_length=60)
    year = models.PositiveIntegerField(null=True)
    dated_on = models.DateField(null=True)
    other = models.ForeignKey(Letter, on_delete=models.PROTECT, null=True, related_name="+")

    subject_kind = "correspondence.relation"

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("letter", "kind", "number", "year"), name="relation_once"),
            models.CheckConstraint(condition=Q(kind__in=("answers", "follows", "revokes")), name="relation_kind_known"),
        )
        indexes = (models.Index(fields=("number",), name="relation_by_number"),)

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a relation covers: every field."""
        return {
            "letter": self.letter_id,
            "to": [self.kind, self.number, self.year, self.dated_on, self.other_id],
        }


class LetterFile(models.Model):
    """A file of a letter: an attachment, a page scan, or the original as it came.

    .. pii: name and content of the file
    .. retention: with the letter
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=12)
    position = models.PositiveSmallIntegerField()
    file_uuid = models.UUIDField()
    name = models.CharField(max_length=200)
    description = models.CharField(max_length=300, blank=True)
    pages = models.PositiveIntegerField(default=0)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    subject_kind = "correspondence.letter-file"

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(role__in=("attachment", "origin", "envelope")), name="letter_file_role_known"
            ),
        )
        indexes = (
            models.Index(fields=("letter", "position"), name="file_of_letter"),
            models.Index(fields=("file_uuid",), name="letter_of_file"),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a file covers: every field."""
        return {
            "letter": [self.letter_id, self.role, self.position],
            "file": [self.file_uuid, self.name, self.description, self.pages],
            "times": [self.added_at, self.removed_at],
        }


class Reader(models.Model):
    """That a post came to have a letter: it wrote, paraphed, signed, was sent or referred it. Derived from these.

    .. no_pii: identifiers
    """

    id = models.BigAutoField(primary_key=True)
    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="+")
    post_uuid = models.UUIDField()
    since = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("post_uuid", "letter"), name="reader_once"),)
        indexes = (models.Index(fields=("letter",), name="reader_of_letter"),)
