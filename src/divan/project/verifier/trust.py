"""What a verifier trusts, read from a folder: public keys and roots, none of them secret."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from divan_libs.envelope.errors import EnvelopeError
from divan_libs.envelope.keys import load_public_key
from divan_libs.pki.encoding import read_certificates
from divan_libs.pki.errors import CertificateUnreadable
from divan_libs.tlog.errors import TlogError
from divan_libs.tlog.notes import NoteVerifier
from divan_libs.tlog.policies import Policy, parse_policy

LOG_KEYS = "*.vkey"
POLICY = "log.policy"
ROOTS = ("signing-roots.pem", "roots.pem")
TIMESTAMP_ROOTS = "timestamp-roots.pem"
EVIDENCE_KEYS = "evidence-key.pub"

_END_OF_KEY = b"-----END PUBLIC KEY-----"


class TrustUnreadable(Exception):
    """A file of the trust folder is damaged; the message says which and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """The keys of logs and witnesses, who of them must have signed, the roots of signers and of timestamps, and the
    keys of exchange evidence.
    """

    directory: Path
    log_keys: tuple[NoteVerifier, ...] = ()
    policy: Policy | None = None
    roots: tuple[x509.Certificate, ...] = ()
    timestamp_roots: tuple[x509.Certificate, ...] = ()
    evidence_keys: tuple[EllipticCurvePublicKey, ...] = ()


def read_trust(directory: Path, *, evidence_keys: Path | None = None) -> Trust:
    """Read the trust folder; a file that is absent leaves its part empty.

    ``*.vkey`` hold keys of logs and witnesses, one a line (``#`` begins a remark); ``log.policy`` says which witnesses
    must have seen a head of the log, in the form of C2SP tlog-policy; ``signing-roots.pem`` and ``roots.pem`` hold the
    certificates that signers must chain to; ``timestamp-roots.pem`` those of timestamps, the same where it is absent;
    ``evidence-key.pub`` the public keys under which gateways seal evidence, former ones too.

    :param evidence_keys: where else such keys lie, if not in the folder.
    :raises TrustUnreadable: if a file is there and damaged.
    """
    log_keys = [key for path in sorted(directory.glob(LOG_KEYS)) for key in _log_keys(path)]
    roots = tuple(root for name in ROOTS for root in _certificates(directory / name))
    in_folder = directory / EVIDENCE_KEYS
    return Trust(
        directory=directory,
        log_keys=tuple(dict.fromkeys(log_keys)),
        policy=read_trusted_policy(directory / POLICY),
        roots=roots,
        timestamp_roots=_certificates(directory / TIMESTAMP_ROOTS) or roots,
        evidence_keys=_evidence_keys(in_folder if in_folder.exists() or not evidence_keys else evidence_keys),
    )


def _log_keys(path: Path) -> list[NoteVerifier]:
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    try:
        return [NoteVerifier.parse(line) for line in lines if line and not line.startswith("#")]
    except TlogError as error:
        raise TrustUnreadable(f"{path}: {error.code}") from error


def read_trusted_policy(path: Path) -> Policy | None:
    """Return the policy on witnesses in a file, None where there is none.

    :raises TrustUnreadable: if it is damaged.
    """
    try:
        return parse_policy(path.read_bytes())
    except FileNotFoundError:
        return None
    except TlogError as error:
        raise TrustUnreadable(f"{path}: line {error.facts.get('line')}: {error.facts.get('reason')}") from error


def _certificates(path: Path) -> tuple[x509.Certificate, ...]:
    if not path.exists():
        return ()
    try:
        return tuple(read_certificates(path.read_bytes()))
    except CertificateUnreadable as error:
        raise TrustUnreadable(f"{path}: {error}") from error


def _evidence_keys(path: Path) -> tuple[EllipticCurvePublicKey, ...]:
    if not path.exists():
        return ()
    pieces = path.read_bytes().split(_END_OF_KEY)[:-1]
    try:
        return tuple(load_public_key(piece + _END_OF_KEY) for piece in pieces)
    except EnvelopeError as error:
        raise TrustUnreadable(f"{path}: {error.code}") from error
