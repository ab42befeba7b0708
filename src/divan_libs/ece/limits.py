"""How much of a message is read before it is refused."""

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The most that one message may hold. The defaults leave room for any letter that a mailbox takes."""

    message_bytes: int = 96 * MIB
    """Of the XML as it arrived."""
    decoded_bytes: int = 64 * MIB
    """Of all files of the message together, decoded."""
    parts: int = 200
    """Files: bodies and attachments together."""
    receivers: int = 2000
    related: int = 200
    keywords: int = 200
    elements: int = 20_000
    depth: int = 16
    attributes: int = 24
    """Of one element, declarations of namespaces apart."""
    attribute_chars: int = 4000
    text_chars: int = 20_000
    """Of one element's text that is not a file."""
    all_text_chars: int = 2_000_000
    """Of all texts and attributes together, of unknown elements too."""
    token_bytes: int = 256 * 1024
    """Of one tag, comment or processing instruction; the parser holds it whole."""
    deviations: int = 500
    """Reported; of more only the fact that there were more."""


DEFAULT_LIMITS = Limits()
