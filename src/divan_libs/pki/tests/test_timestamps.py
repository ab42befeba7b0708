import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from divan_libs.pki.asn1 import tsp
from divan_libs.pki.encoding import write_certificates
from divan_libs.pki.errors import CertificateUnfit, TimestampMismatch, TimestampRefused, TimestampUnavailable
from divan_libs.pki.keys import FileKey, generate_private_key
from divan_libs.pki.tests.openssl import needs_openssl, openssl
from divan_libs.pki.tests.specimens import NOON, make_timestamper
from divan_libs.pki.timestampers import HttpTimestamper
from divan_libs.pki.timestamps import (
    REHEARSAL_POLICY,
    TimestampAuthority,
    TimestampProblem,
    TimestampResponse,
    digest_of,
    timestamp_request,
    token_of,
    verify_token,
)

DATA = "ریشهٔ درخت".encode()


@pytest.fixture(scope="module")
def stamps(authority):
    private_key = generate_private_key()
    certificate = authority.issue_timestamper(private_key.public_key(), now=NOON - timedelta(days=20))
    return TimestampAuthority(FileKey(private_key, certificate), authority.chain)


def trust(tmp_path, authority):
    root, chain = tmp_path / "root.pem", tmp_path / "chain.pem"
    root.write_bytes(write_certificates([authority.root]))
    chain.write_bytes(write_certificates(authority.chain))
    return ("-CAfile", root, "-untrusted", chain, "-attime", str(int(NOON.timestamp())))


def failure_of(response):
    answer = TimestampResponse.load(response)
    assert answer["time_stamp_token"].native is None
    return answer["status"]["fail_info"].native


def test_a_token_proves_when_the_data_existed(authority, stamps):
    request = timestamp_request(digest_of(DATA))

    verdict = verify_token(token_of(stamps.answer(request, NOON), request), DATA, roots=[authority.root], now=NOON)

    assert verdict.problems == ()
    assert verdict.is_valid
    assert verdict.at == NOON
    assert verdict.policy == REHEARSAL_POLICY
    assert verdict.authority is not None
    assert verdict.authority.common_name == "Rehearsal timestamp authority"


def test_the_time_of_a_token_is_cut_to_seconds_of_universal_time(authority, stamps):
    tehran = timezone(timedelta(hours=3, minutes=30))
    request = timestamp_request(digest_of(DATA))
    asked_at = datetime(2026, 3, 21, 15, 30, 7, 999_999, tzinfo=tehran)

    token = token_of(stamps.answer(request, asked_at), request)

    at = verify_token(token, DATA, roots=[authority.root], now=NOON).at
    assert at == datetime(2026, 3, 21, 12, 0, 7, tzinfo=UTC)


@needs_openssl
@pytest.mark.parametrize("hash_name", ["sha256", "sha384", "sha512"])
def test_openssl_verifies_our_answer_to_its_own_request(tmp_path, authority, stamps, hash_name):
    data, query, answer = tmp_path / "data", tmp_path / "query", tmp_path / "answer"
    data.write_bytes(DATA)
    assert openssl("ts", "-query", "-data", data, f"-{hash_name}", "-cert", "-out", query).returncode == 0

    answer.write_bytes(stamps.answer(query.read_bytes(), NOON))

    said = openssl("ts", "-verify", "-queryfile", query, "-in", answer, *trust(tmp_path, authority))
    assert b"Verification: OK" in said.stdout
    data.write_bytes(DATA + b".")
    said = openssl("ts", "-verify", "-data", data, "-in", answer, *trust(tmp_path, authority))
    assert b"Verification: FAILED" in said.stdout


@needs_openssl
def test_openssl_verifies_a_token_of_an_rsa_authority(tmp_path, authority):
    private_key = rsa.generate_private_key(65537, 2048)
    certificate = authority.issue_timestamper(private_key.public_key(), now=NOON - timedelta(days=1))
    rsa_stamps = TimestampAuthority(FileKey(private_key, certificate), authority.chain)
    request = timestamp_request(digest_of(DATA), nonce=7)
    (tmp_path / "data").write_bytes(DATA)
    (tmp_path / "token").write_bytes(token_of(rsa_stamps.answer(request, NOON), request))

    said = openssl(
        "ts", "-verify", "-data", tmp_path / "data", "-in", tmp_path / "token", "-token_in", *trust(tmp_path, authority)
    )

    assert b"Verification: OK" in said.stdout


