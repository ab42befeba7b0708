"""Several sign one file after another: each covers all before, and the last lets nothing be added."""

from io import BytesIO

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata

from divan_libs.pki import pades
from divan_libs.pki.errors import PdfUnsignable
from divan_libs.pki.pades import countersign_pdf, sign_pdf, unsigned_fields
from divan_libs.pki.tests.pdfsig import needs_pdfsig, pdfsig
from divan_libs.pki.tests.specimens import NOON
from divan_libs.pki.verification import Modifications, PdfProblem


@pytest.fixture(scope="module")
def three(authority, issue_signer):
    names = (("مریم", "0499370899"), ("علی", "0684159414"), ("رضا", "0790419904"))
    return [issue_signer(authority, common_name=name, national_code=code) for name, code in names]


@pytest.fixture(scope="module")
def stages(letter, three, timestamper):
    """Return the file after the first, the second and the third signature."""
    first, *others = three
    made = [sign_pdf(letter, first, first.chain, timestamper, now=NOON, attachments=[("a.json", b"{}")], further=2)]
    for signer in others:
        made.append(countersign_pdf(made[-1], signer, signer.chain, timestamper, now=NOON))
    return made


def test_each_signature_covers_all_before_and_leaves_it_byte_for_byte(stages, judge):
    for count, stage in enumerate(stages, start=1):
        verdict = judge(stage)
        assert verdict.problems == ()
        assert [one.signer.common_name for one in verdict.signatures] == ["مریم", "علی", "رضا"][:count]
        assert [one.covers_whole_document for one in verdict.signatures] == [False] * (count - 1) + [True]
        assert len(unsigned_fields(stage)) == 3 - count
    assert stages[1].startswith(stages[0])
    assert stages[2].startswith(stages[1])
    assert judge(stages[2]).modifications is Modifications.PERMITTED


def test_a_further_signature_is_refused_when_all_have_signed(stages, three, timestamper, signed_letter):
    for file in (stages[2], signed_letter):
        with pytest.raises(PdfUnsignable, match="no field is left"):
            countersign_pdf(file, three[0], three[0].chain, timestamper, now=NOON)
    with pytest.raises(PdfUnsignable):
        countersign_pdf(b"%PDF-1.7 broken", three[0], three[0].chain, timestamper, now=NOON)


def changed(pdf: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Rotate"] = generic.NumberObject(90)
    writer.update_container(page)
    written = BytesIO()
    writer.write(written)
    return written.getvalue()


def test_a_change_between_two_signatures_is_found(stages, three, timestamper, judge):
    file = countersign_pdf(changed(stages[0]), three[1], three[1].chain, timestamper, now=NOON)

    assert PdfProblem.CHANGED_AFTER_SIGNING in judge(file).problems


def test_a_change_after_the_last_signature_is_found(stages, judge):
    assert judge(changed(stages[2])).modifications is Modifications.FORBIDDEN


def test_the_last_lock_forbids_even_another_signature(stages, three, timestamper, judge):
    signer = three[0]
    writer = pades._writer(stages[2], "Another", NOON)
    metadata = PdfSignatureMetadata(field_name="Another", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
    file = pades._signed(writer, metadata, signer, signer.chain, timestamper, NOON)

    assert PdfProblem.CHANGED_AFTER_SIGNING in judge(file).problems


@needs_pdfsig
def test_another_tool_finds_every_signature_sound(stages, tmp_path):
    told = pdfsig(tmp_path, stages[2])

    assert told.count("Signature is Valid.") == 3
    assert told.count("Total document signed") + told.count("total document signed") == 3
