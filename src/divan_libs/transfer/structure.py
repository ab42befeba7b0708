"""The structure of an archive as Noark 5 (v5.0) writes it, element by element, so that memory does not grow.

Years and counts of the registers are those of the solar Hijri calendar, as the letters bear them; dates are Gregorian.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import BinaryIO
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from divan_libs.transfer.values import Archive, Class, Document, File, Movement, Party, Record, Volume

NAMESPACE = "http://www.arkivverket.no/standarder/noark5/arkivstruktur"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"

GRADES = {
    "confidential": "Begrenset (sikkerhetsgrad)",
    "highly-confidential": "Konfidensielt (sikkerhetsgrad)",
    "secret": "Hemmelig (sikkerhetsgrad)",
    "top-secret": "Strengt hemmelig (sikkerhetsgrad)",
}
DIRECTIONS = {
    "incoming": "Inngående dokument",
    "outgoing": "Utgående dokument",
    "internal": "Organinternt dokument for oppfølging",
}
DECISIONS = {"destroy": "Kasseres", "transfer": "Bevares", "assess": "Vurderes senere"}
ROLES = {"sender": "Avsender", "receiver": "Mottaker", "copy": "Kopimottaker"}
FLOWS = {
    "done": "Godkjent",
    "refused": "Sendt tilbake til forrige saksbehandler med kommentarer",
    "recalled": "Ikke godkjent",
    "open": "Ikke godkjent",
}
_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
NOBODY = "-"
"""Stands where the format wants a name and the letter has none."""


def moment(at: datetime) -> str:
    """Return a moment as the format writes it: in UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _clean(text: str) -> str:
    """Return a text without the characters that no XML document may hold."""
    return _UNFIT.sub("", text)


