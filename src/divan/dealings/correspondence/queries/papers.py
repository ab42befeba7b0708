"""The paper of a letter: the document to be made of it, with who signs it, or as it would be made now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID, uuid4

from django.utils.translation import gettext, override

from divan.dealings.correspondence.queries.contents import content_of
from divan.dealings.correspondence.queries.drafts import marks_of
from divan.dealings.correspondence.queries.letters import find_letters
from divan.dealings.correspondence.queries.secretariats import crest_of
from divan.dealings.correspondence.values import (
    Direction,
    Letter,
    LetterContent,
    LetterStep,
    Party,
    RecipientRole,
    RelationKind,
    RelationLine,
    RouteUnfit,
    StepKind,
    StepState,
)
from divan.registers.people import queries as people
from divan.registers.people.values import Person, Post, Unit
from divan.trust.signing import queries as signing
from divan.trust.signing.values import (
    Document,
    DocumentState,
    HandSigner,
    LetterCopy,
    Letterhead,
    LetterPaper,
    NewDocument,
    PageSize,
    ScanPaper,
    Shams,
    SignatureState,
    SignerRef,
    SigningOrder,
)
from divan.trust.signing.values import Secrecy as PaperSecrecy
from divan.trust.signing.values import Urgency as PaperUrgency
from divan_libs.persian.jalali import TEHRAN, format_jalali
from divan_libs.persian.text import persian_digits

LETTER = "correspondence.letter"
DOCUMENT_KIND = "letter"
NOT_YET = "…"
"""What stands for the number of a letter that has none yet."""

LONGEST_SHAMS_NUMBER = 20


def find_document(letter: UUID) -> Document | None:
    """Return the document asked for last of a letter, or None."""
    found = [one for one in signing.list_documents_about(letter) if one.about_kind == LETTER]
    return found[-1] if found else None


def living_document(letter: UUID) -> Document | None:
    """Return the document of a letter that is made, being made or awaiting signatures, or None.

    One that failed, or will because a signature was declined, is given up.
    """
    found = find_document(letter)
    if found is None or found.state is DocumentState.FAILED:
        return None
    is_declined = any(one.state is SignatureState.DECLINED for one in found.signatures)
    return None if is_declined else found


def signer_in(person: Person, post: Post, *, instead: bool) -> SignerRef:
    """Return a person as the signer in a post; who stands in for its holder signs so (از طرف)."""
    body = people.get_unit(post.unit.body_code)
    title = post.title_fa
    if instead:
        # Official letters are in Persian whatever the officer reads.
        with override("fa"):
            title = gettext("for the %(post)s") % {"post": title}
    return SignerRef(
        person=person.uuid,
        national_code=person.national_code,
        name=person.full_name,
        post=post.uuid,
        title=title,
        organization=body.name_fa,
        legal_id=body.legal_id,
    )


def signature_steps(content: LetterContent) -> list[LetterStep]:
    """Return the signatures of the newest round of a letter, in the order in which they stand."""
    newest = max((step.round for step in content.steps), default=0)
    return [step for step in content.steps if step.round == newest and step.kind is StepKind.SIGNATURE]


def signers_of(content: LetterContent, now: datetime, *, acting: tuple[UUID, UUID] | None = None) -> list[SignerRef]:
    """Return who signs a letter: who has signed, ``acting`` (post and person) in theirs, the holders of the others.

    :raises RouteUnfit: if a post is vacant.
    """
    steps = signature_steps(content)
    posts = people.find_posts([step.post for step in steps])
    found = []
    for step in steps:
        holder = people.holder_of(step.post, now)
        person = holder
        if acting is not None and step.post == acting[0]:
            person = people.get_person(acting[1])
        elif step.state is StepState.DONE and step.acted_by is not None:
            person = people.get_person(step.acted_by)
        if person is None:
            raise RouteUnfit(reason="vacant", names=posts[step.post].title_fa)
        instead = holder is not None and holder.uuid != person.uuid
        found.append(signer_in(person, posts[step.post], instead=instead))
    return found


def seal_of(body: Unit) -> SignerRef:
    """Return the electronic seal of a body as a signer."""
    with override("fa"):
        title = gettext("Electronic seal of the body")
    return SignerRef(
        person=body.uuid,
        national_code="",
        name=body.name_fa,
        post=body.uuid,
        title=title,
        organization=body.name_fa,
        legal_id=body.legal_id,
    )


def letter_to_make(
    content: LetterContent,
    signers: Sequence[SignerRef],
    *,
    document: UUID,
    sealed_fact: UUID,
    first: UUID | None = None,
    now: datetime,
) -> NewDocument:
    """Return the document of a letter: its text under the letterhead of its body, to be signed by these."""
    letter = content.letter
    body = _body_of(letter.body_uuid)
    mains = [_lines(one.party) for one in content.recipients if one.role is RecipientRole.MAIN and not one.hidden]
    return NewDocument(
        uuid=document,
        kind=DOCUMENT_KIND,
        title=letter.subject,
        language="fa",
        letterhead=_letterhead(content, body),
        number=letter.number_text or NOT_YET,
        dated_on=_dated_on(letter.registered_at or now),
        recipient=letter.recipient[:200],
        signer=signers[0],
        co_signers=tuple(signers[1:]),
        order=SigningOrder.ANY if _is_any_order(content) else SigningOrder.IN_ORDER,
        first=first if len(signers) > 1 else None,
        paper=_paper(content, body, tuple(mains), now),
        about_kind=LETTER,
        about_uuid=letter.uuid,
        sealed_fact=sealed_fact,
    )


def _is_any_order(content: LetterContent) -> bool:
    steps = signature_steps(content)
    return len(steps) > 1 and len({step.rank for step in steps}) == 1


def scan_to_make(
    content: LetterContent, scan: UUID, *, recorded_by: str, document: UUID, sealed_fact: UUID, now: datetime
) -> NewDocument:
    """Return the document of a letter that was signed by hand: its scan, with who signed, under the body's seal."""
    letter = content.letter
    body = _body_of(letter.body_uuid)
    hands = [
        HandSigner(name=one.name, title=one.title, organization=one.organization) for one in signers_of(content, now)
    ]
    size = PageSize(marks_of(content).paper_size)
    return NewDocument(
        uuid=document,
        kind=DOCUMENT_KIND,
        title=letter.subject,
        language="fa",
        letterhead=_letterhead(content, body),
        number=letter.number_text,
        dated_on=_dated_on(letter.registered_at or now),
        recipient=letter.recipient[:200],
        signer=seal_of(body),
        paper=ScanPaper(scan=scan, signers=tuple(hands), recorded_by=recorded_by, page_size=size),
        about_kind=LETTER,
        about_uuid=letter.uuid,
        sealed_fact=sealed_fact,
    )


