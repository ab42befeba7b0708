"""Keys and certificates: the installation's own, and those of the people who sign."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from uuid import uuid4

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.db import transaction

from divan.foundation import facts, locks
from divan.foundation.actors import Actor
from divan.trust.signing import models, queries
from divan.trust.signing.adapters import authorities
from divan.trust.signing.adapters.signing_keys import KeyFiles
from divan.trust.signing.apps import options
from divan.trust.signing.values import AUTHORITY_PREPARED, SIGNATORY_ENROLLED, Signatory, SignatoryUnfit, SignerRef
from divan_libs.pki.errors import PkiError, SubjectInvalid
from divan_libs.pki.fingerprints import fingerprint, is_same_code, read_subject
from divan_libs.pki.keys import FileKey, PrivateKey, generate_private_key


@transaction.atomic
def prepare_authority(*, actor: Actor, now: datetime) -> None:
    """Make what is missing of the keys with which the installation signs and verifies, and note them; safe to repeat.

    In a rehearsal these are an authority, a timestamp authority and the key of the square codes, all marked as
    rehearsal; in production only the last, and the configured roots are read.

    :raises AuthorityAbsent: in production without configured roots.
    :raises KeysUnusable: if a key file is there and cannot be used.
    """
    locks.hold("signing.keys")
    known = options()
    roots, summary_key = authorities.establish(known, now)
    newest = models.KeySet.objects.order_by("-id").first()
    found = (roots.decode(), summary_key.decode(), known.rehearsal)
    if newest is not None and (newest.roots, newest.summary_key, newest.is_rehearsal) == found:
        return
    row = models.KeySet.objects.create(
        uuid=uuid4(), roots=found[0], summary_key=found[1], is_rehearsal=found[2], prepared_at=now
    )
    facts.record(AUTHORITY_PREPARED, subject=row, actor=actor, at=now, rehearsal=known.rehearsal)


@transaction.atomic
def enrol_signatory(*, signer: SignerRef, actor: Actor, now: datetime, key_file: Path | None = None) -> Signatory:
    """Give a person a key and certificate for signing in a post; whoever has one in force for the same names keeps it.

    In a rehearsal the key is made and its certificate issued here. Elsewhere ``key_file`` brings both, as PEM with the
    chain, and is copied into the key directory.

    :raises AuthorityAbsent: in production without a key file.
    :raises SignatoryUnfit: if the certificate cannot name this person, is not in force, or is for something else.
    :raises KeysUnusable: if the rehearsal's authority was not prepared.
    """
    locks.hold(f"signing.signatory.{signer.person}.{signer.post}")
    found = queries.find_signatory(signer.person, signer.post, now)
    names = (signer.name, signer.title, signer.organization)
    if found is not None and key_file is None and (found.name, found.title, found.organization) == names:
        return found
    private_key, certificate, chain = _brought(key_file, signer, now) if key_file else _issued(signer, now)
    uuid = uuid4()
    # The key file first, the row second: a power cut between them leaves a key that nobody uses.
    KeyFiles(options().key_directory).keep(uuid, private_key, certificate, chain)
    row = models.Signatory.objects.create(
        uuid=uuid,
        person=signer.person,
        post=signer.post,
        name=signer.name,
        title=signer.title,
        organization=signer.organization,
        certificate=certificate.public_bytes(Encoding.PEM).decode(),
        fingerprint=fingerprint(certificate),
        starts_at=certificate.not_valid_before_utc,
        ends_at=certificate.not_valid_after_utc,
        enrolled_at=now,
    )
    facts.record(SIGNATORY_ENROLLED, subject=row, actor=actor, at=now, fingerprint=row.fingerprint)
    return queries.signatory_of(row)


Enrolment = tuple[PrivateKey, x509.Certificate, tuple[x509.Certificate, ...]]


def _issued(signer: SignerRef, now: datetime) -> Enrolment:
    authority = authorities.rehearsal_authority(options(), now)
    private_key = generate_private_key()
    try:
        certificate = authority.issue_signer(
            private_key.public_key(),
            common_name=signer.name,
            national_code=signer.national_code,
            organization=signer.organization,
            legal_id=signer.legal_id,
            title=signer.title,
            now=now,
        )
    except SubjectInvalid as error:
        raise SignatoryUnfit(reason=error.code, field=error.field) from error
    return private_key, certificate, authority.chain


def _brought(key_file: Path, signer: SignerRef, now: datetime) -> Enrolment:
    try:
        key = FileKey.open(key_file)
    except PkiError as error:
        raise SignatoryUnfit(reason=error.code) from error
    certificate = key.certificate
    if not is_same_code(read_subject(certificate).national_code, signer.national_code):
        raise SignatoryUnfit(reason="pki.subject.invalid", field="national_code")
    if not certificate.not_valid_before_utc <= now < certificate.not_valid_after_utc:
        raise SignatoryUnfit(reason="pki.pdf.certificate-expired")
    return key.private_key, certificate, key.chain
