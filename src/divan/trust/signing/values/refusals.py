"""What signing refuses, and what it cannot do now."""

from __future__ import annotations

from divan.foundation.errors import Refusal, Trouble


class DocumentUnknown(Refusal):
    """There is no such document, or it is not issued yet."""

    code = "signing.document-unknown"
    status = 404


class SignatoryNotEnrolled(Refusal):
    """The person has no certificate in force for signing in this post."""

    code = "signing.signatory-not-enrolled"


class SignatoryUnfit(Refusal):
    """The certificate cannot be issued or taken for this signatory; ``reason`` is a code of `divan_libs.pki`."""

    code = "signing.signatory-unfit"
    status = 422


class AuthorityAbsent(Refusal):
    """No authority issues certificates here: bring the signatory's key file, or configure trusted roots."""

    code = "signing.authority-absent"


class ReceiptUnreadable(Refusal):
    """What was given is no receipt of the log; it is not embedded in a document."""

    code = "signing.receipt-unreadable"
    status = 422


class DocumentNotFailed(Refusal):
    """Only a document whose making failed is tried again by hand."""

    code = "signing.document-not-failed"


class KeysUnusable(Trouble):
    """A key or certificate file of the installation is missing, damaged or open to others."""

    code = "signing.keys-unusable"


class TimestampsUnavailable(Trouble):
    """The timestamp authority does not answer; nothing is signed without a timestamp."""

    code = "signing.timestamps-unavailable"


class FontsMissing(Trouble):
    """The fonts of letters are not there: the front end was not built."""

    code = "signing.fonts-missing"


class WordingFault(Refusal):
    """The wording cannot be typeset; ``detail`` says where, for the author of the package."""

    code = "signing.wording-fault"
    status = 422


class WordingTooSlow(Refusal):
    """Typesetting the wording took longer than any letter takes, or more memory, and was stopped."""

    code = "signing.wording-too-slow"
    status = 422


class DocumentUnsignable(Refusal):
    """The typeset file cannot be signed."""

    code = "signing.document-unsignable"


class PaperInvalid(Refusal):
    """The letter's paper cannot be set; ``field`` names what is wrong and ``reason`` how."""

    code = "signing.paper-invalid"
    status = 422


class SignersInvalid(Refusal):
    """The signers of a document cannot be these; ``reason`` is ``twice``, ``first`` or ``too-many``."""

    code = "signing.signers-invalid"
    status = 422


class SignatoryLeftPost(Refusal):
    """The signatory does not hold the post now in which the letter names them."""

    code = "signing.signatory-left-post"


class SignatureNotAwaited(Refusal):
    """This person's signature is not awaited here: no signer of it, signed already, or the document is done."""

    code = "signing.signature-not-awaited"


class SignatureOutOfTurn(Refusal):
    """Others sign before this person, as the letter has its order; ``name`` is who is next."""

    code = "signing.signature-out-of-turn"


class SignatureDeclined(Refusal):
    """One of the signers declined, so the document is not issued."""

    code = "signing.signature-declined"


class ScanUnfit(Refusal):
    """The scan of a letter signed by hand cannot be taken: it is gone, or of a kind that cannot be set on a page."""

    code = "signing.scan-unfit"
    status = 422
