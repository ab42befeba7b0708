"""Documents and timestampers made for the tests, all invented, on a clock that stands still."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter

from divan_libs.pki.authority import RehearsalAuthority
from divan_libs.pki.keys import FileKey, generate_private_key
from divan_libs.pki.timestampers import LocalTimestamper
from divan_libs.pki.timestamps import TimestampAuthority

NOON = datetime(2026, 3, 21, 12, 0, tzinfo=UTC)


def make_pdf(text: str = "Divan", *, stream_xrefs: bool = False) -> bytes:
    """Return a small sound PDF of one page with that Latin text on it."""
    writer = PdfFileWriter(stream_xrefs=stream_xrefs)
    font = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Font"),
            pdf_name("/Subtype"): pdf_name("/Type1"),
            pdf_name("/BaseFont"): pdf_name("/Helvetica"),
        }
    )
    fonts = generic.DictionaryObject({pdf_name("/F1"): writer.add_object(font)})
    content = generic.StreamObject(stream_data=f"BT /F1 24 Tf 40 100 Td ({text}) Tj ET".encode())
    page = PageObject(
        contents=writer.add_object(content),
        media_box=(0, 0, 300, 200),
        resources=generic.DictionaryObject({pdf_name("/Font"): fonts}),
    )
    writer.insert_page(page)
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def make_timestamper(authority: RehearsalAuthority, clock: Callable[[], datetime] = lambda: NOON) -> LocalTimestamper:
    private_key = generate_private_key()
    certificate = authority.issue_timestamper(private_key.public_key(), now=NOON - timedelta(days=20))
    counter = iter(range(1, 1_000_000))
    stamps = TimestampAuthority(
        FileKey(private_key, certificate), authority.chain, serial_number=lambda: (1 << 100) + next(counter)
    )
    return LocalTimestamper(stamps, clock)
