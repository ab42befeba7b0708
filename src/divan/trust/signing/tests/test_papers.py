"""Letters in rich text and letters signed by hand, from the request to the file that anybody can verify."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pypdf
import pytest
from django.conf import settings

from divan.foundation import facts, files
from divan.foundation.actors import SYSTEM
from divan.foundation.models import Fact, StoredFile
from divan.trust.signing import actions, jobs, models, queries, rules
from divan.trust.signing.values import (
    MANUAL_SIGNATURE_RECORDED,
    DocumentState,
    HandSigner,
    LetterCopy,
    LetterPaper,
    PageSize,
    PaperInvalid,
    ScanPaper,
    ScanUnfit,
    Secrecy,
    Shams,
    SignerRef,
    Standing,
    Urgency,
)
from divan_libs.pki.attachments import embedded_file

from .conftest import DIRECTOR, LETTERHEAD, NOW, RECEIPT, issue, new_document
from .officials import Officials

pytestmark = pytest.mark.django_db
GUID = UUID(int=77)
SHAMS = Shams(number="27/1405", registered_at=NOW, guid=GUID, email="ece@ict.example", legal_id=LETTERHEAD.legal_id)
BODY = (
    "<p>با سلام و احترام؛ پیرو مذاکرات، <strong>سه</strong> مورد به آگاهی می‌رسد:</p>"
    "<ol><li>تجهیز 12 روستا<ul><li>سلسله</li></ul></li><li>آموزش</li></ol>"
    "<table><tbody><tr><th>روستا</th><th>خانوار</th></tr><tr><td>ارمو</td><td>35</td></tr></tbody></table>"
    '<p dir="ltr">Reference: <em>RFC 3161</em>, #panic("x")</p>'
)
PAPER = LetterPaper(
    body_html=BODY,
    recipients=("جناب آقای کریمی\nمدیر کل محترم راه و شهرسازی استان",),
    references=("عطف به نامهٔ شمارهٔ 12/345 مورخ 1405/08/20",),
    copies=(LetterCopy(recipient="معاونت توسعه", text="برای آگاهی"), LetterCopy(recipient="بایگانی")),
    attachments=2,
    secrecy=Secrecy.CONFIDENTIAL,
    urgency=Urgency.IMMEDIATE,
    shams=SHAMS,
)
LETTER = {"source": "", "fields": {}, "kind": "letter", "paper": PAPER}


def pages(content: bytes) -> list[str]:
    return [found.extract_text() for found in pypdf.PdfReader(io.BytesIO(content)).pages]


def test_a_letter_in_rich_text_is_issued_and_genuine(prepared):
    uuid = issue(**LETTER)
    content = queries.read_pdf(uuid)
    (text,) = pages(content)

    for told in ("ICT/۱۴۰۵/۲۷", "محرمانه", "RFC 3161", '#panic("x")', "ece@ict.example"):
        assert told in text
    metadata = pypdf.PdfReader(io.BytesIO(content)).root_object["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part>" in metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert queries.verify_document(uuid, NOW).standing is Standing.GENUINE
    letter = json.loads(embedded_file(content, "letter.json"))
    assert (letter["copies"], letter["attachments"]) == (["معاونت توسعه", "بایگانی"], 2)
    assert (letter["secrecy"], letter["urgency"]) == ("confidential", "immediate")
    row = models.Document.objects.get()
    last = Fact.objects.filter(subject_uuid=uuid).order_by("-subject_sequence").first()
    assert facts.live_digests("signing.document", [uuid])[uuid] == bytes(last.subject_digest)
    assert rules.paper_from(row.paper) == PAPER


def test_what_was_pasted_is_cleaned_before_it_is_kept(prepared):
    pasted = replace(PAPER, body_html='<p class=MsoNormal onclick="x()">كتاب<script>alert(1)</script></p>')
    actions.request_document(document=new_document(**LETTER | {"paper": pasted}), actor=SYSTEM, now=NOW)
    row = models.Document.objects.get()

    assert row.paper["body_html"] == "<p>کتاب</p>"
    assert '"کتاب"' in row.source


def test_the_same_letter_gives_the_same_preview_and_another_size_another(prepared):
    document = new_document(**LETTER)
    first = queries.preview_letter(document, NOW)
    small = queries.preview_letter(replace(document, paper=replace(PAPER, page_size=PageSize.A5)), NOW)
    box = pypdf.PdfReader(io.BytesIO(small)).pages[0].mediabox

    assert queries.preview_letter(document, NOW) == first
    assert (round(box.width / 72 * 25.4), round(box.height / 72 * 25.4)) == (148, 210)


def test_every_page_of_a_secret_letter_says_so_and_counts(prepared):
    long = "".join(f"<p>Paragraph {number} of this letter, which goes on.</p>" for number in range(60))
    document = new_document(**LETTER | {"language": "en", "paper": replace(PAPER, body_html=long)})
    told = pages(queries.preview_letter(document, NOW))

    assert len(told) >= 3
    assert all("Confidential" in text for text in told)
    assert all(f"Page {number} of {len(told)}" in text for number, text in enumerate(told, start=1))
    assert sum("Immediate" in text for text in told) == 1


def test_several_signers_stand_in_the_letter_and_in_the_national_id(prepared, monkeypatch):
    drawn: list[str] = []
    draw = queries.square_codes.draw
    monkeypatch.setattr("divan.trust.signing.adapters.square_codes.draw", lambda text: drawn.append(text) or draw(text))
    first, second = Officials.seated(2).signers
    uuid = actions.request_document(
        document=new_document(**LETTER | {"language": "en", "signer": first, "co_signers": (second,)}),
        actor=SYSTEM,
        now=NOW,
    )
    actions.give_receipt(document=uuid, receipt=RECEIPT, actor=SYSTEM, now=NOW)
    actions.request_signature(document=uuid, person=second.person, actor=SYSTEM, now=NOW)
    jobs.issue_documents(NOW)
    content = queries.read_pdf(uuid)

    assert drawn[1] == (
        f"27/1405|2026-11-22T12:00:00|{GUID}|{first.national_code}{second.national_code}|ece@ict.example|10380284790"
    )
    assert queries.verify_document(uuid, NOW).standing is Standing.GENUINE
    assert [one["code"] for one in json.loads(embedded_file(content, "letter.json"))["signers"]] == [
        first.national_code,
        second.national_code,
    ]
    assert pages(content)[0].count("Electronic signature") == 2


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"body_html": "<p> </p>"}, "body_html", "empty"),
        ({"body_html": "<div>" * 300}, "body_html", "too-deep"),
        ({"attachments": -1}, "attachments", "range"),
        ({"shams": replace(SHAMS, number="1" * 21)}, "shams.number", "length"),
        ({"shams": replace(SHAMS, email="")}, "shams", "empty"),
        ({"recipients": ("ا" * 1001,)}, "recipients", "too-long"),
    ],
)
def test_a_paper_that_cannot_be_set_is_refused(prepared, changes, field, reason):
    document = new_document(**LETTER | {"paper": replace(PAPER, **changes)})

    with pytest.raises(PaperInvalid) as refused:
        actions.request_document(document=document, actor=SYSTEM, now=NOW)
    assert (refused.value.facts["field"], refused.value.facts["reason"]) == (field, reason)
    assert models.Document.objects.count() == 0


def seal() -> SignerRef:
    body = UUID(int=9)
    signer = replace(DIRECTOR, person=body, post=body, national_code="", name=DIRECTOR.organization, title="مهر دستگاه")
    actions.enrol_signatory(signer=signer, actor=SYSTEM, now=NOW)
    return signer


def scan(kind: str) -> UUID:
    if kind == "pdf":
        import typst  # noqa: PLC0415 (only here)

        at = datetime(2026, 11, 1, tzinfo=UTC)
        content = typst.compile(b"signed by hand #pagebreak() second page", format="pdf", timestamp=at)
        media_type = "application/pdf"
    else:
        import typst  # noqa: PLC0415 (only here)

        content = typst.compile(b"#set page(width: 8cm, height: 12cm)\nsigned by hand", format="png")
        media_type = "image/png"
    return files.store_made(name=f"scan.{kind}", content=content, media_type=media_type, actor=SYSTEM, now=NOW).uuid


HAND = (HandSigner(name="حسن مرادی", title="مدیر کل", organization="اداره کل راه"),)


@pytest.mark.parametrize(("kind", "count"), [("png", 2), ("pdf", 1)])
def test_a_letter_signed_by_hand_is_sealed_with_its_scan(prepared, kind, count):
    file = scan(kind)
    paper = ScanPaper(scan=file, signers=HAND, recorded_by="زهرا احمدی، متصدی دبیرخانه")
    uuid = issue(**LETTER | {"paper": paper, "signer": seal(), "kind": "signed-by-hand"})
    content = queries.read_pdf(uuid)

    assert len(pages(content)) == count
    assert embedded_file(content, f"scan.{kind}") == files.read_file(file)
    assert StoredFile.objects.get(uuid=file).claimed
    assert MANUAL_SIGNATURE_RECORDED.code in facts.recorded_for(uuid)
    letter = json.loads(embedded_file(content, "letter.json"))
    assert letter["signed_by_hand"] == [{"name": "حسن مرادی", "title": "مدیر کل", "organization": "اداره کل راه"}]
    verdict = queries.verify_document(uuid, NOW)
    assert (verdict.standing, verdict.signers[0].organization) == (Standing.GENUINE, DIRECTOR.organization)


def test_a_scan_that_is_gone_or_no_picture_is_refused(prepared):
    signer = seal()
    text = files.store_made(name="a.txt", content=b"text", media_type="text/plain", actor=SYSTEM, now=NOW).uuid
    broken = files.store_made(
        name="a.pdf", content=b"%PDF-1.7 broken", media_type="application/pdf", actor=SYSTEM, now=NOW
    ).uuid

    for file, reason in ((uuid4(), "gone"), (text, "kind"), (broken, "unreadable")):
        paper = ScanPaper(scan=file, signers=HAND, recorded_by="زهرا احمدی")
        with pytest.raises(ScanUnfit) as refused:
            actions.request_document(
                document=new_document(**LETTER | {"paper": paper, "signer": signer}), actor=SYSTEM, now=NOW
            )
        assert refused.value.facts["reason"] == reason


def test_a_crest_is_drawn_and_one_that_is_gone_fails_the_letter(prepared):
    crest = scan("png")
    with_crest = issue(
        **LETTER | {"letterhead": replace(LETTERHEAD, crest=crest, unit_name="ادارهٔ فناوری", phone="066-3333")}
    )
    images = pypdf.PdfReader(io.BytesIO(queries.read_pdf(with_crest))).pages[0].images
    assert len(images) == 1
    assert queries.get_document(with_crest).state is DocumentState.ISSUED

    without = issue(**LETTER | {"letterhead": replace(LETTERHEAD, crest=uuid4()), "number": "ICT/1405/28"})
    assert queries.get_document(without).failure == "signing.scan-unfit"


def test_the_separator_of_the_national_id_is_a_setting():
    assert rules.shams_text(SHAMS, [DIRECTOR], ";") == (
        f"27/1405;2026-11-22T12:00:00;{GUID};0499370899;ece@ict.example;10380284790"
    )
    assert settings.SIGNING.shams_separator == "|"
