# pyHanko annotates only in part.
# mypy: disable-error-code="no-untyped-call"
"""Files inside a PDF: put there before it is signed, taken out by whoever verifies it.

An attachment is listed in the name tree of embedded files and, as PDF/A-3 wants, among the associated files of the
document (ISO 19005-3, 6.8), with its MIME type and its date.
"""

import logging
import mimetypes
from collections.abc import Iterator, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.embed import EmbeddedFileObject, EmbeddedFileParams, FileSpec
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from divan_libs.pki.errors import AttachmentInvalid

logger = logging.getLogger(__name__)

TREE_DEPTH = 16
UNKNOWN_TYPE = "application/octet-stream"


def attach(writer: IncrementalPdfFileWriter, attachments: Sequence[tuple[str, bytes]], now: datetime) -> None:
    """Add files, as (name, content), to the update that the writer is going to write.

    :raises AttachmentInvalid: if a name is empty, given twice, or already in the document.
    """
    if not attachments:
        return
    root = writer.root
    names = generic.DictionaryObject(_entry(root, "/Names", {}))
    listed = list(_pairs(_entry(names, "/EmbeddedFiles", {})))
    taken = {str(name) for name, _ in listed}
    associated = generic.ArrayObject(_entry(root, "/AF", ()))
    for name, content in attachments:
        if not name or name in taken:
            raise AttachmentInvalid(name)
        taken.add(name)
        reference = writer.add_object(_file(writer, name, content, now))
        listed.append((generic.pdf_string(name), reference))
        associated.append(reference)
    # The keys of a name tree are sorted (ISO 32000-1, 7.9.6); readers search it by halving.
    listed.sort(key=lambda pair: str(pair[0]))
    leaves = generic.ArrayObject([part for pair in listed for part in pair])
    tree = generic.DictionaryObject({pdf_name("/Names"): leaves})
    names[pdf_name("/EmbeddedFiles")] = writer.add_object(tree)
    root[pdf_name("/Names")] = writer.add_object(names)
    root[pdf_name("/AF")] = writer.add_object(associated)
    writer.update_root()


def embedded_file(pdf: bytes, name: str) -> bytes | None:
    """Return the content of the embedded file of that name, or None if there is none or it cannot be read.

    It is read from the file as it stands now: verify the document first, an altered one may hold an altered attachment.
    """
    try:
        root = PdfFileReader(BytesIO(pdf)).root
        for _, entry in _pairs(root["/Names"]["/EmbeddedFiles"]):
            specification = entry.get_object()
            if name in {str(_entry(specification, key, "")) for key in ("/UF", "/F")}:
                content: bytes = specification["/EF"]["/F"].data
                return content
    except Exception:
        logger.info("no embedded file could be read", exc_info=True)
    return None


def _file(writer: IncrementalPdfFileWriter, name: str, content: bytes, now: datetime) -> generic.DictionaryObject:
    kind = mimetypes.guess_type(name)[0] or UNKNOWN_TYPE
    # The optional checksum of an embedded file is an MD5; the signature protects it better.
    parameters = EmbeddedFileParams(embed_checksum=False, modification_date=now)
    stream = EmbeddedFileObject.from_file_data(writer, content, compress=True, params=parameters, mime_type=kind)
    specification = FileSpec(
        file_spec_string=name, file_name=name, embedded_data=stream, af_relationship=pdf_name("/Data")
    )
    return specification.as_pdf_object()


def _pairs(node: Any, depth: int = 0) -> Iterator[tuple[Any, Any]]:
    if depth > TREE_DEPTH:
        raise ValueError("name tree too deep")
    for kid in _entry(node, "/Kids", ()):
        yield from _pairs(kid.get_object(), depth + 1)
    leaves = list(_entry(node, "/Names", ()))
    yield from zip(leaves[::2], leaves[1::2], strict=True)


def _entry(dictionary: Any, key: str, default: Any) -> Any:
    # The inherited get() would hand out the reference instead of what it refers to.
    try:
        return dictionary[key]
    except KeyError:
        return default
