"""What signing records."""

from __future__ import annotations

from divan.foundation.kinds import FactKind

AUTHORITY_PREPARED = FactKind(
    "signing.authority-prepared", "The keys and roots with which the installation signs and verifies were put in order."
)
SIGNATORY_ENROLLED = FactKind("signing.signatory-enrolled", "A person got a key and certificate for signing in a post.")
DOCUMENT_REQUESTED = FactKind(
    "signing.document-requested", "A numbered document was asked for; it waits for its receipt."
)
RECEIPT_GIVEN = FactKind("signing.receipt-given", "The receipt of the sealed decision was given to its document.")
DOCUMENT_ISSUED = FactKind("signing.document-issued", "A document was made, signed, timestamped and stored.")
DOCUMENT_FAILED = FactKind("signing.document-failed", "A document cannot be made; the reason is a code.")
DOCUMENT_RETRIED = FactKind("signing.document-retried", "A document whose making failed was put up to be made again.")
SIGNATURE_AWAITED = FactKind(
    "signing.signature-awaited", "A document of several signers was asked for; it waits for this signature."
)
SIGNATURE_WANTED = FactKind("signing.signature-wanted", "One of several signers asked for the own signature.")
SIGNATURE_MADE = FactKind("signing.signature-made", "One of several signatures was made in the file.")
SIGNATURE_DECLINED = FactKind("signing.signature-declined", "One of several signers declined to sign.")
DOCUMENT_SIGNED = FactKind(
    "signing.document-signed", "A document was signed by one of its signers and kept; it waits for the others."
)
DOCUMENT_RESUMED = FactKind(
    "signing.document-resumed", "A signer asked for the own signature or declined; the document goes on."
)
MANUAL_SIGNATURE_RECORDED = FactKind(
    "signing.manual-signature-recorded",
    "A letter signed by hand was entered with its scan; the body's seal goes under it.",
)
