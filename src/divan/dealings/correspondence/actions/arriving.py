"""What another system sent: its files are checked, scanned and stored, and the letter is taken in once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import PurePath
from uuid import UUID

from divan.dealings.correspondence import queries
from divan.dealings.correspondence.actions.intake import take_in
from divan.dealings.correspondence.adapters.pages import count_pages, join_pages
from divan.dealings.correspondence.values import (
    Arrived,
    Deviation,
    Intake,
    IntakeFile,
    KeyTaken,
    NobodyCleared,
    PagesUnfit,
    Parcel,
    ParcelFile,
    PartsMissing,
    Peer,
    Secretariat,
)
from divan.foundation import files
from divan.foundation.actors import Actor
from divan.foundation.faults import power_may_fail
from divan_libs.ece.contents import Content
from divan_libs.ece.sniffing import EXTENSIONS, GIF, JPEG, PDF, PNG, TIFF, media_type_of

PICTURES = (TIFF, JPEG, PNG, GIF)
JOINED = "letter.pdf"


def take_in_parcel(
    *, peer: Peer, parcel: Parcel, sealed: bytes | None = None, seal: str = "", actor: Actor, now: datetime
) -> Intake:
    """Take in a letter that another system sent in this house's own form; sent again, it is taken once.

    What its sender sealed is kept with the seal, so that it can be proved later whose letter it was.

    :raises SecretariatUnknown, RecipientClosed: if it goes to nobody here.
    :raises KeyTaken: if another letter of this system has its key.
    :raises NobodyCleared: if no post of the secretariat may read letters of its secrecy.
    :raises PartsMissing: if bytes of its files have not come.
    :raises FileEmpty, FileTypeUnknown, FileInfected: if one of its files is not taken; then none is.
    :raises ScannerSilent: the scanner gave no verdict; it may be sent again.
    """
    digest = queries.digest_of(parcel)
    known = queries.find_intake(peer, parcel.key)
    if known is not None:
        return _same(queries.intake_of(known), digest)
    owner = queries.find_target(parcel.secretariat, parcel.body)
    if not queries.is_anybody_cleared(owner, parcel.letter.secrecy, now):
        raise NobodyCleared(secrecy=parcel.letter.secrecy)
    missing = [one.sha256 for one in parcel.files if one.content is None]
    if missing:
        raise PartsMissing(files=missing)
    stored = [_stored(one, actor=actor, now=now) for one in parcel.files]
    receipt = {"target": peer.name, "key": parcel.key, "digest": digest, **({"seal": seal} if seal else {})}
    original = None
    if sealed is not None:
        made = files.store_made(name="letter.json", content=sealed, media_type="application/json", actor=actor, now=now)
        original = made.uuid
    taken = _take(owner, peer, parcel, tuple(stored), receipt, original=original, actor=actor, now=now)
    # Two that came at the same moment under one key: the second finds the first's row, and is compared with it.
    return _same(taken, digest)


def _same(known: Intake, digest: str) -> Intake:
    if known.arrived.receipt.get("digest") != digest:
        raise KeyTaken
    return known


def _take(
    owner: Secretariat,
    peer: Peer,
    parcel: Parcel,
    stored: tuple[IntakeFile, ...],
    receipt: Mapping[str, object],
    *,
    problem: str = "",
    original: UUID | None = None,
    actor: Actor,
    now: datetime,
) -> Intake:
    sender, odd = queries.known_sender(peer, parcel.letter.sender)
    arrived = replace(
        parcel.letter,
        sender=sender,
        files=stored,
        receipt=dict(receipt),
        original=original,
        deviations=(*parcel.letter.deviations, *odd),
        problem=problem,
    )
    power_may_fail("parcel.before-intake")
    return take_in(
        secretariat=owner.uuid,
        channel=peer.channel,
        key=queries.intake_key(peer, parcel.key),
        arrived=arrived,
        actor=actor,
        now=now,
    )


def _stored(one: ParcelFile, *, actor: Actor, now: datetime) -> IntakeFile:
    content = one.content or b""
    media_type = media_type_of(Content.of_bytes(content))
    if media_type not in EXTENSIONS:
        raise files.FileTypeUnknown(name=one.name)
    name = one.name if PurePath(one.name).suffix.lower()[1:] in EXTENSIONS[media_type] else ""
    kept = files.store_received(
        name=name or f"{one.name[:180]}.{EXTENSIONS[media_type][0]}",
        content=content,
        media_type=media_type,
        actor=actor,
        now=now,
    )
    pages = one.pages
    if media_type == PDF:
        try:
            pages = count_pages(content)
        except PagesUnfit:
            pages = one.pages
    return IntakeFile(file_uuid=kept.uuid, name=kept.name, role=one.role, description=one.description, pages=pages)


def take_in_ece(
    *,
    secretariat: Secretariat,
    peer: Peer,
    parcel: Parcel,
    original: bytes,
    receipt: Mapping[str, object],
    actor: Actor,
    now: datetime,
) -> Intake:
    """Take in a letter of ECE; sent again, it is taken once. Its octets are kept as they came.

    The format has no way to refuse, so nothing is turned away: files of types that are not taken are left out and
    named, and a letter with something infected waits without any file for a person. Pages that came as pictures become
    one document.

    :raises ScannerSilent: the scanner gave no verdict; it may be taken again.
    """
    # The same octets may be mailed to several secretariats of the house: each takes its own.
    known = queries.find_intake(peer, parcel.key, secretariat.uuid)
    if known is not None:
        return queries.intake_of(known)
    told = {"key": parcel.key, **receipt}
    odd: list[Deviation] = []
    try:
        kept = _store_ece(parcel, odd, actor=actor, now=now)
    except files.FileInfected as infected:
        odd.append(Deviation(code="file-infected", text=str(infected.facts.get("found", ""))))
        letter = replace(parcel.letter, deviations=(*parcel.letter.deviations, *odd))
        light = replace(parcel, letter=letter)
        return _take(secretariat, peer, light, (), told, problem=infected.code, actor=actor, now=now)
    whole = files.store_made(
        name="letter.xml", content=original, media_type="application/xml", actor=actor, now=now
    ).uuid
    letter = replace(parcel.letter, deviations=(*parcel.letter.deviations, *odd))
    return _take(
        secretariat, peer, replace(parcel, letter=letter), tuple(kept), told, original=whole, actor=actor, now=now
    )


def _store_ece(parcel: Parcel, odd: list[Deviation], *, actor: Actor, now: datetime) -> list[IntakeFile]:
    kept = []
    for one in parcel.files:
        try:
            kept.append(_stored(one, actor=actor, now=now))
        except (files.FileTypeUnknown, files.FileEmpty):
            odd.append(Deviation(code="file-left-out", text=one.name))
    origins = [one for one in kept if one.role == "origin"]
    types = [files.get_file(one.file_uuid).media_type for one in origins]
    if not origins or any(media_type not in PICTURES for media_type in types):
        return kept
    try:
        contents = (files.read_file(one.file_uuid) for one in origins)
        joined = join_pages(list(zip(types, contents, strict=True)))
    except PagesUnfit:
        odd.append(Deviation(code="pages-not-joined"))
        return kept
    made = files.store_made(name=JOINED, content=joined.content, media_type=PDF, actor=actor, now=now)
    first = IntakeFile(file_uuid=made.uuid, name=made.name, role="origin", pages=joined.pages)
    return [first, *(one for one in kept if one.role != "origin")]


def take_in_broken(
    *,
    secretariat: Secretariat,
    peer: Peer,
    key: str,
    problem: str,
    subject: str,
    original: bytes | None,
    receipt: Mapping[str, object],
    actor: Actor,
    now: datetime,
) -> Intake:
    """Take in something that cannot be read, so that a person looks at it; sent again, it is taken once."""
    known = queries.find_intake(peer, key, secretariat.uuid)
    if known is not None:
        return queries.intake_of(known)
    kept = None
    if original is not None:
        kept = files.store_made(
            name="received.bin", content=original, media_type="application/octet-stream", actor=actor, now=now
        ).uuid
    parcel = Parcel(key=key, letter=Arrived(subject=subject[:300]))
    return _take(
        secretariat, peer, parcel, (), {"key": key, **receipt}, problem=problem, original=kept, actor=actor, now=now
    )
