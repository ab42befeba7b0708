"""Containers of evidence as they are written: files, the signature over them or their hash chain, its timestamp."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from divan_libs.asic import hashchain
from divan_libs.asic.archive import MEDIA_TYPE, write_archive
from divan_libs.asic.xades import SIGNATURES, media_type

CHAIN, RESULT = "sig-hashchain.xml", "sig-hashchainresult.xml"
TIME_CHAIN, TIME_RESULT = "ts-hashchain.xml", "ts-hashchainresult.xml"
TIMESTAMP = "META-INF/timestamp.tst"
MANIFEST = "META-INF/ASiCManifest.xml"
_ENTRIES = "META-INF/manifest.xml"
_ASIC = "http://uri.etsi.org/02918/v1.2.1#"
_ODF = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """A timestamp over many signatures: the token, and the place of one signature under it.

    ``hashes`` lead from the digest of ``META-INF/signatures.xml``, item ``index`` of ``size``, to what was stamped.
    """

    token: bytes
    index: int
    size: int
    hashes: tuple[bytes, ...]


def stamped_file(signatures: Sequence[bytes]) -> bytes:
    """Return the file that is stamped for all these signatures (``META-INF/signatures.xml`` of each)."""
    return hashchain.result_file(TIME_CHAIN, hashchain.top(stamp_items(signatures)))


def stamp_items(signatures: Sequence[bytes]) -> list[bytes]:
    """Return the items of the hash chain under one timestamp; a lone one is a node, since a chain has one step."""
    digests = [hashchain.digest(signature) for signature in signatures]
    return digests if len(digests) > 1 else [hashchain.node(digests[0])]


def write_container(
    files: Mapping[str, bytes], signature: bytes, *, chain: bytes = b"", result: bytes = b"", stamp: Stamp | None = None
) -> bytes:
    """Return an ASiC-E container: the files, ``META-INF/signatures.xml``, hash chains, manifests, timestamp.

    ``chain`` and ``result`` are of the signature over many; none for one over the files themselves.
    """
    data = dict(files)
    if result:
        data[RESULT], data[CHAIN] = result, chain
    inside: dict[str, bytes] = {**data, SIGNATURES: signature}
    if stamp is not None:
        digest = hashchain.digest(signature)
        item = digest if stamp.size > 1 else hashchain.node(digest)
        top = hashchain.climb(item, stamp.index, stamp.size, stamp.hashes)
        inside[TIME_RESULT] = hashchain.result_file(TIME_CHAIN, top)
        inside[TIME_CHAIN] = hashchain.chain_file([(SIGNATURES, digest)], stamp.index, stamp.size, stamp.hashes)
    inside[_ENTRIES] = _entries([name for name in inside if name != SIGNATURES])
    if stamp is not None:
        inside[MANIFEST] = _manifest(inside[TIME_RESULT])
        inside[TIMESTAMP] = stamp.token
    return write_archive(inside)


def _entries(names: Sequence[str]) -> bytes:
    lines = "".join(
        f'<manifest:file-entry manifest:media-type="{media_type(name)}" manifest:full-path="{name}"/>\n'
        for name in names
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<manifest:manifest xmlns:manifest="{_ODF}" manifest:version="1.2">\n'
        f'<manifest:file-entry manifest:media-type="{MEDIA_TYPE}" manifest:full-path="/"/>\n'
        f"{lines}</manifest:manifest>\n"
    ).encode()


def _manifest(stamped: bytes) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<asic:ASiCManifest xmlns:asic="{_ASIC}" xmlns:ds="http://www.w3.org/2000/09/xmldsig#">\n'
        f'<asic:SigReference URI="{TIMESTAMP}" MimeType="application/vnd.etsi.timestamp-token"/>\n'
        f'<asic:DataObjectReference URI="{TIME_RESULT}" MimeType="text/xml">\n'
        f'<ds:DigestMethod Algorithm="{hashchain.SHA512}"/>\n'
        f"<ds:DigestValue>{b64encode(hashchain.digest(stamped)).decode()}</ds:DigestValue>\n"
        "</asic:DataObjectReference>\n</asic:ASiCManifest>\n"
    ).encode()
