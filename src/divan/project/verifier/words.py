"""What a judgement says in words, Persian or English, with the catalogues of the house and without Django."""

from __future__ import annotations

import gettext
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from divan.project.verifier.judgement import Coded, FileKind, Judgement, Limit, Line, Outcome
from divan_libs.persian.jalali import TEHRAN, InvalidDate, format_jalali
from divan_libs.persian.text import persian_digits
from divan_libs.tlog.following import Observation, Seen

Language = Literal["fa", "en"]
Translate = Callable[[str], str]

JOINERS = frozenset("\u200c\u200d")
"""Zero-width non-joiner and joiner: they shape the letters beside them, and move nothing."""
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
    verdict, *reasons = _short(judgement, _)
    yield verdict
    yield from (f"  {reason}" for reason in reasons)
    if judgement.lines and judgement.outcome is not Outcome.GENUINE:
        yield "  " + _("The file says the following; it is not proved:")
    known = labels(_)
    for line in judgement.lines:
        yield f"  {known[line.label]}: {_value(line, language, _)}"
    if judgement.limits:
        yield "  " + _("It does not prove:")
        yield from (f"  – {limits(_)[limit]}" for limit in judgement.limits)
    if judgement.inside is not None:
        yield from (f"  {line}" for line in sentences(judgement.inside, language))


def verdict_and_problems(judgement: Judgement, language: Language) -> list[str]:
    """Return what a judgement says in short: the verdict and each problem, and the same of what lies inside."""
    said = _short(judgement, translator(language))
    inside = [] if judgement.inside is None else verdict_and_problems(judgement.inside, language)
    return [*said, *(f"↳ {line}" for line in inside)]


def _short(judgement: Judgement, _: Translate) -> list[str]:
    known = problems(_)
    other = _("For the reason with this code:")
    reasons = (f"✗ {known.get(problem, other)} [{problem}]" for problem in judgement.problems)
    return [verdicts(_)[judgement.kind, judgement.outcome], *reasons]


def verdicts(_: Translate) -> Mapping[tuple[FileKind, Outcome], str]:
    """Return the first sentence for each kind of file and outcome."""
    return {
        (FileKind.RECEIPT, Outcome.GENUINE): _("This receipt is genuine: the log holds what it says, unaltered."),
        (FileKind.RECEIPT, Outcome.UNTRUSTED): _("This receipt is not backed by those whom you trust."),
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
        (FileKind.FORK, Outcome.GENUINE): _(
            "This proves that the log has lied: it signed two heads that cannot both be."
        ),
        (FileKind.FORK, Outcome.UNTRUSTED): _("The heads in this file are not signed by a log that you trust."),
        (FileKind.FORK, Outcome.UNREADABLE): _("This file cannot be read; it convicts nobody."),
        (FileKind.FORK, Outcome.ALTERED): _("This file was altered, or its heads agree; it convicts nobody."),
        (FileKind.UNKNOWN, Outcome.UNREADABLE): _("This is no file that can be judged here."),
    }


def problems(_: Translate) -> Mapping[str, str]:
    """Return the sentence for each code of a problem that has one."""
    return _problems_of_logs(_) | _problems_of_documents(_)


