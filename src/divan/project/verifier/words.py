"""What a judgement says in words, Persian or English, with the catalogues of the house and without Django."""

from __future__ import annotations

import gettext
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from divan.project.verifier.judgement import Coded, FileKind, Judgement, Line, Outcome
from divan_libs.persian.jalali import TEHRAN, InvalidDate, format_jalali
from divan_libs.persian.text import persian_digits

Language = Literal["fa", "en"]
Translate = Callable[[str], str]

LOCALE = Path(__file__).resolve().parents[1] / "locale"


def translator(language: Language) -> Translate:
    """Return the catalogue of a language; English where it was not compiled."""
    return gettext.translation("django", LOCALE, [language], fallback=True).gettext


def is_compiled(language: Language) -> bool:
    """Tell whether the catalogue of a language is there."""
    return gettext.find("django", str(LOCALE), [language]) is not None


def sentences(judgement: Judgement, language: Language) -> Iterator[str]:
    """Yield what a judgement says: the verdict, each problem, then what is known, and the same of what lies inside."""
    _ = translator(language)
    yield verdicts(_)[judgement.kind, judgement.outcome]
    for problem in judgement.problems:
        yield f"  ✗ {problems(_).get(problem, _('For the reason with this code:'))} [{problem}]"
    if judgement.lines and judgement.outcome is not Outcome.GENUINE:
        yield "  " + _("The file says the following; it is not proved:")
    known = labels(_)
    for line in judgement.lines:
        yield f"  {known[line.label]}: {_value(line, language, _)}"
    if judgement.inside is not None:
        yield from (f"  {line}" for line in sentences(judgement.inside, language))


def verdicts(_: Translate) -> Mapping[tuple[FileKind, Outcome], str]:
    """Return the first sentence for each kind of file and outcome."""
    return {
        (FileKind.RECEIPT, Outcome.GENUINE): _("This receipt is genuine: the log holds what it says, unaltered."),
        (FileKind.RECEIPT, Outcome.UNTRUSTED): _("This receipt is not from a log that you trust."),
        (FileKind.RECEIPT, Outcome.UNREADABLE): _("This is a proof of another application; it cannot be judged here."),
        (FileKind.RECEIPT, Outcome.ALTERED): _("This receipt was altered or damaged; it proves nothing."),
        (FileKind.PDF, Outcome.GENUINE): _("This document is genuine: it was signed, and nothing was altered since."),
        (FileKind.PDF, Outcome.UNTRUSTED): _("This document is not signed by anybody whom you trust."),
        (FileKind.PDF, Outcome.UNREADABLE): _("This document cannot be read."),
        (FileKind.PDF, Outcome.ALTERED): _("This document was altered; it is not what was signed."),
        (FileKind.EVIDENCE, Outcome.GENUINE): _("This evidence is genuine: the message took place as it says."),
        (FileKind.EVIDENCE, Outcome.UNTRUSTED): _("This evidence is not from a gateway that you trust."),
        (FileKind.EVIDENCE, Outcome.UNREADABLE): _("This evidence cannot be read."),
        (FileKind.EVIDENCE, Outcome.ALTERED): _("This evidence was altered or damaged; it proves nothing."),
        (FileKind.UNKNOWN, Outcome.UNREADABLE): _("This is no file that can be judged here."),
    }


def problems(_: Translate) -> Mapping[str, str]:
    """Return the sentence for each code of a problem that has one."""
    return _problems_of_logs(_) | _problems_of_documents(_)


def _problems_of_logs(_: Translate) -> dict[str, str]:
    return {
        "verify.unknown-kind": _("It is neither a receipt, nor a PDF, nor evidence of the exchange."),
        "verify.evidence-key-unknown": _("The key that sealed it is not among those you trust."),
        "tlog.note.unsigned": _("The log's head is not signed by a key you trust."),
        "tlog.note.signature-invalid": _("The signature under the log's head does not hold."),
        "tlog.checkpoint.log-signature-missing": _("The log itself has not signed its head."),
        "tlog.proof.root-differs": _("The entry does not lead to the signed head of the log."),
        "tlog.commitment.differs": _("The content is not what was sealed."),
        "tlog.receipt.malformed": _("The receipt is damaged."),
        "tlog.receipt.foreign": _("It carries no content of this system."),
        "exchange.evidence.signature": _("The signature under the evidence does not hold."),
        "exchange.evidence.proof": _("The message does not lead to the signed root."),
        "exchange.evidence.intent": _("Request and answer do not belong together."),
        "exchange.evidence.payload": _("The evidence is damaged."),
    }


