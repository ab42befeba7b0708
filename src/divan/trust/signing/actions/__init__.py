"""What signing does."""

from divan.trust.signing.actions.cosigning import decline_signature, request_signature
from divan.trust.signing.actions.enrolling import enrol_signatory, prepare_authority
from divan.trust.signing.actions.issuing import issue_next_document
from divan.trust.signing.actions.requesting import give_receipt, request_document, retry_document

__all__ = [
    "decline_signature",
    "enrol_signatory",
    "give_receipt",
    "issue_next_document",
    "prepare_authority",
    "request_document",
    "request_signature",
    "retry_document",
]
