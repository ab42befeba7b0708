"""What a container's XML says: the signature in one of the two known shapes, and hash chains.

An element that is not expected, or stands elsewhere, makes the whole malformed. So there is no room to wrap a signature
around another content than the one that is read.
"""

from __future__ import annotations

import binascii
import hashlib
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import unquote

from lxml import etree
from lxml.etree import _Element as Element

from divan_libs.asic.containers import RESULT
from divan_libs.asic.errors import AsicError
from divan_libs.asic.hashchain import NAMESPACE
from divan_libs.asic.xades import DS, PROPERTIES_TYPE, SIGNATURES, XADES

DIGESTS: dict[str, str] = {
    "http://www.w3.org/2001/04/xmlenc#sha256": "sha256",
    "http://www.w3.org/2001/04/xmldsig-more#sha384": "sha384",
    "http://www.w3.org/2001/04/xmlenc#sha512": "sha512",
}
SIGNATURE_METHODS = frozenset(
    f"http://www.w3.org/2001/04/xmldsig-more#{kind}-{hash_name}"
    for kind in ("rsa", "ecdsa")
    for hash_name in ("sha256", "sha384", "sha512")
)
_C14N = frozenset({"http://www.w3.org/2001/10/xml-exc-c14n#", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"})
_MOST_XML = 4 * 1024 * 1024
_MOST_STEPS = 64
_ROOTS = frozenset(
    f"{{http://uri.etsi.org/{version}#}}XAdESSignatures" for version in ("02918/v1.2.1", "02918/v1.1.1", "2918/v1.2.1")
)


class Shape(StrEnum):
    """What the signature is over."""

    PLAIN = "plain"
    """Over the files themselves."""
    BATCH = "batch"
    """Over the top of a hash chain, under which the files are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A signature as it stands in the container, not yet judged; ``files`` are the names it refers to."""

    root: Element
    element: Element
    shape: Shape
    files: tuple[str, ...]
    references: int
    certificates: tuple[bytes, ...]
    certificate_digest: tuple[str, bytes]
    signed_at: datetime | None
    timestamps: tuple[bytes, ...]


def parse(octets: bytes, name: str) -> Element:
    """Parse an XML file that declares nothing.

    :raises AsicError: ``asic.xml``.
    """
    if len(octets) > _MOST_XML:
        raise AsicError("asic.xml", file=name, reason="size")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=False,
        remove_pis=False,
    )
    try:
        root = etree.fromstring(octets, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise AsicError("asic.xml", file=name, reason="syntax") from error
    if root.getroottree().docinfo.doctype:
        raise AsicError("asic.xml", file=name, reason="doctype")
    if root.getprevious() is not None or root.getnext() is not None:
        # A declaration in which one octet is altered is an instruction, and reads the same.
        raise AsicError("asic.xml", file=name, reason="outside")
    return root


def read_signature(files: Mapping[str, bytes]) -> Signature:
    """Read ``META-INF/signatures.xml``.

    :raises AsicError: ``asic.signature.missing``, ``asic.xml``, ``asic.signature.malformed``,
        ``asic.signature.algorithm``.
    """
    if SIGNATURES not in files:
        raise AsicError("asic.signature.missing")
    root = parse(files[SIGNATURES], SIGNATURES)
    signatures = [root] if root.tag == f"{{{DS}}}Signature" else list(root)
    if root.tag not in {*_ROOTS, f"{{{DS}}}Signature"} or len(list(root.iter(f"{{{DS}}}Signature"))) != 1:
        raise _malformed("root")
    if len(signatures) != 1 or signatures[0].tag != f"{{{DS}}}Signature":
        raise _malformed("signature")
    _require_distinct_ids(root)
    element = signatures[0]
    info = _only(element, f"{{{DS}}}SignedInfo")
    if info.getprevious() is not None:
        raise _malformed("order")
    properties = _properties_of(element)
    names = _references(info, properties)
    value_at, cert_digest = _signing_certificate(properties)
    return Signature(
        root=root,
        element=element,
        shape=Shape.BATCH if RESULT in names else Shape.PLAIN,
        files=names,
        references=len(names) + 1,
        certificates=_certificates(element),
        certificate_digest=(value_at, cert_digest),
        signed_at=_moment(properties),
        timestamps=_timestamps(element),
    )


def stamped_values(signature: Signature) -> tuple[bytes, ...]:
    """Return the octets over which a timestamp within the signature may be.

    By XAdES the canonical ``SignatureValue``; X-Road stamps the decoded value.
    """
    value = _only(signature.element, f"{{{DS}}}SignatureValue")
    canonical = [
        etree.tostring(value, method="c14n", exclusive=exclusive, with_tail=False) for exclusive in (False, True)
    ]
    return (_base64(value.text, "asic.signature.malformed"), *canonical)


@dataclass(frozen=True, slots=True)
class Chained:
    """What a hash chain names: ``proven`` files of the container, and ``absent`` ones, of which it knows the digest."""

    proven: frozenset[str]
    absent: dict[str, str]


def follow_chain(files: Mapping[str, bytes], *, chain: str, result: str) -> Chained:
    """Evaluate a hash chain, compare its top with the result file and the files with the digests it names.

    X-Road leaves large attachments out of containers; a file that is not there is named with its digest.

    :raises AsicError: ``asic.chain`` when the chain does not lead to the result, ``asic.chain.digest`` when a file is
        not the one it names, ``asic.xml``.
    """
    if chain not in files or result not in files:
        raise AsicError("asic.chain", reason="missing", chain=chain)
    reader = _Chain(files, parse(files[chain], chain), chain)
    top = parse(files[result], result)
    for element in (*reader.root.iter(), *top.iter()):
        if not isinstance(element.tag, str):
            raise AsicError("asic.chain", reason="comment")
    if top.tag != f"{{{NAMESPACE}}}HashChainResult":
        raise AsicError("asic.chain", file=result)
    name, _, step = top.get("URI", "").partition("#")
    algorithm, expected = _digest_of(top, None)
    if name.removeprefix("/") != chain or reader.evaluate(step, algorithm) != expected:
        raise AsicError("asic.chain", file=result)
    if reader.unused():
        raise AsicError("asic.chain", reason="unused", steps=sorted(reader.unused()))
    return Chained(frozenset(reader.proven), reader.absent)


class _Chain:
    def __init__(self, files: Mapping[str, bytes], root: Element, name: str) -> None:
        if root.tag != f"{{{NAMESPACE}}}HashChain":
            raise AsicError("asic.chain", file=name)
        self.proven: set[str] = set()
        self.absent: dict[str, str] = {}
        self.root, self._files, self._name = root, files, name
        method, *steps = [child for child in root if isinstance(child.tag, str)]
        if method.tag != f"{{{NAMESPACE}}}DefaultDigestMethod" or len(steps) > _MOST_STEPS:
            raise AsicError("asic.chain", file=name)
        self._default = _hash_name(method)
        self._steps: dict[str, Element] = {}
        for step in steps:
            identifier = step.get("id", "")
            if step.tag != f"{{{NAMESPACE}}}HashStep" or not identifier or identifier in self._steps:
                raise AsicError("asic.chain", file=name, step=identifier)
            self._steps[identifier] = step
        self._evaluated: set[str] = set()

    def unused(self) -> set[str]:
        return set(self._steps) - self._evaluated

    def evaluate(self, identifier: str, algorithm: str) -> bytes:
        if identifier not in self._steps or identifier in self._evaluated:
            # A step that is used twice would make a circle possible, and one file stand for another.
            raise AsicError("asic.chain", file=self._name, step=identifier)
        self._evaluated.add(identifier)
        children = [child for child in self._steps[identifier] if isinstance(child.tag, str)]
        if not children:
            raise AsicError("asic.chain", file=self._name, step=identifier)
        return hashlib.new(algorithm, _sequence(b"".join(self._single(child) for child in children))).digest()

    def _single(self, child: Element) -> bytes:
        kind = child.tag.removeprefix(f"{{{NAMESPACE}}}")
        if kind == "StepRef":
            algorithm = self._default
            value = self.evaluate(child.get("URI", "").removeprefix("#"), algorithm)
        elif kind in {"HashValue", "DataRef"}:
            algorithm, value = _digest_of(child, self._default)
            if kind == "DataRef":
                self._prove(unquote(child.get("URI", "")).removeprefix("/"), algorithm, value)
        else:
            raise AsicError("asic.chain", file=self._name, element=kind)
        uri = next(uri for uri, name in DIGESTS.items() if name == algorithm).encode()
        return _der(0x30, _der(0x04, value) + _der(0x0C, uri) + b"\x30\x00")

    def _prove(self, name: str, algorithm: str, value: bytes) -> None:
        if not name or name in self.proven or name in self.absent:
            raise AsicError("asic.chain", file=self._name, name=name)
        if name not in self._files:
            self.absent[name] = f"{algorithm}:{value.hex()}"
        elif hashlib.new(algorithm, self._files[name]).digest() != value:
            raise AsicError("asic.chain.digest", name=name)
        else:
            self.proven.add(name)


def _malformed(reason: str) -> AsicError:
    return AsicError("asic.signature.malformed", reason=reason)


def _only(parent: Element, tag: str) -> Element:
    found = [child for child in parent if child.tag == tag]
    if len(found) != 1:
        raise _malformed(tag.rpartition("}")[2])
    return found[0]


def _require_distinct_ids(root: Element) -> None:
    seen: set[str] = set()
    for element in root.iter():
        if not isinstance(element.tag, str):
            # Comments and instructions split text, and readers differ in which half they see.
            raise _malformed("comment")
        for name, value in element.attrib.items():
            if str(name).rpartition("}")[2].lower() == "id":
                if value in seen:
                    raise _malformed("repeated-id")
                seen.add(str(value))


def _properties_of(signature: Element) -> Element:
    qualifying = _only(_only(signature, f"{{{DS}}}Object"), f"{{{XADES}}}QualifyingProperties")
    properties = _only(qualifying, f"{{{XADES}}}SignedProperties")
    target = qualifying.get("Target", "").removeprefix("#")
    if not properties.get("Id") or target != signature.get("Id", "") or not target:
        raise _malformed("target")
    if len(list(signature.iter(f"{{{XADES}}}SignedProperties"))) != 1:
        raise _malformed("SignedProperties")
    return properties


def _references(info: Element, properties: Element) -> tuple[str, ...]:
    method, *_ = [child for child in info if child.tag == f"{{{DS}}}SignatureMethod"] or [None]
    canonical = _only(info, f"{{{DS}}}CanonicalizationMethod").get("Algorithm")
    if method is None or method.get("Algorithm") not in SIGNATURE_METHODS or len(method) or canonical not in _C14N:
        raise AsicError("asic.signature.algorithm")
    names: list[str] = []
    covers_properties = 0
    for reference in info.findall(f"{{{DS}}}Reference"):
        if _hash_name(_only(reference, f"{{{DS}}}DigestMethod")) == "":
            raise AsicError("asic.signature.algorithm")
        transforms = [child.get("Algorithm") for child in reference.iter(f"{{{DS}}}Transform")]
        uri = reference.get("URI", "")
        if uri.startswith("#"):
            if uri[1:] != properties.get("Id") or reference.get("Type") != PROPERTIES_TYPE or set(transforms) - _C14N:
                raise _malformed("reference")
            covers_properties += 1
        else:
            name = unquote(uri).removeprefix("/")
            if transforms or not name or name in names or "://" in uri:
                raise _malformed("reference")
            names.append(name)
    if covers_properties != 1 or not names or len(info) != len(names) + 3:
        raise _malformed("references")
    return tuple(names)


def _certificates(signature: Element) -> tuple[bytes, ...]:
    data = _only(_only(signature, f"{{{DS}}}KeyInfo"), f"{{{DS}}}X509Data")
    found = [child for child in data if child.tag == f"{{{DS}}}X509Certificate"]
    if not found:
        raise AsicError("asic.certificate", reason="missing")
    more = signature.iter(f"{{{XADES}}}EncapsulatedX509Certificate")
    return tuple(_base64(child.text, "asic.certificate") for child in [*found, *more])


def _signing_certificate(properties: Element) -> tuple[str, bytes]:
    for name in ("SigningCertificateV2", "SigningCertificate"):
        digests = properties.findall(f".//{{{XADES}}}{name}/{{{XADES}}}Cert/{{{XADES}}}CertDigest")
        if digests:
            return _digest_of(digests[0], None)
    raise _malformed("SigningCertificate")


def _moment(properties: Element) -> datetime | None:
    text = properties.findtext(f".//{{{XADES}}}SigningTime", "")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _timestamps(signature: Element) -> tuple[bytes, ...]:
    tokens = signature.iterfind(f".//{{{XADES}}}SignatureTimeStamp/{{{XADES}}}EncapsulatedTimeStamp")
    return tuple(_base64(token.text, "asic.timestamp") for token in tokens)


def _hash_name(method: Element) -> str:
    return DIGESTS.get(method.get("Algorithm", ""), "")


def _digest_of(parent: Element, default: str | None) -> tuple[str, bytes]:
    """Return hash name and value of an element that holds DigestMethod (or has a default) and DigestValue."""
    methods = parent.findall(f"{{{DS}}}DigestMethod")
    values = parent.findall(f"{{{DS}}}DigestValue")
    name = _hash_name(methods[0]) if methods else default or ""
    if not name or len(methods) > 1 or len(values) != 1:
        raise AsicError("asic.chain", reason="digest")
    value = _base64(values[0].text, "asic.chain")
    if len(value) != hashlib.new(name).digest_size:
        raise AsicError("asic.chain", reason="digest")
    return name, value


def _base64(text: str | None, code: str) -> bytes:
    plain = "".join((text or "").split())
    try:
        value = b64decode(plain, validate=True)
    except (binascii.Error, ValueError) as error:
        raise AsicError(code, reason="base64") from error
    if b64encode(value).decode() != plain:
        raise AsicError(code, reason="base64")
    return value


def _sequence(body: bytes) -> bytes:
    return _der(0x30, body)


def _der(tag: int, body: bytes) -> bytes:
    size = len(body)
    if size < 0x80:
        return bytes((tag, size)) + body
    octets = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes((tag, 0x80 | len(octets))) + octets + body