def _problems_of_logs(_: Translate) -> dict[str, str]:
    return {
        "verify.unknown-kind": _("It is neither a receipt, nor a PDF, nor evidence of the exchange."),
        "verify.by-program-only": _("The program divan verify judges this kind of file; the page does not."),
        "verify.evidence-key-unknown": _("The key that sealed it is not among those you trust."),
        "tlog.note.unsigned": _("The log's head is not signed by a key you trust."),
        "tlog.note.signature-invalid": _("The signature under the log's head does not hold."),
        "tlog.checkpoint.log-signature-missing": _("The log itself has not signed its head."),
        "tlog.proof.root-differs": _("The entry does not lead to the signed head of the log."),
        "tlog.commitment.differs": _("The content is not what was sealed."),
        "tlog.receipt.malformed": _("The receipt is damaged."),
        "tlog.proof.length": _("The proof does not fit the place that it names."),
        "tlog.proof.index-out-of-range": _("The place that it names lies outside the log."),
        "tlog.proof.hash-size": _("The proof is damaged."),
        "tlog.note.malformed": _("The head of the log is damaged."),
        "tlog.checkpoint.malformed": _("The head of the log is damaged."),
        "tlog.commitment.salt": _("The salt that binds the content to its entry is damaged."),
        "tlog.policy.unmet": _("Not enough of the witnesses that you demand have seen this log."),
        "tlog.fork.none": _("The two heads do not contradict each other."),
        "tlog.fork.malformed": _("The file is damaged."),
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


def limits(_: Translate) -> Mapping[Limit, str]:
    """Return the sentence for each thing that a genuine file does not prove."""
    return {
        Limit.TRUTH: _("that what was recorded is true: a lie is sealed as a lie, by the one named here"),
        Limit.STANDING: _("that it still stands: a later decision may have changed or annulled it"),
        Limit.ONE_LOG: _("that everybody is shown the same log: you demand no independent witness of it"),
        Limit.MOMENT: _("when the log took it in: no witness has put a time to it"),
        Limit.CONTENT: _("what was recorded: the content was erased, and only its place is left"),
        Limit.SIGNING_TIME: _("when it was signed: no timestamp proves what the signer says"),
    }


def observations(_: Translate) -> Mapping[Observation, str]:
    """Return the sentence for each thing that is found in following a log."""
    return {
        Observation.FORK: _("The log has signed two heads of one size: it shows different histories."),
        Observation.REWRITTEN: _("The log has rewritten what it had signed before."),
        Observation.ROLLED_BACK: _("The log is shorter than it was."),
        Observation.SIGNATURE: _("The head of the log is not signed by the log that you follow, or was altered."),
        Observation.FILES_DIFFER: _("The published files do not lead to the signed head."),
        Observation.FORK_SEEN_BY_WITNESS: _("A witness was shown another history than you are."),
        Observation.WITHHELD: _("A witness knows a longer log than you are shown."),
        Observation.STALLED: _("The log has not grown for longer than you allow."),
        Observation.QUORUM_UNMET: _("Not enough of the witnesses that you demand have signed the head."),
        Observation.COSIGNATURES_STALE: _("The signatures of the witnesses are older than you allow."),
        Observation.MISSING: _("A file of the log is missing."),
        Observation.UNREACHABLE: _("The log cannot be reached."),
        Observation.WITNESS_UNREACHABLE: _("A witness cannot be reached, or gives no head of this log."),
    }


def finding(seen: Seen, language: Language) -> str:
    """Return what was found in one line: the sentence, the code, and the data behind it."""
    _ = translator(language)
    facts = ", ".join(f"{name}={shown(str(value))}" for name, value in seen.facts.items())
    return f"✗ {observations(_)[seen.code]} [{seen.code}]" + (f" ({facts})" if facts else "")


def head_in_order(origin: str, size: int, language: Language) -> str:
    """Return the line for a log in which nothing was found."""
    _ = translator(language)
    number = persian_digits(str(size)) if language == "fa" else str(size)
    return "✓ " + _("%(log)s is in order, with %(size)s entries.") % {"log": shown(origin), "size": number}


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
        "root": _("Root of the log at that time"),
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


def coded(_: Translate) -> Mapping[tuple[str, str], str]:
    """Return the words for each value that is a code."""
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
            return coded(_).get((group, code), code)
        case datetime():
            return _moment(line.value, language)
        case date():
            return _day(line.value, language)
        case int():
            return persian_digits(str(line.value)) if language == "fa" else str(line.value)
    return shown(line.value)


def shown(text: str) -> str:
    """Return a text without what may steer a terminal; the joiners that Persian is written with stay."""
    return "".join(sign if sign.isprintable() or sign in JOINERS else "�" for sign in text)


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
