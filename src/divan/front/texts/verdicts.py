"""What a verified file proves, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from divan.foundation.ui.numbers import number
from divan.trust.signing.values import AlterationKind, Standing, Verdict

Text = Promise | str


@dataclass(frozen=True, slots=True)
class VerdictWords:
    """How a verdict is said: its tone, its title, and what it means for whoever holds the file."""

    tone: str
    title: str
    meaning: str


_STANDINGS: Mapping[Standing, tuple[str, Text, Text]] = {
    Standing.GENUINE: (
        "good",
        _("This document is genuine"),
        _("It was issued here, byte for byte as it is, and its signature holds. Nothing was altered."),
    ),
    Standing.CONTRADICTED: (
        "bad",
        _("The record of this document was altered"),
        _(
            "The file is the one that was issued and its signature holds, but the record kept of it says otherwise. "
            "Trust the signed file; the people who run this system must look at once."
        ),
    ),
    Standing.DOUBTFUL: (
        "unknown",
        _("The file is the issued one, but its signature cannot be trusted now"),
        _("Its certificate or its timestamp cannot be confirmed at this moment."),
    ),
    Standing.ALTERED: (
        "bad",
        _("This document was altered"),
        _("It is not what was signed. Do not rely on it."),
    ),
    Standing.DIFFERENT: (
        "bad",
        _("This is not the document that was issued under this code"),
        _("Another file bears the code of a document of this house. Do not rely on it."),
    ),
    Standing.INCOMPLETE: (
        "bad",
        _("Not all have signed this document"),
        _("Whoever signed it did so soundly, but others whom it names have not. It was not issued. Do not rely on it."),
    ),
    Standing.UNKNOWN: (
        "unknown",
        _("Soundly signed, but not issued here"),
        _("The signature holds, but this house did not issue the file. Ask the body named in it."),
    ),
    Standing.UNTRUSTED: (
        "bad",
        _("Signed by nobody whom this house can trust"),
        _("The signature does not come from a recognised authority. Do not rely on it."),
    ),
    Standing.UNSIGNED: (
        "bad",
        _("This file bears no signature"),
        _("Anyone can have made it. A printed or photographed letter is verified by its code."),
    ),
    Standing.UNREADABLE: (
        "unknown",
        _("This file cannot be read"),
        _("It is damaged or protected. Ask for the original file."),
    ),
    Standing.NOT_A_PDF: (
        "unknown",
        _("This is not a PDF"),
        _("Letters of this house are PDF files. Choose the file that was given to you, or enter its code."),
    ),
}

_ALTERATIONS: Mapping[AlterationKind, Text] = {
    AlterationKind.ADDED: _("Something was added behind the signed letter, from byte %(at)s on."),
    AlterationKind.CUT: _("The end of the file is missing, from byte %(at)s on."),
    AlterationKind.CHANGED: _("The file differs from the issued one from byte %(at)s on."),
}

FIELDS: Mapping[str, Text] = {
    "code": _("code"),
    "number": _("number"),
    "title": _("subject"),
    "dated_on": _("date"),
    "recipient": _("recipient"),
    "signer_name": _("signer"),
    "signer_title": _("post of the signer"),
    "organization": _("organization"),
    "signers": _("signers"),
    "sha256": _("fingerprint"),
}
"""Fields in which a record and a file may contradict each other."""


def verdict_words(verdict: Verdict) -> VerdictWords:
    """Return how a verdict is said in the active language."""
    tone, title, meaning = _STANDINGS[verdict.standing]
    return VerdictWords(tone, str(title), str(meaning))


def alteration_words(verdict: Verdict) -> str:
    """Return where a file was altered, or an empty text."""
    if verdict.alteration is None:
        return ""
    return str(_ALTERATIONS[verdict.alteration.kind]) % {"at": number(verdict.alteration.at)}


def contradicted_fields(verdict: Verdict) -> list[str]:
    """Return the fields in which record and file disagree, in words."""
    return [str(FIELDS.get(name, name)) for name in verdict.contradictions]
