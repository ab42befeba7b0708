"""Keys that lie in a token (PKCS#11): a smart card, a hardware security module, SoftHSM2.

Where a key file is expected, a token is named by one line, a PKCS#11 URI (RFC 7512), with the certificates in PEM below
it, the key's own first::

    pkcs11:token=divan;object=evidence?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:/etc/divan/pin

The private key never leaves the token. Needs python-pkcs11 (``pip install divan[pkcs11]``).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from divan_libs.envelope.errors import EnvelopeError
from divan_libs.envelope.keys import Signer, SoftSigner, certificates_of, is_signed, key_id

SCHEME = b"pkcs11:"
_COORDINATE = 32
_loaded_in: dict[str, int] = {}


def open_signer(content: bytes) -> Signer:
    """Return the key that a file holds or names.

    :raises EnvelopeError: ``exchange.key.unreadable``, ``exchange.key.curve``, ``exchange.key.certificate``; for a
        token ``exchange.key.token`` with ``reason`` as well.
    """
    line, _, rest = content.lstrip().partition(b"\n")
    if not line.startswith(SCHEME):
        return SoftSigner.from_pem(content)
    return TokenSigner.open(line.decode("ascii", "replace").strip(), rest)


class TokenSigner:
    """A P-256 key in a token, held open for one process. Not for several threads at once."""

    def __init__(self, key: Any, public_key: EllipticCurvePublicKey, certificates: Sequence[bytes]) -> None:
        self._key = key
        self._public_key = public_key
        self._id = key_id(public_key)
        self.certificates = tuple(certificates)

    @classmethod
    def open(cls, uri: str, certificates: bytes) -> TokenSigner:
        """Open the key that the URI names; ``certificates`` (PEM) say which one it is.

        :raises EnvelopeError: as :func:`open_signer`.
        """
        try:
            public_key = x509.load_pem_x509_certificates(certificates)[0].public_key()
        except ValueError as error:
            raise EnvelopeError("exchange.key.certificate") from error
        if not isinstance(public_key, EllipticCurvePublicKey) or not isinstance(public_key.curve, SECP256R1):
            raise EnvelopeError("exchange.key.curve", curve=type(public_key).__name__)
        opened = cls(_private_key(uri), public_key, certificates_of(certificates, public_key))
        probe = b"divan-token-probe\n"
        # A certificate of another key would be noticed by whoever verifies, which is too late.
        if not is_signed(public_key, opened.sign(probe), probe):
            raise EnvelopeError("exchange.key.certificate")
        return opened

    @property
    def key_id(self) -> str:
        """The id of the public key."""
        return self._id

    def public_key(self) -> EllipticCurvePublicKey:
        """Return the key that verifies."""
        return self._public_key

    def sign(self, message: bytes) -> bytes:
        """Return the ECDSA P-256/SHA-256 signature, DER.

        :raises OSError: the token does not answer; it may have been pulled out.
        """
        import pkcs11  # noqa: PLC0415 (only who has a token has the library)

        try:
            raw = self._key.sign(hashlib.sha256(message).digest(), mechanism=pkcs11.Mechanism.ECDSA)
        except pkcs11.PKCS11Error as error:
            raise OSError(f"the token does not sign: {type(error).__name__}") from error
        r, s = int.from_bytes(raw[:_COORDINATE]), int.from_bytes(raw[_COORDINATE:])
        return encode_dss_signature(r, s)


def _private_key(uri: str) -> Any:
    try:
        import pkcs11  # noqa: PLC0415 (only who has a token has the library)
    except ModuleNotFoundError as error:
        raise EnvelopeError("exchange.key.token", reason="python-pkcs11 is not installed") from error
    path, _, query = uri.removeprefix("pkcs11:").partition("?")
    named = {name: unquote(value) for name, _, value in (part.partition("=") for part in path.split(";"))}
    asked = dict(parse_qsl(query))
    try:
        module = asked["module-path"]
        library = pkcs11.lib(module)
        if _loaded_in.setdefault(module, os.getpid()) != os.getpid():
            # A forked process must not go on with what its parent had begun with the token.
            library.reinitialize()
            _loaded_in[module] = os.getpid()
        session = library.get_token(token_label=named["token"]).open(user_pin=_pin(asked))
        return session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, label=named["object"])
    except KeyError as missing:
        raise EnvelopeError("exchange.key.token", reason=f"the URI has no {missing}") from missing
    except (pkcs11.PKCS11Error, RuntimeError, OSError) as error:
        raise EnvelopeError("exchange.key.token", reason=type(error).__name__) from error


def _pin(asked: dict[str, str]) -> str | None:
    if "pin-source" in asked:
        return Path(asked["pin-source"].removeprefix("file:")).read_text(encoding="ascii").strip()
    return asked.get("pin-value")