def preview_letter(letter: UUID, now: datetime, *, acting: tuple[UUID, UUID] | None = None) -> bytes:
    """Return the PDF of a letter as it would be made now: the same paper, unsigned, without a code, and not kept.

    A letter without a route yet, or with a vacant post on it, is shown without who signs.
    """
    content = content_of(letter)
    try:
        signers = signers_of(content, now, acting=acting)
    except RouteUnfit:
        signers = []
    nobody = SignerRef(person=letter, national_code="", name="", post=letter, title="", organization="", legal_id="")
    made = letter_to_make(content, signers or [nobody], document=uuid4(), sealed_fact=uuid4(), now=now)
    return signing.preview_letter(made, now)


def _body_of(body: UUID) -> Unit:
    return people.find_units([body])[body]


def _dated_on(at: datetime) -> date:
    return at.astimezone(TEHRAN).date()


def _letterhead(content: LetterContent, body: Unit) -> Letterhead:
    given = content.paper.get("letterhead")
    lines = {str(name): str(value) for name, value in given.items()} if isinstance(given, dict) else {}
    drafter = people.find_posts([content.letter.drafter_post]) if content.letter.drafter_post else {}
    unit = next((post.unit for post in drafter.values() if post.unit.uuid != body.uuid), None)
    return Letterhead(
        body_name=body.name_fa,
        parent_body=body.parent_body_fa,
        address=lines.get("address") or body.address_fa,
        email=lines.get("email") or body.email,
        legal_id=body.legal_id,
        unit_name=lines.get("unit_name") or (unit.name_fa if unit else ""),
        phone=lines.get("phone", ""),
        crest=crest_of(body.uuid),
    )


