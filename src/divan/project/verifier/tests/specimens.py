"""Files that a stranger is given and what the stranger trusts: a log, an authority and a gateway, all invented."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from divan.project.verifier.judgement import LETTER, LETTER_SCHEMA
from divan_libs.envelope.evidence.proofs import evidence_in
from divan_libs.envelope.evidence.records import Closing, Header, Intent, Kind, digest
from divan_libs.envelope.evidence.segments import Segment, read_segment
from divan_libs.envelope.keys import SoftSigner
from divan_libs.pki.authority import RehearsalAuthority
from divan_libs.pki.encoding import write_certificates
from divan_libs.pki.keys import FileKey
from divan_libs.pki.keys import generate_private_key as generate_signing_key
from divan_libs.pki.pades import sign_pdf
from divan_libs.pki.tests.specimens import NOON, make_timestamper
from divan_libs.tlog.checkpoints import Checkpoint, sign_checkpoint
from divan_libs.tlog.commitments import Opening
from divan_libs.tlog.frontier import Frontier
from divan_libs.tlog.log import integrate
from divan_libs.tlog.notes import NoteSigner, SignatureType
from divan_libs.tlog.receipts import ATTACHED_AS, issue_receipt
from divan_libs.tlog.storage import MemoryStore

CLAIMS = {
    "schema": LETTER_SCHEMA,
    "number": "ICT/1405/17",
    "dated_on": "2026-03-21",
    "title": "Coverage of the village",
    "recipient": "Zahra",
}
LATER = NOON + timedelta(days=30)
FACT = {
    "uuid": "00000000-0000-4000-8000-00000000000f",
    "position": 2,
    "kind": "cases.decision-signed",
    "subject": ["cases.decision", "00000000-0000-4000-8000-00000000000d", 3],
    "subject_digest": "ab" * 32,
    "actor": {"kind": "staff", "uuid": "00000000-0000-4000-8000-00000000000a"},
    "at": "2026-03-21T08:30:00.000000Z",
    "data": {"number": "ICT/1405/17"},
}


@dataclass
class Log:
    """A log that seals records on demand."""

    key: NoteSigner = field(
        default_factory=lambda: NoteSigner("log.divan.test", SignatureType.ED25519, bytes(range(32)))
    )
    witness: NoteSigner = field(
        default_factory=lambda: NoteSigner("witness.example", SignatureType.COSIGNATURE, bytes(32))
    )

    def receipt(self, fact: dict[str, object] = FACT, *, erased: bool = False) -> bytes:
        record = json.dumps(fact).encode()
        openings = [Opening(bytes([i]) * 32, record if i == 2 else b"other") for i in range(5)]
        store = MemoryStore()
        grown = integrate(store, Frontier(), [opening.entry() for opening in openings])
        checkpoint = Checkpoint(self.key.name, grown.size, grown.root)
        note = sign_checkpoint(checkpoint, [self.key, self.witness], at=int(NOON.timestamp()))
        opening = None if erased else openings[2]
        return issue_receipt(store, note, [self.key.verifier], 2, opening).encode().encode()


def sign_letter(letter: bytes, authority: RehearsalAuthority, receipt: bytes | None = None) -> bytes:
    """Return the letter signed by an invented director, with a receipt inside."""
    private_key = generate_signing_key()
    certificate = authority.issue_signer(
        private_key.public_key(),
        common_name="Sara Ahmadi",
        national_code="0012345679",
        organization="ICT directorate",
        legal_id="14000000001",
        title="Director",
        now=NOON - timedelta(days=20),
    )
    return sign_pdf(
        letter,
        FileKey(private_key, certificate),
        authority.chain,
        make_timestamper(authority),
        now=NOON,
        reason="",
        location="",
        attachments=[] if receipt is None else [(LETTER, json.dumps(CLAIMS).encode()), (ATTACHED_AS, receipt)],
    )


def make_evidence(gateway_key: SoftSigner, folder: Path) -> dict[str, object]:
    """Return the evidence of one message, as it is handed out."""
    began = int(NOON.timestamp()) * 1_000_000
    intent = Intent(
        request_id="r-1",
        message_id="m-1",
        client="ir-divan/GOV/140/cases",
        service="ir-divan/GOV/150/civil-registry/persons",
        method="GET",
        path="/persons/{subject}",
        target="0" * 64,
        permit="p-1",
        purpose="identity of the applicant",
        legal_basis="art. 37",
        request_hash="aa" * 64,
        request_size=0,
        received_at=began,
        subject="1" * 64,
        subject_key="k1",
        snapshot=7,
    )
    closing = Closing(
        request_id="r-1",
        intent=digest(intent.encode()),
        outcome="answered",
        status=200,
        response_hash="bb" * 64,
        response_size=12,
        error=None,
        sent_at=began,
        ended_at=began + 5_000_000,
    )
    header = Header(run="run", sequence=1, server="gw", key=gateway_key.key_id, started_at=began, certificates=[])
    segment = Segment.create(folder, header, gateway_key)
    segment.commit([(Kind.INTENT, intent.encode(), "r-1"), (Kind.CLOSING, closing.encode(), "r-1")])
    segment.finish(now=began)
    (proof,) = evidence_in(read_segment(segment.path).records)
    return proof.as_document()


def write_trust(folder: Path, log: Log, authority: RehearsalAuthority, gateway_key: SoftSigner) -> Path:
    """Write the folder of what the stranger trusts."""
    folder.mkdir()
    (folder / "log.vkey").write_text(f"# the province's log\n{log.key.verifier.encode()}\n")
    (folder / "witnesses.vkey").write_text(f"\n{log.witness.verifier.encode()}\n")
    (folder / "signing-roots.pem").write_bytes(write_certificates([authority.root]))
    info = gateway_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    former = (
        generate_private_key(SECP256R1()).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    (folder / "evidence-key.pub").write_bytes(former + info)
    return folder


def sha256(content: bytes) -> str:
    """Return the hexadecimal SHA-256."""
    return hashlib.sha256(content).hexdigest()


def at(text: str) -> datetime:
    """Return a moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
