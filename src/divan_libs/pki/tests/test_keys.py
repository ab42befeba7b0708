import os
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from divan_libs.pki.errors import KeyFileExists, KeyFileExposed, KeyFileUnreadable, KeyMismatch, KeyUnsupported
from divan_libs.pki.keys import FileKey, generate_private_key
from divan_libs.pki.tests.openssl import needs_openssl, openssl
from divan_libs.pki.tests.specimens import NOON


def test_a_key_file_is_readable_by_its_owner_alone_whatever_the_umask(tmp_path, signer):
    for name, mask in (("open.pem", 0o000), ("closed.pem", 0o777)):
        before = os.umask(mask)
        try:
            FileKey.create(tmp_path / name, signer.private_key, signer.certificate)
        finally:
            os.umask(before)

        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


def test_a_key_comes_back_from_its_file_with_its_chain(tmp_path, signer):
    FileKey.create(tmp_path / "key.pem", signer.private_key, signer.certificate, signer.chain)

    key = FileKey.open(tmp_path / "key.pem")

    assert key.certificate == signer.certificate
    assert key.chain == signer.chain
    assert key.sign(b"text") == signer.sign(b"text")
    assert (tmp_path / "key.pem").read_bytes().startswith(b"-----BEGIN PRIVATE KEY-----")


def test_a_key_file_is_never_overwritten(tmp_path, signer, issue_signer, authority):
    path = tmp_path / "key.pem"
    FileKey.create(path, signer.private_key, signer.certificate)
    before = path.read_bytes()
    other = issue_signer(authority)

    with pytest.raises(KeyFileExists) as refusal:
        FileKey.create(path, other.private_key, other.certificate)

    assert refusal.value.code == "pki.key.exists"
    assert refusal.value.path == path
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["key.pem"]


def test_of_many_creators_exactly_one_wins_and_its_file_is_whole(tmp_path, authority, issue_signer):
    path = tmp_path / "key.pem"
    rivals = [issue_signer(authority) for _ in range(8)]

    def create(rival):
        try:
            return FileKey.create(path, rival.private_key, rival.certificate)
        except KeyFileExists:
            return None

    with ThreadPoolExecutor(8) as pool:
        winners = [key for key in pool.map(create, rivals) if key is not None]

    assert len(winners) == 1
    assert FileKey.open(path).certificate == winners[0].certificate
    assert [entry.name for entry in tmp_path.iterdir()] == ["key.pem"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o777])
def test_a_key_file_that_others_may_touch_is_not_used(tmp_path, signer, mode):
    path = tmp_path / "key.pem"
    FileKey.create(path, signer.private_key, signer.certificate)
    path.chmod(mode)

    with pytest.raises(KeyFileExposed) as refusal:
        FileKey.open(path)

    assert refusal.value.mode == mode


def test_a_locked_key_opens_with_its_passphrase_only(tmp_path, signer):
    path = tmp_path / "key.pem"
    FileKey.create(path, signer.private_key, signer.certificate, passphrase="گذرواژه".encode())

    assert FileKey.open(path, passphrase="گذرواژه".encode()).certificate == signer.certificate
    for wrong in (None, b"wrong"):
        with pytest.raises(KeyFileUnreadable) as refusal:
            FileKey.open(path, passphrase=wrong)
        assert refusal.value.code == "pki.key.unreadable"


@pytest.mark.parametrize("damage", ["missing", "empty", "garbage", "no certificate"])
def test_a_damaged_key_file_is_named(tmp_path, signer, damage):
    path = tmp_path / "key.pem"
    if damage != "missing":
        FileKey.create(path, signer.private_key, signer.certificate)
        pem = path.read_bytes()
        key_only = pem[: pem.index(b"-----BEGIN CERTIFICATE")]
        path.write_bytes({"empty": b"", "garbage": b"\xff" * 400, "no certificate": key_only}[damage])

    with pytest.raises(KeyFileUnreadable) as refusal:
        FileKey.open(path)

    assert refusal.value.path == path


def test_a_certificate_of_another_key_is_refused(tmp_path, signer):
    with pytest.raises(KeyMismatch):
        FileKey.create(tmp_path / "key.pem", generate_private_key(), signer.certificate)

    assert list(tmp_path.iterdir()) == []


def test_only_elliptic_curve_and_rsa_keys_sign(signer):
    with pytest.raises(KeyUnsupported) as refusal:
        FileKey(ed25519.Ed25519PrivateKey.generate(), signer.certificate)  # type: ignore[arg-type]  # the point of it

    assert refusal.value.code == "pki.key.unsupported"


@pytest.mark.parametrize("hash_name", ["sha1", "md5", "SHA256", ""])
def test_weak_and_unknown_hashes_are_refused(signer, hash_name):
    with pytest.raises(KeyUnsupported) as refusal:
        signer.sign(b"text", hash_name)

    assert refusal.value.kind == hash_name


def test_the_default_curve_is_p256():
    assert isinstance(generate_private_key().curve, ec.SECP256R1)


def test_the_same_data_gives_the_same_signature(signer):
    assert signer.sign(b"text") == signer.sign(b"text")
    assert signer.sign(b"text") != signer.sign(b"texts")


@needs_openssl
@pytest.mark.parametrize("hash_name", ["sha256", "sha384", "sha512"])
@pytest.mark.parametrize("kind", ["p256", "p384", "rsa"])
def test_openssl_accepts_the_signatures(tmp_path, authority, issue_signer, kind, hash_name):
    private_key = {
        "p256": generate_private_key,
        "p384": lambda: ec.generate_private_key(ec.SECP384R1()),
        "rsa": lambda: rsa.generate_private_key(65537, 2048),
    }[kind]()
    key = issue_signer(authority, private_key=private_key, now=NOON)
    public, signature = tmp_path / "public.pem", tmp_path / "signature"
    public.write_bytes(key.public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    signature.write_bytes(key.sign("متن".encode(), hash_name))

    said = openssl("dgst", f"-{hash_name}", "-verify", public, "-signature", signature, stdin="متن".encode())

    assert said.stdout == b"Verified OK\n"
