"""What may stand in what, in which order and how often, as far as Noark 5 v5.0 is used here; and its lists of codes.

Compared element by element with the schemas that the archive of Norway publishes (``arkivstruktur.xsd`` and
``metadatakatalog.xsd`` of version 5.0); these are not shipped; where they are at hand a test validates against them.

Each kind is a sequence of steps: the names that may stand there, the fewest and the most (None for any number).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from divan_libs.transfer.structure import DECISIONS, DIRECTIONS, FLOWS, GRADES, ROLES

Step = tuple[tuple[str, ...], int, int | None]


def _sequence(text: str) -> Sequence[Step]:
    """Read a sequence: ``name`` once, ``name?`` at most once, ``name*`` any number, ``name+`` at least one."""
    many: Mapping[str, tuple[int, int | None]] = {"?": (0, 1), "*": (0, None), "+": (1, None)}
    steps: list[Step] = []
    for word in text.split():
        least, most = many.get(word[-1], (1, 1))
        steps.append((tuple(word.rstrip("?*+").split("|")), least, most))
    return steps


_FOLDER = (
    "systemID mappeID tittel offentligTittel? beskrivelse? noekkelord* dokumentmedium? oppbevaringssted* opprettetDato"
    " opprettetAv avsluttetDato avsluttetAv referanseArkivdel* part* kryssreferanse* merknad* kassasjon? skjerming?"
    " gradering?"
)
_RECORD = (
    "systemID opprettetDato opprettetAv arkivertDato arkivertAv referanseArkivdel* part* kassasjon? skjerming?"
    " gradering? dokumentbeskrivelse* registreringsID? tittel offentligTittel? beskrivelse? noekkelord* forfatter*"
    " dokumentmedium? oppbevaringssted* merknad* kryssreferanse* korrespondansepart+"
)
SHAPES: Mapping[str, Sequence[Step]] = {
    name: _sequence(text)
    for name, text in {
        "arkiv": "systemID tittel beskrivelse? arkivstatus? dokumentmedium? oppbevaringssted* opprettetDato opprettetAv"
        " avsluttetDato avsluttetAv arkivskaper+ arkivdel+",
        "arkivskaper": "arkivskaperID arkivskaperNavn beskrivelse?",
        "arkivdel": "systemID tittel beskrivelse? arkivdelstatus dokumentmedium? opprettetDato opprettetAv"
        " avsluttetDato avsluttetAv kassasjon? klassifikasjonssystem*",
        "klassifikasjonssystem": "systemID klassifikasjonstype? tittel beskrivelse? opprettetDato opprettetAv"
        " avsluttetDato? avsluttetAv? klasse+",
        "klasse": "systemID klasseID tittel beskrivelse? noekkelord* opprettetDato opprettetAv avsluttetDato?"
        " avsluttetAv? kryssreferanse* kassasjon? skjerming? gradering? klasse* mappe* registrering*",
        "mappe": f"{_FOLDER} mappe* registrering*",
        "saksmappe": f"{_FOLDER} mappe* registrering* saksaar sakssekvensnummer saksdato administrativEnhet"
        " saksansvarlig journalenhet? saksstatus",
        "registrering": _RECORD,
        "journalpost": f"{_RECORD} journalaar journalsekvensnummer journalpostnummer journalposttype journalstatus"
        " journaldato dokumentetsDato? mottattDato? sendtDato? forfallsdato? offentlighetsvurdertDato? antallVedlegg?"
        " journalenhet? avskrivning* dokumentflyt* elektroniskSignatur?",
        "dokumentbeskrivelse": "systemID dokumenttype dokumentstatus tittel beskrivelse? forfatter* opprettetDato"
        " opprettetAv dokumentmedium? tilknyttetRegistreringSom dokumentnummer tilknyttetDato tilknyttetAv"
        " elektroniskSignatur? dokumentobjekt*",
        "dokumentobjekt": "systemID versjonsnummer variantformat format formatDetaljer? pronomMIME? pronomPUID?"
        " opprettetDato opprettetAv referanseDokumentfil sjekksum sjekksumAlgoritme filstoerrelse",
        "korrespondansepart": "korrespondanseparttype korrespondansepartNavn administrativEnhet? saksbehandler?",
        "kryssreferanse": "referanseTilKlasse? referanseTilMappe? referanseTilRegistrering?",
        "kassasjon": "kassasjonsvedtak kassasjonshjemmel? bevaringstid kassasjonsdato",
        "gradering": "grad graderingsdato gradertAv nedgraderingsdato? nedgradertAv?",
        "avskrivning": "avskrivningsdato avskrevetAv avskrivningsmaate referanseAvskrivesAvJournalpost?",
        "dokumentflyt": "flytTil flytFra flytMottattDato flytSendtDato flytStatus flytMerknad?",
        "elektroniskSignatur": "elektroniskSignaturSikkerhetsnivaa elektroniskSignaturVerifisert verifisertDato"
        " verifisertAv",
    }.items()
}

CODES: Mapping[str, frozenset[str]] = {
    "arkivstatus": frozenset({"Opprettet", "Avsluttet"}),
    "arkivdelstatus": frozenset({"Aktiv periode", "Overlappingsperiode", "Avsluttet periode", "Uaktuelle mapper"}),
    "dokumentmedium": frozenset({"Fysisk arkiv", "Elektronisk arkiv", "Blandet fysisk og elektronisk arkiv"}),
    "saksstatus": frozenset({"Under behandling", "Avsluttet", "Utgår"}),
    "journalposttype": frozenset({*DIRECTIONS.values(), "Organinternt dokument uten oppfølging", "Saksframlegg"}),
    "journalstatus": frozenset({"Journalført", "Ekspedert", "Arkivert", "Utgår"}),
    "korrespondanseparttype": frozenset({*ROLES.values(), "Gruppemottaker", "Intern avsender", "Intern mottaker"}),
    "kassasjonsvedtak": frozenset(DECISIONS.values()),
    "grad": frozenset(GRADES.values()),
    "flytStatus": frozenset(FLOWS.values()),
    "dokumentstatus": frozenset({"Dokumentet er under redigering", "Dokumentet er ferdigstilt"}),
    "tilknyttetRegistreringSom": frozenset({"Hoveddokument", "Vedlegg"}),
    "sjekksumAlgoritme": frozenset({"SHA-256"}),
    "avskrivningsmaate": frozenset(
        {
            "Besvart med brev",
            "Besvart med e-post",
            "Besvart på telefon",
            "Tatt til etterretning",
            "Tatt til orientering",
        }
    ),
    "variantformat": frozenset({"Produksjonsformat", "Arkivformat", "Dokument hvor deler av innholdet er skjermet"}),
    "elektroniskSignaturSikkerhetsnivaa": frozenset(
        {
            "Symmetrisk kryptert",
            "Sendt med PKI/virksomhetssertifikat",
            "Sendt med PKI/'person standard'-sertifikat",
            "Sendt med PKI/'person høy'-sertifikat",
        }
    ),
    "elektroniskSignaturVerifisert": frozenset({"Signatur påført, ikke verifisert", "Signatur påført og verifisert"}),
}
MOMENTS = frozenset(
    {
        "opprettetDato",
        "avsluttetDato",
        "arkivertDato",
        "mottattDato",
        "sendtDato",
        "tilknyttetDato",
        "graderingsdato",
        "flytMottattDato",
        "flytSendtDato",
    }
)
DATES = frozenset(
    {
        "saksdato",
        "journaldato",
        "dokumentetsDato",
        "forfallsdato",
        "kassasjonsdato",
        "avskrivningsdato",
        "verifisertDato",
    }
)
NUMBERS = frozenset(
    {
        "saksaar",
        "sakssekvensnummer",
        "journalaar",
        "journalsekvensnummer",
        "journalpostnummer",
        "bevaringstid",
        "antallVedlegg",
        "dokumentnummer",
        "versjonsnummer",
        "filstoerrelse",
    }
)
