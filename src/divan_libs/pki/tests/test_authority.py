import ssl
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from divan_libs.pki.authority import REHEARSAL, RehearsalAuthority
from divan_libs.pki.encoding import write_certificates
from divan_libs.pki.errors import KeyFileExposed, SubjectInvalid
from divan_libs.pki.fingerprints import read_subject
from divan_libs.pki.keys import FileKey, generate_private_key
from divan_libs.pki.tests.openssl import needs_openssl, openssl
from divan_libs.pki.tests.specimens import NOON


def issue_all(authority, issue_signer):
    """Return one certificate of each kind, by the purpose openssl knows it under."""
    return {
        "smimesign": issue_signer(authority).certificate,
        "sslserver": authority.issue_tls_server(generate_private_key().public_key(), ["localhost"], now=NOON),
        "sslclient": authority.issue_tls_client(generate_private_key().public_key(), "IR/GOV/1/a", now=NOON),
        "timestampsign": authority.issue_timestamper(generate_private_key().public_key(), now=NOON),
    }


def verify_chain(tmp_path, authority, certificate, purpose):
    for name, certificates in (("root", [authority.root]), ("chain", authority.chain), ("leaf", [certificate])):
        (tmp_path / name).write_bytes(write_certificates(certificates))
    at = str(int((NOON + timedelta(days=1)).timestamp()))
    options = ("-x509_strict", "-attime", at, "-purpose", purpose)
    trust = ("-CAfile", tmp_path / "root", "-untrusted", tmp_path / "chain")
    return openssl("verify", *options, *trust, tmp_path / "leaf").returncode == 0


@needs_openssl
def test_openssl_accepts_every_chain_for_its_purpose_and_no_other(tmp_path, authority, issue_signer):
    purposes = {"sslserver", "sslclient", "timestampsign"}

    for kind, certificate in issue_all(authority, issue_signer).items():
        accepted = {purpose for purpose in purposes if verify_chain(tmp_path, authority, certificate, purpose)}

        assert accepted == {kind} & purposes
        assert verify_chain(tmp_path, authority, certificate, "any")


@needs_openssl
def test_openssl_refuses_a_chain_of_another_authority(tmp_path, authority, stranger, issue_signer):
    assert not verify_chain(tmp_path, stranger, issue_signer(authority).certificate, "any")


def test_every_certificate_says_that_it_is_a_rehearsal(authority, issue_signer):
    certificates = [authority.root, *authority.chain, *issue_all(authority, issue_signer).values()]

    assert len(certificates) == 6
    for certificate in certificates:
        units = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME)
        assert [unit.value for unit in units] == [REHEARSAL]


def test_codes_are_written_with_latin_digits_at_full_length(authority, issue_signer):
    key = issue_signer(authority, national_code="۴۹۹۳۷۰۸۹۹", legal_id="۱۰۳۸۰۲۸۴۷۹۰")

    written = key.certificate.subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)[0].value

    assert written == "0499370899"
    assert read_subject(key.certificate).legal_id == "10380284790"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("national_code", "12"),
        ("national_code", "abcdefghij"),
        ("legal_id", ""),
        ("common_name", ""),
        ("common_name", "  "),
        ("common_name", "ن" * 65),
        ("organization", "س" * 65),
        ("title", ""),
    ],
)
def test_a_subject_that_cannot_be_written_is_refused(authority, issue_signer, field, value):
    with pytest.raises(SubjectInvalid) as refusal:
        issue_signer(authority, **{field: value})

    assert refusal.value.code == "pki.subject.invalid"
    assert refusal.value.value == value


@pytest.mark.parametrize("hosts", [[], [""], ["bad host"], ["میزبان"], ["localhost", ""]])
def test_a_host_that_cannot_be_written_is_refused(authority, hosts):
    with pytest.raises(SubjectInvalid):
        authority.issue_tls_server(generate_private_key().public_key(), hosts, now=NOON)


def test_no_certificate_outlives_the_one_that_signed_it(authority):
    late = authority.chain[0].not_valid_after_utc - timedelta(days=1)

    certificate = authority.issue_timestamper(generate_private_key().public_key(), now=late)

    assert certificate.not_valid_after_utc == authority.chain[0].not_valid_after_utc


def test_times_come_from_the_argument(authority, issue_signer):
    certificate = issue_signer(
        authority, now=NOON.replace(microsecond=999_999), valid_for=timedelta(hours=1)
    ).certificate

    assert certificate.not_valid_before_utc == NOON
    assert certificate.not_valid_after_utc == NOON + timedelta(hours=1)


def test_a_subsystem_stands_among_the_alternative_names(authority):
    certificate = authority.issue_tls_client(generate_private_key().public_key(), "IR/GOV/10380284790/ثبت", now=NOON)

    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value

    assert names.get_values_for_type(x509.UniformResourceIdentifier) == [
        "urn:divan:subsystem:IR/GOV/10380284790/%D8%AB%D8%A8%D8%AA"
    ]


