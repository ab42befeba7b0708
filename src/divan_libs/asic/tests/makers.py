"""An authority, a signer and a timestamp authority, and containers made with them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding

from divan_libs.asic import containers, hashchain
from divan_libs.asic.archive import read_archive, write_archive
from divan_libs.asic.containers import Stamp, stamp_items, stamped_file, write_container
from divan_libs.asic.xades import Signed
from divan_libs.pki.authority import RehearsalAuthority
from divan_libs.pki.keys import FileKey, generate_private_key
from divan_libs.pki.timestampers import LocalTimestamper
from divan_libs.pki.timestamps import TimestampAuthority

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@dataclass(frozen=True)
class World:
    root: x509.Certificate
    key: FileKey
    timestamper: LocalTimestamper

    @property
    def certificates(self) -> list[bytes]:
        return [certificate.public_bytes(Encoding.DER) for certificate in (self.key.certificate, *self.key.chain)]


@cache
def world() -> World:
    authority = RehearsalAuthority.create(NOW)
    private_key = generate_private_key()
    certificate = authority.issue_signer(
        private_key.public_key(),
        common_name="Gateway",
        national_code="",
        organization="Province",
        legal_id="10380284790",
        now=NOW,
    )
    stamping = generate_private_key()
    stamper = FileKey(stamping, authority.issue_timestamper(stamping.public_key(), now=NOW), authority.chain)
    timestamper = LocalTimestamper(TimestampAuthority(stamper, stamper.chain), lambda: NOW)
    return World(authority.root, FileKey(private_key, certificate, authority.chain), timestamper)


def files_of(number: int) -> dict[str, bytes]:
    return {
        "intent.json": json.dumps({"number": number, "text": "پرسش"}, ensure_ascii=False).encode(),
        "closing.json": json.dumps({"number": number}).encode(),
    }


def signature_over(files: dict[str, bytes], made: World) -> bytes:
    signed = Signed(
        files=[(name, hashchain.digest(octets)) for name, octets in files.items()],
        signed_at=int(NOW.timestamp() * 1_000_000),
        certificate=hashchain.digest(made.certificates[0]),
    )
    r, s = decode_dss_signature(made.key.sign(signed.octets()))
    return signed.as_file(r.to_bytes(32) + s.to_bytes(32), made.certificates)


def stamp(signature: bytes, others: int, made: World) -> Stamp:
    signatures = [b"other %d" % number for number in range(others)]
    signatures.insert(others // 2, signature)
    items = stamp_items(signatures)
    token = made.timestamper.stamp(stamped_file(signatures), "sha512")
    index = others // 2
    return Stamp(token=token, index=index, size=len(items), hashes=hashchain.path(items, index))


def plain(*, others: int = 0, stamped: bool = True) -> bytes:
    made, files = world(), files_of(1)
    signature = signature_over(files, made)
    return write_container(files, signature, stamp=stamp(signature, others, made) if stamped else None)


def batch(size: int, index: int, *, others: int = 3) -> bytes:
    made = world()
    leaves = [hashchain.node(*map(hashchain.digest, files_of(number).values())) for number in range(size)]
    result = hashchain.result_file(containers.CHAIN, hashchain.top(leaves))
    root = {"batch.json": b'{"size":%d}' % size}
    signature = signature_over({**root, containers.RESULT: result}, made)
    files = files_of(index)
    chain = hashchain.chain_file(
        [(name, hashchain.digest(octets)) for name, octets in files.items()], index, size, hashchain.path(leaves, index)
    )
    return write_container(
        {**files, **root}, signature, chain=chain, result=result, stamp=stamp(signature, others, made)
    )


def altered(packed: bytes, name: str, old: bytes, new: bytes) -> bytes:
    files = read_archive(packed)
    assert old in files[name], files[name]
    files[name] = files[name].replace(old, new, 1)
    del files["mimetype"]
    return write_archive(files)
