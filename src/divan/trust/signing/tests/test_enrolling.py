"""Keys of the installation and of those who sign: made once, never replaced, refused where they do not fit."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta

import pytest

from divan.foundation import facts
from divan.foundation.actors import SYSTEM
from divan.foundation.models import Fact
from divan.trust.signing import actions, models, queries
from divan.trust.signing.adapters import authorities
from divan.trust.signing.adapters.signing_keys import KeyFiles
from divan.trust.signing.values import (
    AUTHORITY_PREPARED,
    SIGNATORY_ENROLLED,
    AuthorityAbsent,
    KeysUnusable,
    SignatoryUnfit,
)
from divan_libs.pki.authority import REHEARSAL, RehearsalAuthority
from divan_libs.pki.encoding import write_certificates
from divan_libs.pki.fingerprints import read_subject
from divan_libs.pki.keys import FileKey, generate_private_key

from .conftest import DIRECTOR, NOW

pytestmark = pytest.mark.django_db


def count(kind):
    return Fact.objects.filter(kind=kind.code).count()


def test_preparing_twice_changes_nothing(keys):
    actions.prepare_authority(actor=SYSTEM, now=NOW)
    before = {path: path.read_bytes() for path in keys.key_directory.rglob("*.pem")}
    actions.prepare_authority(actor=SYSTEM, now=NOW + timedelta(days=1))

    assert sorted(path.name for path in before) == ["intermediate.pem", "root.pem", "summary.pem", "timestamper.pem"]
    assert {path: path.read_bytes() for path in keys.key_directory.rglob("*.pem")} == before
    assert count(AUTHORITY_PREPARED) == 1


def test_private_keys_are_for_their_owner_alone_and_public_ones_for_everybody(prepared):
    modes = {path.name: path.stat().st_mode & 0o777 for path in prepared.key_directory.rglob("*.pem")}

    assert set(modes.values()) == {0o600}
    assert len(modes) == 5
    assert {path.name: path.stat().st_mode & 0o777 for path in prepared.trust_directory.iterdir()} == {
        "signing-roots.pem": 0o644,
        "summary-key.pem": 0o644,
    }
    assert b"PRIVATE" not in b"".join(path.read_bytes() for path in prepared.trust_directory.iterdir())


def test_what_was_prepared_is_recorded_with_its_digest(prepared):
    row = models.KeySet.objects.get()

    assert row.roots == (prepared.trust_directory / "signing-roots.pem").read_text()
    assert queries.get_summary_key() == (prepared.trust_directory / "summary-key.pem").read_text()
    assert facts.live_digests("signing.keys", [row.uuid])[row.uuid] == facts.subject_digest(row)


def test_an_exposed_summary_key_is_not_used(prepared):
    (prepared.key_directory / authorities.SUMMARY_KEY).chmod(0o644)

    with pytest.raises(KeysUnusable):
        authorities.summary_key(prepared)


def test_a_certificate_names_the_signatory_and_says_that_it_is_a_rehearsal(prepared):
    row = models.Signatory.objects.get()
    key = KeyFiles(prepared.key_directory).find(row.uuid)
    subject = read_subject(key.key.certificate)

    assert (subject.common_name, subject.national_code) == (DIRECTOR.name, DIRECTOR.national_code)
    assert (subject.title, subject.organization, subject.legal_id) == (
        DIRECTOR.title,
        DIRECTOR.organization,
        DIRECTOR.legal_id,
    )
    assert REHEARSAL in key.key.certificate.subject.rfc4514_string()
    assert (row.starts_at, row.ends_at) == (NOW, NOW + timedelta(days=730))


def test_enrolling_again_under_the_same_names_keeps_the_certificate(prepared):
    again = actions.enrol_signatory(signer=DIRECTOR, actor=SYSTEM, now=NOW + timedelta(days=1))

    assert again == queries.find_signatory(DIRECTOR.person, DIRECTOR.post, NOW)
    assert count(SIGNATORY_ENROLLED) == 1


def test_another_title_or_an_expired_certificate_brings_a_new_one(prepared):
    retitled = replace(DIRECTOR, title="سرپرست اداره کل")
    later = NOW + timedelta(days=731)

    first = actions.enrol_signatory(signer=retitled, actor=SYSTEM, now=NOW)
    assert queries.find_signatory(DIRECTOR.person, DIRECTOR.post, NOW) == first
    assert queries.find_signatory(DIRECTOR.person, DIRECTOR.post, later) is None
    second = actions.enrol_signatory(signer=retitled, actor=SYSTEM, now=later)

    assert second.fingerprint != first.fingerprint
    assert count(SIGNATORY_ENROLLED) == 3


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"legal_id": ""}, "legal_id"), ({"national_code": "12"}, "national_code"), ({"title": "x" * 65}, "title")],
)
def test_a_signatory_whom_no_certificate_can_name_is_refused(prepared, changes, field):
    with pytest.raises(SignatoryUnfit) as refused:
        actions.enrol_signatory(signer=replace(DIRECTOR, person=DIRECTOR.post, **changes), actor=SYSTEM, now=NOW)

    assert refused.value.facts["field"] == field
    assert models.Signatory.objects.count() == 1
    assert len(list((prepared.key_directory / "signatories").iterdir())) == 1


def test_nobody_is_enrolled_before_the_authority_is_prepared(keys):
    with pytest.raises(KeysUnusable):
        actions.enrol_signatory(signer=DIRECTOR, actor=SYSTEM, now=NOW)
    assert count(SIGNATORY_ENROLLED) == 0


def brought_key(folder, authority, **changes):
    private_key = generate_private_key()
    fields = {
        "common_name": DIRECTOR.name,
        "national_code": DIRECTOR.national_code,
        "organization": DIRECTOR.organization,
        "legal_id": DIRECTOR.legal_id,
        "now": NOW,
    }
    certificate = authority.issue_signer(private_key.public_key(), **(fields | changes))
    path = folder / f"{os.urandom(4).hex()}.pem"
    FileKey.create(path, private_key, certificate, authority.chain)
    return path


@pytest.fixture
def outside(tmp_path, keys, change_options):
    """Give an authority outside the house, whose roots production trusts."""
    authority = RehearsalAuthority.create(NOW)
    roots = tmp_path / "roots.pem"
    roots.write_bytes(write_certificates([authority.root]))
    change_options(rehearsal=False, trusted_roots=roots)
    return authority


def test_production_makes_no_authority_and_takes_the_key_that_is_brought(tmp_path, outside, keys):
    actions.prepare_authority(actor=SYSTEM, now=NOW)
    with pytest.raises(AuthorityAbsent):
        actions.enrol_signatory(signer=DIRECTOR, actor=SYSTEM, now=NOW)
    enrolled = actions.enrol_signatory(signer=DIRECTOR, actor=SYSTEM, now=NOW, key_file=brought_key(tmp_path, outside))

    assert not (keys.key_directory / authorities.AUTHORITY).exists()
    assert models.KeySet.objects.get().is_rehearsal is False
    assert queries.find_signatory(DIRECTOR.person, DIRECTOR.post, NOW) == enrolled
    assert KeyFiles(keys.key_directory).find(enrolled.uuid).chain == outside.chain


def test_production_without_roots_prepares_nothing(keys, change_options):
    change_options(rehearsal=False)

    with pytest.raises(AuthorityAbsent):
        actions.prepare_authority(actor=SYSTEM, now=NOW)
    assert models.KeySet.objects.count() == 0


@pytest.mark.parametrize(
    "changes", [{"national_code": "0684159414"}, {"now": NOW - timedelta(days=800)}], ids=["another person", "expired"]
)
def test_a_key_of_another_person_or_time_is_refused(tmp_path, outside, changes):
    authority = RehearsalAuthority.create(NOW - timedelta(days=900))

    with pytest.raises(SignatoryUnfit):
        actions.enrol_signatory(
            signer=DIRECTOR, actor=SYSTEM, now=NOW, key_file=brought_key(tmp_path, authority, **changes)
        )
    assert models.Signatory.objects.count() == 0