def _lines(party: Party) -> str:
    first = " ".join(part for part in (party.name, "،" if party.name and party.title else "", party.title) if part)
    places = [one for one in (party.department, party.organization) if one]
    return "\n".join(part for part in (first.replace(" ،", "،"), "، ".join(dict.fromkeys(places))) if part)


def _paper(content: LetterContent, body: Unit, mains: tuple[str, ...], now: datetime) -> LetterPaper:
    letter = content.letter
    copies = [one for one in content.recipients if one.role is RecipientRole.COPY and not one.hidden]
    number = letter.number_text
    has_shams = number and len(number) <= LONGEST_SHAMS_NUMBER and body.legal_id and body.email
    shams = Shams(
        number=number,
        registered_at=letter.registered_at or now,
        guid=letter.uuid,
        email=body.email,
        legal_id=body.legal_id,
    )
    return LetterPaper(
        body_html=content.body_html,
        recipients=mains,
        references=tuple(say_references(content.relations)),
        copies=tuple(LetterCopy(recipient=str(one.party), text=one.text) for one in copies),
        attachments=sum(one.role == "attachment" for one in content.files),
        secrecy=PaperSecrecy(letter.secrecy),
        urgency=PaperUrgency(letter.urgency),
        page_size=PageSize(marks_of(content).paper_size),
        shams=shams if has_shams else None,
    )


def answer_to(letter: Letter) -> RelationLine:
    """Return how a letter names the received letter that it answers."""
    year = letter.number.year if letter.number else None
    return RelationLine(kind=RelationKind.ANSWERS, number=letter.number_text, year=year, other=letter.uuid)


def say_references(relations: Iterable[RelationLine]) -> list[str]:
    """Return the phrases by which a letter names those it refers to, in Persian.

    A received letter is named by the number and day that its sender wrote on it: that is what the sender finds it by.
    """
    lines = list(relations)
    known = find_letters([line.other for line in lines if line.other])
    said = []
    with override("fa"):
        for line in lines:
            other = known.get(line.other) if line.other else None
            if other is not None and other.direction is Direction.INCOMING and other.their_number:
                said.append(_phrase(replace(line, dated_on=other.their_date), persian_digits(other.their_number), None))
                continue
            number = persian_digits(other.number_text if other and other.number else line.number)
            said.append(_phrase(line, number, other.registered_at if other else None))
    return said


def _phrase(line: RelationLine, number: str, registered_at: datetime | None) -> str:
    day = line.dated_on or (_dated_on(registered_at) if registered_at else None)
    values = {"number": number, "day": format_jalali(day, "numeric", "fa") if day else ""}
    if line.kind is RelationKind.REVOKES:
        if not day:
            return gettext("By this letter letter no. %(number)s is revoked") % values
        return gettext("By this letter letter no. %(number)s of %(day)s is revoked") % values
    if line.kind is RelationKind.FOLLOWS:
        if not day:
            return gettext("Further to letter no. %(number)s") % values
        return gettext("Further to letter no. %(number)s of %(day)s") % values
    if not day:
        return gettext("In answer to letter no. %(number)s") % values
    return gettext("In answer to letter no. %(number)s of %(day)s") % values
