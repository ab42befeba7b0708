"""Standard base64 (RFC 4648 section 4) in its one canonical spelling.

The C2SP formats are compared and signed as text, so two spellings of the same bytes must not both pass.
"""

import base64
import binascii


def encode(data: bytes) -> str:
    """Return the padded standard base64 text of ``data``."""
    return base64.b64encode(data).decode("ascii")


def decode(text: str) -> bytes:
    """Return the bytes behind ``text``.

    :raises ValueError: for another alphabet, missing or stray padding, white space, or padding bits that are not zero.
    """
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError("not base64") from error
    if encode(data) != text:
        raise ValueError("not canonical base64")
    return data