class StructureWriter:
    """Writes one ``arkivstruktur.xml``; what was opened is closed in reverse order by its writer."""

    def __init__(self, out: BinaryIO) -> None:
        self._xml = XMLGenerator(out, encoding="utf-8", short_empty_elements=True)

    def _open(self, name: str, kind: str = "") -> None:
        self._xml.startElement(name, AttributesImpl({"xsi:type": kind} if kind else {}))

    def _close(self, name: str) -> None:
        self._xml.endElement(name)
        self._xml.characters("\n")

    def _say(self, name: str, value: object) -> None:
        if value is None or value == "":
            return
        self._xml.startElement(name, AttributesImpl({}))
        self._xml.characters(_clean(str(value)))
        self._xml.endElement(name)

    def _made(self, at: datetime, by: str) -> None:
        self._say("opprettetDato", moment(at))
        self._say("opprettetAv", by or NOBODY)

    def _ended(self, at: datetime, by: str) -> None:
        self._say("avsluttetDato", moment(at))
        self._say("avsluttetAv", by or NOBODY)

    def begin(self, archive: Archive) -> None:
        """Write the archive, its one series and the head of its plan."""
        self._xml.startDocument()
        self._xml.startElement("arkiv", AttributesImpl({"xmlns": NAMESPACE, "xmlns:xsi": INSTANCE}))
        self._say("systemID", archive.uuid)
        self._say("tittel", archive.creator)
        self._say("beskrivelse", "Years and numbers of registers: solar Hijri calendar.")
        self._say("arkivstatus", "Avsluttet")
        self._say("dokumentmedium", "Elektronisk arkiv")
        self._made(archive.opened_at, archive.creator)
        self._ended(archive.made_at, archive.made_by)
        self._open("arkivskaper")
        self._say("arkivskaperID", archive.creator_code)
        self._say("arkivskaperNavn", archive.creator)
        self._close("arkivskaper")
        self._open("arkivdel")
        self._say("systemID", archive.part_uuid)
        self._say("tittel", archive.creator)
        self._say("arkivdelstatus", "Avsluttet periode")
        self._made(archive.opened_at, archive.creator)
        self._ended(archive.made_at, archive.made_by)
        self._open("klassifikasjonssystem")
        self._say("systemID", archive.system_uuid)
        self._say("tittel", archive.creator)
        self._made(archive.opened_at, archive.creator)

    def end(self) -> None:
        """Close what :meth:`begin` opened."""
        for name in ("klassifikasjonssystem", "arkivdel", "arkiv"):
            self._close(name)
        self._xml.endDocument()

    def open_class(self, one: Class) -> None:
        """Begin a class; classes or files follow in it, never both."""
        self._open("klasse")
        self._say("systemID", one.uuid)
        self._say("klasseID", one.code)
        self._say("tittel", one.title)
        self._made(one.made_at, one.made_by)

    def close_class(self) -> None:
        """End a class."""
        self._close("klasse")

    def open_file(self, one: File) -> None:
        """Begin a file; its volumes follow."""
        self._open("mappe", "saksmappe")
        self._folder(one.uuid, one.code, one.title)
        self._made(one.opened_at, one.opened_by)
        self._ended(one.closed_at, one.closed_by)
        if one.decision in DECISIONS and one.years is not None and one.due_on is not None:
            self._open("kassasjon")
            self._say("kassasjonsvedtak", DECISIONS[one.decision])
            self._say("kassasjonshjemmel", one.basis)
            self._say("bevaringstid", one.years)
            self._say("kassasjonsdato", one.due_on.isoformat())
            self._close("kassasjon")
        self._grade(one.secrecy, one.opened_at, one.opened_by)

    def _folder(self, uuid: str, code: str, title: str) -> None:
        self._say("systemID", uuid)
        self._say("mappeID", code)
        self._say("tittel", title)
        self._say("dokumentmedium", "Elektronisk arkiv")

    def close_file(self, one: File) -> None:
        """End a file with what the format says of it last."""
        self._say("saksaar", one.year)
        self._say("sakssekvensnummer", one.number)
        self._say("saksdato", one.opened_at.astimezone(UTC).date().isoformat())
        self._say("administrativEnhet", one.unit)
        self._say("saksansvarlig", one.opened_by or NOBODY)
        self._say("saksstatus", "Avsluttet")
        self._close("mappe")

    def open_volume(self, one: Volume) -> None:
        """Begin a volume; its letters follow."""
        self._open("mappe")
        self._folder(one.uuid, one.code, one.title)
        self._made(one.opened_at, one.opened_by)
        self._ended(one.closed_at, one.closed_by)
        self._refer(one.also)

    def close_volume(self) -> None:
        """End a volume."""
        self._close("mappe")

    def _refer(self, others: tuple[str, ...]) -> None:
        for other in others:
            self._open("kryssreferanse")
            self._say("referanseTilRegistrering", other)
            self._close("kryssreferanse")

    def _grade(self, secrecy: str, at: datetime, by: str) -> None:
        if secrecy not in GRADES:
            return
        self._open("gradering")
        self._say("grad", GRADES[secrecy])
        self._say("graderingsdato", moment(at))
        self._say("gradertAv", by or NOBODY)
        self._close("gradering")

    def record(self, one: Record, places: dict[str, str]) -> None:
        """Write a letter; ``places`` tells where in the folder each of its documents lies."""
        self._open("registrering", "journalpost")
        self._say("systemID", one.uuid)
        self._made(one.registered_at, one.filed_by)
        self._say("arkivertDato", moment(one.filed_at))
        self._say("arkivertAv", one.filed_by or NOBODY)
        self._grade(one.secrecy, one.registered_at, one.filed_by)
        for number, document in enumerate(one.documents, start=1):
            self._document(document, number, places[document.uuid], one)
        self._say("registreringsID", one.number)
        self._say("tittel", one.title or one.number)
        for word in one.keywords:
            self._say("noekkelord", word)
        self._say("dokumentmedium", "Elektronisk arkiv")
        self._refer(one.refers)
        for party in one.parties or (Party(role="receiver", name=NOBODY),):
            self._open("korrespondansepart")
            self._say("korrespondanseparttype", ROLES[party.role])
            self._say("korrespondansepartNavn", party.name or NOBODY)
            self._close("korrespondansepart")
        self._journal(one)
        self._close("registrering")

    def _journal(self, one: Record) -> None:
        self._say("journalaar", one.year)
        self._say("journalsekvensnummer", one.count)
        self._say("journalpostnummer", one.count)
        self._say("journalposttype", DIRECTIONS[one.direction])
        self._say("journalstatus", "Arkivert")
        self._say("journaldato", one.registered_at.astimezone(UTC).date().isoformat())
        self._say("dokumentetsDato", one.dated_on.isoformat() if one.dated_on else None)
        self._say("mottattDato", moment(one.received_at) if one.received_at else None)
        self._say("forfallsdato", one.due_on.isoformat() if one.due_on else None)
        self._say("antallVedlegg", sum(not document.main for document in one.documents))
        self._say("journalenhet", one.unit)
        if one.closed_at is not None:
            self._open("avskrivning")
            self._say("avskrivningsdato", one.closed_at.astimezone(UTC).date().isoformat())
            self._say("avskrevetAv", one.unit or NOBODY)
            self._say("avskrivningsmaate", "Besvart med brev" if one.answered_by else "Tatt til orientering")
            self._say("referanseAvskrivesAvJournalpost", one.answered_by)
            self._close("avskrivning")
        for movement in one.movements:
            self._movement(movement)
        if any(document.signed for document in one.documents):
            self._signature(one)

    def _movement(self, one: Movement) -> None:
        self._open("dokumentflyt")
        self._say("flytTil", one.to or NOBODY)
        self._say("flytFra", one.by or NOBODY)
        self._say("flytMottattDato", moment(one.read_at or one.sent_at))
        self._say("flytSendtDato", moment(one.sent_at))
        self._say("flytStatus", FLOWS[one.state])
        self._say("flytMerknad", one.note)
        self._close("dokumentflyt")

    def _signature(self, one: Record) -> None:
        """Say that the letter is signed; whoever takes it over verifies the signature in the PDF itself."""
        self._open("elektroniskSignatur")
        self._say("elektroniskSignaturSikkerhetsnivaa", "Sendt med PKI/'person standard'-sertifikat")
        self._say("elektroniskSignaturVerifisert", "Signatur påført, ikke verifisert")
        self._say("verifisertDato", one.registered_at.astimezone(UTC).date().isoformat())
        self._say("verifisertAv", one.filed_by or NOBODY)
        self._close("elektroniskSignatur")

    def _document(self, one: Document, number: int, place: str, of: Record) -> None:
        self._open("dokumentbeskrivelse")
        self._say("systemID", one.uuid)
        self._say("dokumenttype", "Brev" if one.main else "Vedlegg")
        self._say("dokumentstatus", "Dokumentet er ferdigstilt")
        self._say("tittel", one.name or of.number)
        self._made(one.stored_at, of.filed_by)
        self._say("tilknyttetRegistreringSom", "Hoveddokument" if one.main else "Vedlegg")
        self._say("dokumentnummer", number)
        self._say("tilknyttetDato", moment(one.stored_at))
        self._say("tilknyttetAv", of.filed_by or NOBODY)
        self._open("dokumentobjekt")
        self._say("systemID", _other(one.uuid))
        self._say("versjonsnummer", 1)
        self._say("variantformat", "Arkivformat" if one.media_type == "application/pdf" else "Produksjonsformat")
        self._say("format", place.rpartition(".")[2])
        self._say("formatDetaljer", one.media_type)
        self._made(one.stored_at, of.filed_by)
        self._say("referanseDokumentfil", place)
        self._say("sjekksum", one.sha256)
        self._say("sjekksumAlgoritme", "SHA-256")
        self._say("filstoerrelse", one.size)
        self._close("dokumentobjekt")
        self._close("dokumentbeskrivelse")


def _other(uuid: str) -> str:
    """Return the identifier of a document's one version, made of the document's own."""
    return str(uuid5(NAMESPACE_URL, f"urn:uuid:{uuid}#1"))
