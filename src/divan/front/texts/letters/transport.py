"""What is said of letters on their way between systems: why one did not arrive, what was odd about one that did."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = Promise | str

_NOT_REACHED = _("The other side gave no answer.")
_UNFIT = _("The other side could not read the letter.")
_MAIL_DOWN = _("The mail server could not be reached.")

_BY_ITSELF = _("It is tried again by itself. If it must not wait, call it back and send it by another way.")
_OPERATORS_AGREE = _("The operators of both installations compare their cards and agree anew.")
_OPERATORS_HERE = _("The people who run this system must set it up; the letter goes then by itself.")
_ANOTHER_WAY = _("Send it by another way.")
_MEND_ADDRESS = _("Look at the address in the address book, then send it anew.")
_MEND_FILES = _("Mend the files of the letter by a new letter, or send it by another way.")

WORDS: Mapping[str, Mapping[str, Text]] = {
    # What the clerk can do about it. What is not here waits by itself, or says all in its reason.
    "dispatch-advice": {
        "refused": _("The other side did not take it. Mend what it says, or send it by another way."),
        "correspondence.no-answer": _BY_ITSELF,
        "exchange.silent": _BY_ITSELF,
        "exchange.server.serverproxy.network_error": _BY_ITSELF,
        "exchange.server.serverproxy.io_error": _BY_ITSELF,
        "exchange.there.server.serverproxy.network_error": _BY_ITSELF,
        "exchange.there.server.serverproxy.io_error": _BY_ITSELF,
        "ece.mail.smtp": _BY_ITSELF,
        "correspondence.parts-missing": _BY_ITSELF,
        "correspondence.not-at-exchange": _(
            "The people who run both systems must agree on letters first; then it goes by itself. Or call it back and "
            "send it by another way."
        ),
        "exchange.server.serverproxy.access_denied": _OPERATORS_AGREE,
        "exchange.server.serverproxy.unknown_service": _OPERATORS_AGREE,
        "exchange.server.serverproxy.ssl_authentication_failed": _OPERATORS_AGREE,
        "exchange.server.serverproxy.service_disabled": _OPERATORS_AGREE,
        "exchange.server.serverproxy.unknown_host": _OPERATORS_AGREE,
        "exchange.server.clientproxy.unknown_member": _OPERATORS_HERE,
        "exchange.there.server.clientproxy.ssl_authentication_failed": _OPERATORS_AGREE,
        "exchange.there.server.clientproxy.unknown_member": _OPERATORS_AGREE,
        "exchange.there.server.serverproxy.access_denied": _OPERATORS_AGREE,
        "exchange.seal-unfit": _OPERATORS_AGREE,
        "exchange.seal-stale": _("The people who run both systems set the clocks; then it goes by itself."),
        "exchange.agreement-unknown": _OPERATORS_AGREE,
        "correspondence.peer-unknown": _OPERATORS_AGREE,
        "correspondence.called-back": _(
            "Send it by another way. If it arrived there after all, they get the same letter twice."
        ),
        "correspondence.mailbox-missing": _OPERATORS_HERE,
        "correspondence.product-missing": _OPERATORS_HERE,
        "correspondence.connections-unfit": _OPERATORS_HERE,
        "ece.mail.smtp.certificate": _OPERATORS_HERE,
        "ece.mail.smtp.sign-in": _OPERATORS_HERE,
        "correspondence.secretariat-unknown": _MEND_ADDRESS,
        "ece.mail.rejected": _MEND_ADDRESS,
        "ece.mail.returned": _MEND_ADDRESS,
        "ece.mail.address": _MEND_ADDRESS,
        "correspondence.recipient-closed": _MEND_ADDRESS,
        "correspondence.nobody-cleared": _("Send it by courier, or have somebody cleared there first."),
        "correspondence.key-taken": _("Send it anew: it goes under another identifier then."),
        "correspondence.parcel-unfit": _ANOTHER_WAY,
        "correspondence.parcel-too-large": _ANOTHER_WAY,
        "foundation.file-infected": _MEND_FILES,
        "foundation.file-type-unknown": _MEND_FILES,
        "foundation.not-found": _MEND_FILES,
        "ece.write.classification": _("Send it by courier."),
        "ece.write.part-type": _ANOTHER_WAY,
        "ece.write.incomplete": _ANOTHER_WAY,
        "ece.write.too-large": _ANOTHER_WAY,
    },
    # Why a letter is on its way still, or came back. What is not here is told by its code.
    "dispatch-problem": {
        "refused": _("The secretariat there did not take it."),
        "dropped": _("It was given up."),
        "correspondence.no-answer": _NOT_REACHED,
        "exchange.silent": _NOT_REACHED,
        "correspondence.not-at-exchange": _("The recipient's system does not take letters at the exchange."),
        "exchange.server.serverproxy.access_denied": _("The exchange has no permit for letters to this recipient."),
        "exchange.server.serverproxy.unknown_service": _("The exchange does not know the recipient's system."),
        "exchange.server.clientproxy.unknown_member": _("The exchange does not know this system itself."),
        "exchange.server.serverproxy.ssl_authentication_failed": _(
            "The other installation did not prove who it is: its certificate is not the one that was agreed upon."
        ),
        "exchange.server.serverproxy.network_error": _("The other installation could not be reached."),
        "exchange.server.serverproxy.unknown_host": _("The address of the other installation does not exist."),
        "exchange.server.serverproxy.io_error": _("The other installation answered too late."),
        "exchange.server.serverproxy.service_disabled": _("The agreement with the other installation has ended."),
        "exchange.there.server.clientproxy.ssl_authentication_failed": _(
            "The other installation does not take our certificate for the one that was agreed upon."
        ),
        "exchange.there.server.clientproxy.unknown_member": _("The other installation does not know ours."),
        "exchange.there.server.serverproxy.access_denied": _("The other installation lets no letters of ours in."),
        "exchange.there.server.serverproxy.network_error": _("The other installation is at work on itself."),
        "exchange.there.server.serverproxy.io_error": _("The other installation is at work on itself."),
        "exchange.seal-unfit": _("The other installation does not find our seal on the letter."),
        "exchange.seal-stale": _("The clocks of the two installations differ too much."),
        "exchange.agreement-unknown": _("The other installation has no agreement with ours any more."),
        "correspondence.called-back": _("It was called back, because nobody took it."),
        "correspondence.secretariat-unknown": _("There is no such secretariat at the other side."),
        "correspondence.recipient-closed": _("The recipient takes no letters any more."),
        "correspondence.receiver-not-cleared": _("The recipient is not cleared for letters of this secrecy."),
        "correspondence.referral-against-chart": _("The secretariat may not hand letters to this recipient."),
        "correspondence.nobody-cleared": _("Nobody there may read letters of this secrecy."),
        "correspondence.key-taken": _("The other side has another letter under the same identifier."),
        "correspondence.parcel-unfit": _UNFIT,
        "correspondence.parcel-too-large": _("The letter is larger than the other side takes."),
        "correspondence.parts-missing": _("The other side still waits for files of the letter."),
        "correspondence.peer-unknown": _("The other side does not know this system."),
        "correspondence.mailbox-missing": _("This secretariat has no mailbox from which it could send."),
        "correspondence.product-missing": _("The recipient's product is not set up in this system."),
        "correspondence.connections-unfit": _("The list of mailboxes and products cannot be read."),
        "foundation.file-infected": _("A file of the letter holds malware."),
        "foundation.file-type-unknown": _("A file of the letter is of a type that is not taken."),
        "foundation.not-found": _("A file of the letter is missing here."),
        "ece.mail.smtp": _MAIL_DOWN,
        "ece.mail.smtp.certificate": _("The certificate of the mail server cannot be trusted."),
        "ece.mail.smtp.sign-in": _("The mail server did not let this secretariat in."),
        "ece.mail.rejected": _("The mail server of the recipient does not take it."),
        "ece.mail.returned": _("The mail came back undeliverable."),
        "ece.mail.address": _("The address is no mail address."),
        "ece.write.classification": _("ECE carries no secret letters."),
        "ece.write.part-type": _("ECE does not carry files of this type."),
        "ece.write.incomplete": _("The letter lacks something that ECE needs."),
        "ece.write.too-large": _("The letter is too large for ECE."),
    },
    "arrival-problem": {
        "foundation.file-infected": _("A file of the letter holds malware; none of its files was kept."),
        "receipt-unmatched": _("It is a receipt for a letter that this secretariat did not send."),
        "ece.mail.too-large": _("The mail is too large to be taken; it still lies in the mailbox."),
        "ece.mail.no-message": _("The mail holds no letter of ECE."),
        "ece.mail.unreadable": _("The mail is damaged."),
        "ece.xml.not-well-formed": _("The message is damaged."),
        "ece.xml.doctype": _("The message tries to draw in other files."),
        "ece.message.root": _("The file is no letter of ECE."),
    },
    "deviation": {
        "sender-unknown": _("The address from which it came is not in the address book."),
        "sender-differs": _("The address from which it came belongs to somebody else than the letter names."),
        "file-left-out": _("A file of a type that is not taken was left out."),
        "file-infected": _("Malware was found in a file."),
        "pages-not-joined": _("The pages could not be joined into one document."),
        "mail-mark-missing": _("The mail does not say that it carries a letter of ECE."),
        "mail-mark-version": _("The mail names another version of ECE."),
        "mail-attachment-name": _("The attachment has another name than usual."),
        "mail-attachments-more": _("The mail brought several letters."),
        "mail-tnef-ignored": _("An attachment that only one mail program can open was left out."),
        "mail-body-read": _("The letter stood in the text of the mail."),
        "date-calendar": _("The date is of another calendar than it says."),
        "date-unreadable": _("The date of the letter cannot be read."),
        "classification-unknown": _("The class of secrecy is unknown and was taken as highly confidential."),
        "classification-code": _("Name and code of the class of secrecy differ; the stricter one counts."),
        "priority-unknown": _("The urgency is unknown and was taken as ordinary."),
        "letters-foreign": _("Arabic letters were read as Persian ones."),
        "content-type-differs": _("A file is of another type than the letter says."),
        "extension-differs": _("A file is of another type than its name says."),
        "type-unknown": _("The type of a file could not be told."),
        "element-missing": _("A field of the format is missing."),
        "element-unknown": _("A field that the format does not have was left out."),
        "namespace-missing": _("The message does not name its format."),
        "part-placeholder": _("The letter has an empty page in place of a text."),
    },
}

TONES: Mapping[str, str] = {}

REFUSALS: Mapping[str, tuple[Text, Text, Text]] = {
    "correspondence.key-taken": (
        _("Another letter came from this system under the same identifier."),
        _("The first one stays as it is, and this one was not taken."),
        _("Send it under an identifier of its own."),
    ),
    "correspondence.parcel-unfit": (
        _("What was sent is no letter in the form of this system."),
        "",
        _("The answer names the first place that is wrong."),
    ),
    "correspondence.parcel-too-large": (
        _("What was sent is larger than a letter may be."),
        "",
        _("Send large files in parts, or leave some out."),
    ),
    "correspondence.parts-missing": (
        _("Files that the letter names have not come yet."),
        _("The letter was not taken in."),
        _("Send the files first, then the letter again."),
    ),
    "correspondence.nobody-cleared": (
        _("Nobody at this secretariat may read letters of this secrecy."),
        _("The letter was not taken in."),
        _("Send it by courier, or have somebody cleared there first."),
    ),
    "correspondence.peer-unknown": (
        _("This door is for systems that exchange letters."),
        _("Whoever called did not prove to be one of them."),
        "",
    ),
    "correspondence.connections-unfit": (
        _("The list of mailboxes and products cannot be read."),
        "",
        _("The people who run this system see what is wrong with it."),
    ),
    "correspondence.receipt-unknown": (_("There is no such receipt to be sent."), "", ""),
}
