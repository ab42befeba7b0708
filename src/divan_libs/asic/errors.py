"""Why a container is not read, or does not prove what it claims; each refusal carries a stable code."""

from __future__ import annotations


class AsicError(ValueError):
    """A container, a signature, a hash chain or a timestamp does not hold (``asic.*``); ``facts`` says where."""

    def __init__(self, code: str, **facts: object) -> None:
        self.code = code
        self.facts = facts
        details = ", ".join(f"{name}={value!r}" for name, value in facts.items())
        super().__init__(f"{code} ({details})" if details else code)


CODES: dict[str, str] = {
    "asic.archive": "This is no ZIP archive that can be read, or one made to harm: too large, encrypted, overlapping.",
    "asic.archive.name": "A name in the archive climbs out of it, stands twice, or is a link.",
    "asic.mimetype": "The archive does not say that it is an ASiC-E container.",
    "asic.signature.missing": "There is no META-INF/signatures.xml.",
    "asic.xml": "An XML file cannot be read, or declares entities.",
    "asic.signature.malformed": "The signature has another shape than one of the two that are known.",
    "asic.signature.algorithm": "The signature uses an algorithm that is not accepted.",
    "asic.signature.value": "The signature or a digest in it does not fit what was signed.",
    "asic.certificate": "The certificate is unreadable or not the one that the signature names.",
    "asic.certificate.untrusted": "The certificate does not lead to an authority that is trusted, or was not valid.",
    "asic.chain": "A hash chain cannot be read, or does not lead to its result.",
    "asic.chain.digest": "A file is not the one that the hash chain names.",
    "asic.uncovered": "A file of the container is under no signature.",
    "asic.timestamp": "The timestamp is not over this signature, or is damaged.",
    "asic.timestamp.untrusted": "The timestamp does not lead to an authority that is trusted.",
    "asic.timestamp.missing": "No timestamp says when the signature was there.",
}
"""What a verification finds, as stable codes with a sentence for each."""
