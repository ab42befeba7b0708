"""A key in a token signs as a key in a file does; SoftHSM2 plays the token where it is installed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from divan_libs.asic.tests.makers import NOW
from divan_libs.envelope.errors import EnvelopeError
from divan_libs.envelope.evidence.records import Kind
from divan_libs.envelope.evidence.segments import read_segment
from divan_libs.envelope.keys import SoftSigner, is_signed
from divan_libs.envelope.tests import evidence_makers as makers
from divan_libs.envelope.tokens import TokenSigner, open_signer
from divan_libs.pki.authority import RehearsalAuthority
from divan_libs.pki.encoding import write_certificates

MODULE = next(iter(Path("/usr/lib").glob("**/softhsm/libsofthsm2.so")), None)
has_token = pytest.mark.skipif(
    MODULE is None or shutil.which("softhsm2-util") is None, reason="SoftHSM2 is not installed"
)


def pem_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.fixture
def token(tmp_path, monkeypatch):
    """A token with one key; what stands in the key file."""
    (tmp_path / "tokens").mkdir()
    (tmp_path / "softhsm2.conf").write_text(f"directories.tokendir = {tmp_path / 'tokens'}\nlog.level = ERROR\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(tmp_path / "softhsm2.conf"))
    (tmp_path / "pin").write_text("1234\n")
    key = ec.generate_private_key(ec.SECP256R1())
    (tmp_path / "key.pem").write_bytes(pem_of(key))
    initialise = ["--init-token", "--free", "--label", "divan", "--so-pin", "5678", "--pin", "1234"]
    put_in = ["--import", str(tmp_path / "key.pem"), "--token", "divan", "--label", "evidence", "--id", "01"]
    for command in (initialise, [*put_in, "--pin", "1234"]):
        subprocess.run(["softhsm2-util", *command], check=True, capture_output=True)
    authority = RehearsalAuthority.create(NOW)
    certificate = authority.issue_witness(key.public_key(), "LR/GOV/governor-office/gateway", now=NOW)
    uri = f"pkcs11:token=divan;object=evidence?module-path={MODULE}&pin-source=file:{tmp_path / 'pin'}"
    return uri.encode() + b"\n" + write_certificates((certificate, *authority.chain))


_SIGN = """
import sys
from divan_libs.envelope.tokens import open_signer
signer = open_signer(sys.stdin.buffer.read())
print(signer.sign(b"evidence").hex(), len(signer.certificates))
"""


@has_token
def test_a_key_in_a_token_signs_and_its_file_holds_no_key(token):
    assert b"PRIVATE" not in token
    # A process of its own: the token's library keeps what it once read of its settings.
    done = subprocess.run([sys.executable, "-c", _SIGN], input=token, capture_output=True, check=True)
    signature, certificates = done.stdout.decode().split()
    public_key = public_key_of(token)

    assert is_signed(public_key, bytes.fromhex(signature), b"evidence")
    assert certificates == "2"


def public_key_of(content: bytes) -> ec.EllipticCurvePublicKey:
    from cryptography import x509  # noqa: PLC0415 (of this helper alone)

    return x509.load_pem_x509_certificates(content.partition(b"\n")[2])[0].public_key()


_LOG = """
import os, sys
from pathlib import Path
from divan_libs.envelope.evidence.log import EvidenceLog
from divan_libs.envelope.tests import evidence_makers as makers
from divan_libs.envelope.tokens import open_signer
content = sys.stdin.buffer.read()
open_signer(content).sign(b"as the supervisor does before it forks")
if os.fork() == 0:
    log = EvidenceLog(Path(sys.argv[1]), run="run-1", server="s", signer=open_signer(content), clock=lambda: makers.NOW)
    log.commit([makers.opened("a")])
    log.commit([makers.ended("a")], sign={"a"})
    log.close()
    os._exit(0)
assert os.wait()[1] == 0
"""


@has_token
def test_a_log_signed_by_a_token_in_a_forked_process_audits_clean(token, tmp_path):
    evidence = tmp_path / "evidence"
    evidence.mkdir()

    subprocess.run([sys.executable, "-c", _LOG, str(evidence)], input=token, check=True)

    from divan_libs.envelope.evidence.audit import audit_directory  # noqa: PLC0415 (of this test alone)

    assert audit_directory(evidence, public_key_of(token)) == []
    [path] = evidence.glob("*.evidence")
    assert [kind for kind, _ in read_segment(path).records].count(Kind.SIGNATURE) == 1


@has_token
@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"object=evidence", b"object=other", "NoSuchKey"),
        (b"token=divan", b"token=other", "NoSuchToken"),
        (b"token=divan;", b"", "the URI has no 'token'"),
        (b"libsofthsm2.so", b"libnone.so", None),
        (b"/pin\n", b"/no-pin\n", "FileNotFoundError"),
    ],
)
def test_a_token_that_is_not_there_is_named(token, old, new, reason):
    script = "import sys\nfrom divan_libs.envelope.tokens import open_signer\nopen_signer(sys.stdin.buffer.read())"
    done = subprocess.run(
        [sys.executable, "-c", script], input=token.replace(old, new), capture_output=True, check=False
    )

    assert done.returncode == 1
    assert f"exchange.key.token (reason={reason!r})" in done.stderr.decode() or reason is None
    assert "exchange.key.token" in done.stderr.decode()


@has_token
def test_a_certificate_of_another_key_is_refused(token):
    authority = RehearsalAuthority.create(NOW)
    other = authority.issue_witness(ec.generate_private_key(ec.SECP256R1()).public_key(), "A/B/C/D", now=NOW)
    script = "import sys\nfrom divan_libs.envelope.tokens import open_signer\nopen_signer(sys.stdin.buffer.read())"
    content = token.partition(b"\n")[0] + b"\n" + write_certificates([other])

    done = subprocess.run([sys.executable, "-c", script], input=content, capture_output=True, check=False)

    assert b"exchange.key.certificate" in done.stderr


def test_a_key_in_a_file_may_bring_its_certificates_and_must_bring_its_own():
    key = ec.generate_private_key(ec.SECP256R1())
    authority = RehearsalAuthority.create(NOW)
    mine = authority.issue_witness(key.public_key(), "LR/GOV/governor-office/gateway", now=NOW)
    other = authority.issue_witness(makers.PUBLIC, "LR/GOV/governor-office/gateway", now=NOW)

    assert isinstance(open_signer(pem_of(key)), SoftSigner)
    assert len(open_signer(pem_of(key) + write_certificates((mine, *authority.chain))).certificates) == 2
    with pytest.raises(EnvelopeError, match=r"exchange\.key\.certificate"):
        open_signer(pem_of(key) + write_certificates([other]))
    with pytest.raises(EnvelopeError, match=r"exchange\.key\.certificate"):
        TokenSigner.open("pkcs11:token=a", b"")