def _problems_of_documents(_: Translate) -> dict[str, str]:
    return {
        "pki.pdf.not-a-pdf": _("It is not a PDF."),
        "pki.pdf.unreadable": _("The PDF is damaged."),
        "pki.pdf.encrypted": _("The PDF is locked with a password."),
        "pki.pdf.unsigned": _("The PDF carries no signature."),
        "pki.pdf.signature-unreadable": _("The signature is damaged."),
        "pki.pdf.altered": _("The content is not what was signed."),
        "pki.pdf.partly-covered": _("The signature does not cover the whole document."),
        "pki.pdf.changed-after-signing": _("Something was added after the signature."),
        "pki.pdf.untrusted": _("The signer's certificate does not come from an authority you trust."),
        "pki.pdf.certificate-expired": _("The signer's certificate had expired."),
        "pki.pdf.certificate-not-yet-valid": _("The signer's certificate was not valid yet."),
        "verify.signers-missing": _("Not all whom the letter names have signed it; it was not issued."),
        "pki.pdf.certificate-unfit": _("The signer's certificate is not meant for documents."),
        "pki.pdf.weak-algorithm": _("The signature uses an algorithm that is too weak."),
        "pki.pdf.timestamp-missing": _("No timestamp proves when it was signed."),
        "pki.pdf.timestamp-altered": _("The timestamp does not belong to the signature."),
        "pki.pdf.timestamp-untrusted": _("The timestamp does not come from an authority you trust."),
    }


def labels(_: Translate) -> Mapping[str, str]:
    """Return the words for each label of a line."""
    return _labels_of_facts(_) | _labels_of_documents(_) | _labels_of_messages(_)


def _labels_of_facts(_: Translate) -> dict[str, str]:
    return {
        "record": _("Content"),
        "what": _("What happened"),
        "subject": _("To what"),
        "who": _("Who"),
        "who.uuid": _("Identifier of the person"),
        "who.post": _("Identifier of the post"),
        "who.on_behalf_of": _("On behalf of"),
        "when": _("When"),
        "number": _("Number"),
        "speaks-of": _("Speaks of the file"),
        "speaks-of.hash": _("Speaks of the file with this SHA-256"),
        "log": _("Log"),
        "position": _("Place in the log"),
        "size": _("Entries in the log at that time"),
        "witness": _("Witness"),
        "witness.when": _("Seen by the witness at"),
    }


def _labels_of_documents(_: Translate) -> dict[str, str]:
    return {
        "letter.date": _("Dated"),
        "letter.about": _("About"),
        "recipient": _("Recipient"),
        "signer": _("Signed by"),
        "signer.missing": _("Has not signed"),
        "signer.title": _("Post or title"),
        "signer.organization": _("Organization"),
        "signer.national-code": _("National code"),
        "signer.legal-id": _("Legal identifier"),
        "signed-at.proven": _("Signed at, proved by a timestamp"),
        "signed-at.claimed": _("Signed at, as the signer says"),
        "certificate": _("Number of the certificate"),
        "sha256": _("SHA-256 of the file"),
    }


def _labels_of_messages(_: Translate) -> dict[str, str]:
    return {
        "message": _("Message"),
        "asked-by": _("Who asked"),
        "asked": _("Who was asked"),
        "request": _("What was asked"),
        "purpose": _("Purpose"),
        "legal-basis": _("Legal basis"),
        "request-hash": _("Hash of the request"),
        "message.began": _("Asked at"),
        "message.ended": _("Ended at"),
        "message.outcome": _("How it ended"),
        "status": _("Status of the answer"),
        "response-hash": _("Hash of the answer"),
    }


def _coded(_: Translate) -> Mapping[tuple[str, str], str]:
    return {
        ("record", "erased"): _("erased for ever; the entry stands and nobody can link it to anything"),
        ("actor", "anonymous"): _("somebody who did not sign in"),
        ("actor", "citizen"): _("a citizen"),
        ("actor", "staff"): _("an officer"),
        ("actor", "integrator"): _("an integrator"),
        ("actor", "operator"): _("an operator of the machine"),
        ("actor", "system"): _("the system itself"),
        ("message", "answered"): _("answered"),
        ("message", "unanswered"): _("no whole answer came"),
        ("message", "unsent"): _("never left"),
        ("message", "in-doubt"): _("in doubt: nobody knows whether the provider saw it"),
    }


def _value(line: Line, language: Language, _: Translate) -> str:
    match line.value:
        case Coded(group, code):
            return _coded(_).get((group, code), code)
        case datetime():
            return _moment(line.value, language)
        case date():
            return _day(line.value, language)
        case int():
            return persian_digits(str(line.value)) if language == "fa" else str(line.value)
    # What stands in a file may steer a terminal.
    return "".join(sign if sign.isprintable() else "�" for sign in line.value)


def _day(day: date, language: Language) -> str:
    try:
        return format_jalali(day, "long", language)
    except InvalidDate:
        return day.isoformat()


def _moment(moment: datetime, language: Language) -> str:
    there = moment.astimezone(TEHRAN)
    day = _day(there.date(), language)
    time = f"{there:%H:%M:%S}"
    return f"{day}، {persian_digits(time)}" if language == "fa" else f"{day}, {time} (Tehran)"
