"""Taking a signature out of a file and putting another into its place, and what a refused file looks like."""

import re

from divan_libs.pki.asn1 import cms
from divan_libs.pki.verification import PdfProblem, PdfVerdict

RANGE = re.compile(rb"/ByteRange\s*\[\s*0\s+(\d+)\s+(\d+)\s+(\d+)\s*\]")


def signature_span(pdf):
    """Return where the hexadecimal text of the signature begins and ends, without its brackets."""
    found = RANGE.search(pdf)
    assert found is not None
    return int(found[1]) + 1, int(found[2]) - 1


def replace_signature(pdf, signature):
    start, end = signature_span(pdf)
    text = signature.hex().encode().ljust(end - start, b"0")
    assert len(text) == end - start
    return pdf[:start] + text + pdf[end:]


def read_signature(pdf):
    start, end = signature_span(pdf)
    return cms.ContentInfo.load(bytes.fromhex(pdf[start:end].decode()))


def assert_refused(verdict: PdfVerdict, *problems: PdfProblem) -> None:
    assert verdict.problems == problems
    assert not verdict.is_valid