def test_an_established_authority_is_the_same_next_time(tmp_path):
    first = RehearsalAuthority.establish(tmp_path / "authority", NOON)
    second = RehearsalAuthority.establish(tmp_path / "authority", NOON + timedelta(days=1))

    assert (second.root, second.chain) == (first.root, first.chain)


def test_an_authority_that_lost_its_intermediate_keeps_its_root(tmp_path):
    first = RehearsalAuthority.establish(tmp_path, NOON)
    (tmp_path / "intermediate.pem").unlink()

    second = RehearsalAuthority.establish(tmp_path, NOON)

    assert second.root == first.root
    assert second.chain != first.chain
    second.chain[0].verify_directly_issued_by(first.root)


def test_two_who_establish_at_once_get_the_same_authority(tmp_path):
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda _: RehearsalAuthority.establish(tmp_path, NOON), range(6)))

    assert len({authority.root for authority in made}) == 1
    assert len({authority.chain for authority in made}) == 1
    for authority in made:
        authority.chain[0].verify_directly_issued_by(authority.root)


def test_an_exposed_authority_is_not_used(tmp_path):
    RehearsalAuthority.establish(tmp_path, NOON)
    (tmp_path / "root.pem").chmod(0o644)

    with pytest.raises(KeyFileExposed):
        RehearsalAuthority.establish(tmp_path, NOON)


def handshake(server_context, client_context, host):
    """Run a TLS handshake in memory and return the client's certificate as the server sees it."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = server_context.wrap_bio(to_server, to_client, server_side=True)
    client = client_context.wrap_bio(to_client, to_server, server_hostname=host)
    pending = [client, server]
    for _ in range(10):
        for side in list(pending):
            try:
                side.do_handshake()
                pending.remove(side)
            except ssl.SSLWantReadError:
                continue
    assert pending == []
    return server.getpeercert()


@pytest.fixture
def contexts(tmp_path):
    # TLS looks at the machine's clock, so this authority must be of today.
    today = datetime.now(tz=UTC) - timedelta(hours=1)
    authority = RehearsalAuthority.create(today)
    server_key, client_key = generate_private_key(), generate_private_key()
    server = authority.issue_tls_server(server_key.public_key(), ["gateway.test", "127.0.0.1"], now=today)
    client = authority.issue_tls_client(client_key.public_key(), "IR/GOV/10380284790/registry", now=today)
    FileKey.create(tmp_path / "server.pem", server_key, server, authority.chain)
    FileKey.create(tmp_path / "client.pem", client_key, client, authority.chain)
    anchors = write_certificates([authority.root]).decode()
    server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_context.verify_mode = ssl.CERT_REQUIRED
    client_context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    for context in (server_context, client_context):
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        context.load_verify_locations(cadata=anchors)
    return server_context, client_context


def test_server_and_subsystem_know_each_other_over_mutual_tls(contexts, tmp_path):
    server_context, client_context = contexts
    server_context.load_cert_chain(tmp_path / "server.pem")
    client_context.load_cert_chain(tmp_path / "client.pem")

    for host in ("gateway.test", "127.0.0.1"):
        peer = handshake(server_context, client_context, host)

        assert ("URI", "urn:divan:subsystem:IR/GOV/10380284790/registry") in peer["subjectAltName"]


def test_a_subsystem_cannot_pose_as_the_server(contexts, tmp_path):
    server_context, client_context = contexts
    server_context.load_cert_chain(tmp_path / "client.pem")
    client_context.load_cert_chain(tmp_path / "client.pem")

    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(server_context, client_context, "gateway.test")


def test_a_seal_has_no_national_code_and_a_long_persian_name_is_cut_between_words(authority):
    name = "اداره‌کل میراث فرهنگی، گردشگری و صنایع دستی استان لرستان"
    certificate = authority.issue_signer(
        generate_private_key().public_key(),
        common_name=name,
        national_code="",
        organization=name,
        legal_id="99900000105",
        now=NOON,
    )
    subject = read_subject(certificate)
    assert (subject.national_code, subject.organization) == (None, name)
    assert name.startswith(subject.common_name + " ")
    assert len(subject.common_name.encode()) <= 64


def test_a_name_that_two_readers_would_refuse_to_compare_is_written_without_what_they_refuse(authority):
    certificate = authority.issue_signer(
        generate_private_key().public_key(),
        common_name="شرکت ABC نمونه ۲",
        national_code="9991000011",
        organization="اداره‌کل نمونه (نمایشی)",
        legal_id="99900000105",
        title="مدیر (موقت)",
        now=NOON,
    )
    subject = read_subject(certificate)
    assert (subject.common_name, subject.organization) == ("شرکت نمونه", "اداره‌کل نمونه (نمایشی")
    asn1 = asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))
    assert asn1.subject.hashable
