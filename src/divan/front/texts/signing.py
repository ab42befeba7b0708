"""What signing refuses, in words: title, explanation, advice."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = Promise | str

REFUSALS: Mapping[str, tuple[Text, Text, Text]] = {
    "signing.document-unknown": (
        _("There is no such document."),
        _("It may not be issued yet, or its code is mistyped."),
        _("Look at the letter once more."),
    ),
    "signing.signatory-not-enrolled": (
        _("You cannot sign in this post yet."),
        _("There is no certificate in force for it. Nothing was signed and no number was taken."),
        _("Ask the person who gives out certificates."),
    ),
    "signing.signatory-unfit": (_("This certificate cannot be used for signing."), "", ""),
    "signing.authority-absent": (
        _("No authority issues certificates here."),
        "",
        _("Bring the key file of the signatory."),
    ),
    "signing.receipt-unreadable": (_("This is no receipt of the log."), "", ""),
    "signing.document-not-failed": (_("Only a document that failed is made again."), "", ""),
    "signing.keys-unusable": (
        _("The keys of the installation cannot be used."),
        _("A file is missing, damaged or open to others."),
        "",
    ),
    "signing.timestamps-unavailable": (
        _("The timestamp authority does not answer."),
        _("Nothing is signed without a timestamp; it is tried again."),
        "",
    ),
    "signing.fonts-missing": (_("The fonts of letters are missing."), _("The front end was not built."), ""),
    "signing.wording-fault": (
        _("The wording of the letter cannot be typeset."),
        "",
        _("The author of the service must look at its template."),
    ),
    "signing.wording-too-slow": (
        _("Typesetting the letter took too long."),
        "",
        _("The author of the service must look at its template."),
    ),
    "signing.document-unsignable": (_("The letter cannot be signed."), "", ""),
    "signing.paper-invalid": (
        _("The letter cannot be set as it is."),
        _("Its text is empty or too long, or a field of it is out of its bounds."),
        _("Look at the text, the copies, the attachments and the number of the letter."),
    ),
    "signing.signers-invalid": (
        _("These persons cannot sign this letter together."),
        _("Each signs once, nine at most, and whoever begins is one of them and in turn."),
        "",
    ),
    "signing.signatory-left-post": (
        _("%(name)s does not hold the post in which this letter names them."),
        _("Nothing was signed for them."),
        _("A new letter names whoever holds the post now."),
    ),
    "signing.signature-not-awaited": (_("Your signature is not awaited here."), "", ""),
    "signing.signature-out-of-turn": (
        _("%(name)s signs before you."),
        _("The letter is signed in the order of its signers."),
        "",
    ),
    "signing.signature-declined": (
        _("One of the signers declined, so the letter is not issued."),
        "",
        _("Speak with whoever declined; then it can be tried again."),
    ),
    "signing.scan-unfit": (
        _("The picture of the letter cannot be taken."),
        _("It is gone, altered or encrypted, or neither PDF, JPEG nor PNG."),
        _("Scan the paper again."),
    ),
}