@needs_openssl
def test_we_verify_a_token_that_openssl_made(tmp_path, authority):
    private_key = generate_private_key()
    certificate = authority.issue_timestamper(private_key.public_key(), now=NOON - timedelta(days=1))
    FileKey.create(tmp_path / "key.pem", private_key, certificate)
    (tmp_path / "serial").write_text("01")
    (tmp_path / "chain.pem").write_bytes(write_certificates(authority.chain))
    (tmp_path / "tsa.cnf").write_text(
        f"[tsa]\ndefault_tsa = t\n[t]\nserial = {tmp_path}/serial\ncrypto_device = builtin\n"
        f"signer_cert = {tmp_path}/key.pem\nsigner_key = {tmp_path}/key.pem\ncerts = {tmp_path}/chain.pem\n"
        "signer_digest = sha256\ndefault_policy = 1.2.3.4\ndigests = sha256, sha512\nordering = no\n"
        "ess_cert_id_alg = sha256\n"
    )
    request = timestamp_request(digest_of(DATA, "sha512"), hash_name="sha512", nonce=1 << 62)
    (tmp_path / "query").write_bytes(request)
    said = openssl(
        "ts", "-reply", "-config", tmp_path / "tsa.cnf", "-queryfile", tmp_path / "query", "-out", tmp_path / "answer"
    )
    assert said.returncode == 0, said.stderr

    token = token_of((tmp_path / "answer").read_bytes(), request)

    verdict = verify_token(token, DATA, roots=[authority.root], now=NOON)
    assert verdict.problems == ()
    assert verdict.policy == "1.2.3.4"
    assert verify_token(token, b"other", roots=[authority.root], now=NOON).problems == (TimestampProblem.ALTERED,)


def test_a_nonce_comes_back_and_certificates_only_when_asked(stamps):
    asked = tsp.TimeStampReq.load(timestamp_request(digest_of(DATA), nonce=2**62 + 1))
    asked["cert_req"] = False

    token = TimestampResponse.load(stamps.answer(asked.dump(), NOON))["time_stamp_token"]["content"]

    assert token["encap_content_info"]["content"].parsed["nonce"].native == 2**62 + 1
    assert token["certificates"].native is None


def test_serial_numbers_do_not_repeat(stamps):
    request = timestamp_request(digest_of(DATA))
    tokens = [TimestampResponse.load(stamps.answer(request, NOON))["time_stamp_token"] for _ in range(20)]

    numbers = {token["content"]["encap_content_info"]["content"].parsed["serial_number"].native for token in tokens}

    assert len(numbers) == 20


