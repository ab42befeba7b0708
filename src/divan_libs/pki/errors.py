"""What can go wrong with keys, certificates, timestamps and signing; each error carries a stable code and its data."""

from pathlib import Path
from typing import ClassVar


class PkiError(Exception):
    """An error of this library; ``code`` is stable and is what faces translate."""

    code: ClassVar[str] = "pki.error"


class KeyFileExists(PkiError):
    """A key is never overwritten: whatever was signed with it may still have to be answered for."""

    code = "pki.key.exists"

    def __init__(self, path: Path) -> None:
        super().__init__(f"a key file already exists: {path}")
        self.path = path


class KeyFileExposed(PkiError):
    """The key file can be read or written by others than its owner."""

    code = "pki.key.exposed"

    def __init__(self, path: Path, mode: int) -> None:
        super().__init__(f"key file {path} has mode {mode:04o}, it must be 0600")
        self.path = path
        self.mode = mode


class KeyFileUnreadable(PkiError):
    """The key file is missing, damaged, or locked by another passphrase."""

    code = "pki.key.unreadable"

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"key file {path} cannot be used: {reason}")
        self.path = path
        self.reason = reason


class KeyMismatch(PkiError):
    """The certificate belongs to another key."""

    code = "pki.key.certificate-mismatch"

    def __init__(self) -> None:
        super().__init__("the certificate does not belong to this private key")


class KeyUnsupported(PkiError):
    """The kind of key or hash is none that is used here; ``kind`` names it."""

    code = "pki.key.unsupported"

    def __init__(self, kind: str) -> None:
        super().__init__(f"unsupported key or hash: {kind}")
        self.kind = kind


class CertificateUnreadable(PkiError):
    """The text holds no certificate, or one that cannot be parsed."""

    code = "pki.certificate.unreadable"

    def __init__(self, reason: str) -> None:
        super().__init__(f"no readable certificate: {reason}")
        self.reason = reason


class CertificateUnfit(PkiError):
    """The certificate does not permit the use that is wanted of it; ``use`` names it."""

    code = "pki.certificate.unfit"

    def __init__(self, use: str) -> None:
        super().__init__(f"the certificate does not permit: {use}")
        self.use = use


class SubjectInvalid(PkiError):
    """A field of a certificate's subject cannot be written as given."""

    code = "pki.subject.invalid"

    def __init__(self, field: str, value: str) -> None:
        super().__init__(f"subject field {field} cannot be {value!r}")
        self.field = field
        self.value = value


class TimestampUnavailable(PkiError):
    """The timestamp authority could not be reached or answered nonsense; trying later may help."""

    code = "pki.timestamp.unavailable"

    def __init__(self, reason: str) -> None:
        super().__init__(f"timestamp authority unavailable: {reason}")
        self.reason = reason


class TimestampRefused(PkiError):
    """The timestamp authority answered, and declined; ``reason`` is its failure code of RFC 3161, 2.4.2."""

    code = "pki.timestamp.refused"

    def __init__(self, reason: str) -> None:
        super().__init__(f"timestamp refused: {reason}")
        self.reason = reason


class TimestampMismatch(PkiError):
    """The answer is a timestamp, but not of what was asked; ``part`` is ``imprint`` or ``nonce``."""

    code = "pki.timestamp.mismatch"

    def __init__(self, part: str) -> None:
        super().__init__(f"the timestamp answers another request: {part}")
        self.part = part


class PdfUnsignable(PkiError):
    """The file cannot be signed: not a PDF, encrypted, already certified, or damaged."""

    code = "pki.pdf.unsignable"

    def __init__(self, reason: str) -> None:
        super().__init__(f"the file cannot be signed: {reason}")
        self.reason = reason


class AttachmentInvalid(PkiError):
    """An attachment has no name, or a name that the document already uses."""

    code = "pki.pdf.attachment-name"

    def __init__(self, name: str) -> None:
        super().__init__(f"attachment name empty or already used: {name!r}")
        self.name = name


class RequestUnfit(PkiError):
    """A request for a certificate cannot be granted; ``reason`` tells why."""

    code = "pki.request.unfit"

    def __init__(self, reason: str) -> None:
        super().__init__(f"the request for a certificate is unfit: {reason}")
        self.reason = reason