@pytest.mark.parametrize(
    ("change", "failure"),
    [
        ({"version": 2}, {"bad_request"}),
        ({"message_imprint": {"hash_algorithm": {"algorithm": "sha1"}, "hashed_message": bytes(20)}}, {"bad_alg"}),
        ({"message_imprint": {"hash_algorithm": {"algorithm": "md5"}, "hashed_message": bytes(16)}}, {"bad_alg"}),
        (
            {"message_imprint": {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": bytes(31)}},
            {"bad_data_format"},
        ),
        ({"req_policy": "1.2.3"}, {"unaccepted_policy"}),
        ({"extensions": [{"extn_id": "1.2.3", "extn_value": b"\x05\x00"}]}, {"unaccepted_extensions"}),
    ],
)
def test_what_cannot_be_granted_is_refused_with_its_reason(stamps, change, failure):
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": digest_of(DATA)}
    fields = {"version": 1, "message_imprint": imprint} | change
    request = tsp.TimeStampReq(fields).dump()

    response = stamps.answer(request, NOON)

    assert failure_of(response) == failure
    with pytest.raises(TimestampRefused) as refusal:
        token_of(response, request)
    assert refusal.value.reason in failure


@needs_openssl
def test_openssl_reads_a_refusal(tmp_path, stamps):
    (tmp_path / "answer").write_bytes(stamps.answer(b"nonsense", NOON))

    said = openssl("ts", "-reply", "-in", tmp_path / "answer", "-text")

    assert b"Status: Rejected." in said.stdout
    assert b"TST info:\nNot included." in said.stdout


def test_a_request_for_the_very_policy_is_granted(stamps):
    asked = tsp.TimeStampReq.load(timestamp_request(digest_of(DATA)))
    asked["req_policy"] = REHEARSAL_POLICY

    assert TimestampResponse.load(stamps.answer(asked.dump(), NOON))["status"]["status"].native == "granted"


@given(request_bytes=st.binary(max_size=80))
def test_no_request_however_broken_brings_the_authority_down(stamps, request_bytes):
    assert failure_of(stamps.answer(request_bytes, NOON)) == {"bad_data_format"}


@given(data=st.data())
def test_a_damaged_request_is_refused_or_answered_but_never_raises(stamps, data):
    request = bytearray(timestamp_request(digest_of(DATA), nonce=5))
    position = data.draw(st.integers(0, len(request) - 1))
    request[position] ^= data.draw(st.integers(1, 255))

    status = TimestampResponse.load(stamps.answer(bytes(request), NOON))["status"]["status"].native

    assert status in {"granted", "rejection"}


def test_every_damaged_byte_of_a_token_is_found(authority, stamps):
    request = timestamp_request(digest_of(DATA))
    token = token_of(stamps.answer(request, NOON), request)

    for position in range(0, len(token), 23):
        broken = token[:position] + bytes([token[position] ^ 0x01]) + token[position + 1 :]

        verdict = verify_token(broken, DATA, roots=[authority.root], now=NOON)

        assert not verdict.is_valid, position
    for length in range(0, len(token), 97):
        assert verify_token(token[:length], DATA, roots=[authority.root], now=NOON).problems == (
            TimestampProblem.UNREADABLE,
        )


def test_a_token_of_a_strange_or_expired_authority_proves_nothing(authority, stranger, stamps):
    request = timestamp_request(digest_of(DATA))
    token = token_of(stamps.answer(request, NOON), request)
    untrusted = (TimestampProblem.UNTRUSTED,)

    assert verify_token(token, DATA, roots=[stranger.root], now=NOON).problems == untrusted
    assert verify_token(token, DATA, roots=[], now=NOON).problems == untrusted
    for years, problems in ((9, ()), (11, untrusted)):
        later = NOON + timedelta(days=365 * years)
        assert verify_token(token, DATA, roots=[authority.root], now=later).problems == problems


def test_an_answer_to_another_request_is_refused(stamps):
    request = timestamp_request(digest_of(DATA), nonce=1)
    for other, part in (
        (timestamp_request(digest_of(DATA), nonce=2), "nonce"),
        (timestamp_request(digest_of(DATA)), "nonce"),
        (timestamp_request(digest_of(b"other"), nonce=1), "imprint"),
        (timestamp_request(digest_of(DATA, "sha384"), hash_name="sha384", nonce=1), "imprint"),
    ):
        with pytest.raises(TimestampMismatch) as refusal:
            token_of(stamps.answer(other, NOON), request)
        assert refusal.value.part == part


@pytest.mark.parametrize("response", [b"", b"<html>", b"\x30\x03\x02\x01\x00", b"\x30\x05\x30\x03\x02\x01\x00"])
def test_nonsense_is_no_answer(response):
    with pytest.raises(TimestampUnavailable):
        token_of(response, timestamp_request(digest_of(DATA)))


def test_a_digest_must_have_the_length_of_its_hash():
    with pytest.raises(ValueError, match="not a sha256 digest"):
        timestamp_request(bytes(20))


def test_a_certificate_for_something_else_makes_no_timestamp_authority(authority, signer):
    private_key = generate_private_key()
    server = authority.issue_tls_server(private_key.public_key(), ["localhost"], now=NOON)

    for key in (signer, FileKey(private_key, server)):
        with pytest.raises(CertificateUnfit) as refusal:
            TimestampAuthority(key)
        assert refusal.value.use == "timeStamping"


def test_a_token_signed_by_a_document_signer_is_not_trusted(authority, signer, stamps, monkeypatch):
    monkeypatch.setattr("divan_libs.pki.timestamps._require_timestamping", lambda _: None)
    impostor = TimestampAuthority(signer, signer.chain)
    request = timestamp_request(digest_of(DATA))

    token = token_of(impostor.answer(request, NOON), request)

    assert verify_token(token, DATA, roots=[authority.root], now=NOON).problems == (TimestampProblem.UNTRUSTED,)


class _Server(ThreadingHTTPServer):
    behaviour: Callable[[str | None, bytes], tuple[int, str, bytes]]

    def handle_error(self, request, client_address):
        """Say nothing of clients that hang up; some tests are about them."""


class _Service(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status, kind, answer = self.server.behaviour(self.headers["Content-Type"], body)
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def service():
    server = _Server(("127.0.0.1", 0), _Service)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def address(service):
    return f"http://127.0.0.1:{service.server_address[1]}/tsa?who=divan"


def test_a_timestamp_is_fetched_over_http(service, authority, stamps):
    def behave(kind, body):
        assert kind == "application/timestamp-query"
        return 200, "application/timestamp-reply", stamps.answer(body, NOON)

    service.behaviour = behave

    token = HttpTimestamper(address(service)).stamp(DATA)

    assert verify_token(token, DATA, roots=[authority.root], now=NOON).is_valid


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ((500, "application/timestamp-reply", b""), "HTTP status 500"),
        ((200, "text/html", b"<html>"), "content type text/html"),
        ((200, "application/timestamp-reply", b"nonsense"), "no timestamp response"),
    ],
)
def test_a_service_that_answers_nonsense_is_unavailable(service, reply, reason):
    service.behaviour = lambda *_: reply

    with pytest.raises(TimestampUnavailable) as refusal:
        HttpTimestamper(address(service)).stamp(DATA)

    assert refusal.value.reason.startswith(reason)


def test_a_service_that_repeats_an_old_answer_is_found_out(service, stamps):
    old = stamps.answer(timestamp_request(digest_of(DATA), nonce=1), NOON)
    service.behaviour = lambda *_: (200, "application/timestamp-reply", old)

    with pytest.raises(TimestampMismatch):
        HttpTimestamper(address(service)).stamp(DATA)


def test_a_slow_service_is_unavailable_after_its_time(service):
    release = threading.Event()

    def behave(kind, body):
        release.wait(5)
        return 200, "application/timestamp-reply", b""

    service.behaviour = behave

    try:
        with pytest.raises(TimestampUnavailable) as refusal:
            HttpTimestamper(address(service), timeout=0.1).stamp(DATA)
    finally:
        release.set()
    assert "timed out" in refusal.value.reason.lower() or "timeout" in refusal.value.reason.lower()


def test_a_service_that_is_down_is_unavailable(service):
    url = address(service)
    service.shutdown()
    service.server_close()

    with pytest.raises(TimestampUnavailable) as refusal:
        HttpTimestamper(url).stamp(DATA)

    assert refusal.value.code == "pki.timestamp.unavailable"


@pytest.mark.parametrize("url", ["", "ftp://host/", "http://", "file:///etc/passwd"])
def test_only_http_addresses_are_taken(url):
    with pytest.raises(ValueError, match="not an http address"):
        HttpTimestamper(url)


def test_a_local_timestamper_stamps_on_its_clock(authority):
    token = make_timestamper(authority, lambda: NOON + timedelta(seconds=5)).stamp(DATA)

    assert verify_token(token, DATA, roots=[authority.root], now=NOON).at == NOON + timedelta(seconds=5)
