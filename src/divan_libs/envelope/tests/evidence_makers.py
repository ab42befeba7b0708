"""Records and logs for the tests of evidence."""

from cryptography.hazmat.primitives.asymmetric import ec

from divan_libs.envelope.evidence.audit import audit_directory
from divan_libs.envelope.evidence.log import EvidenceLog
from divan_libs.envelope.evidence.records import Closing, Intent, Kind, Outcome, digest
from divan_libs.envelope.keys import SoftSigner

SIGNER = SoftSigner(ec.generate_private_key(ec.SECP256R1()))
PUBLIC = SIGNER.public_key()
NOW = 1_790_000_000_000_000


def intent(name):
    return Intent(
        request_id=name,
        message_id=f"EE-{name}",
        client="EE/GOV/1/c",
        service="EE/GOV/2/s/svc",
        method="GET",
        path="/persons/{subject}",
        target="00",
        permit="p1",
        purpose="آزمون",
        legal_basis="none",
        request_hash="hash",
        request_size=0,
        received_at=NOW,
        subject="11",
        subject_key="k1",
        snapshot=7,
    ).encode()


def closing(name, outcome=Outcome.ANSWERED):
    return Closing(
        request_id=name,
        intent=digest(intent(name)),
        outcome=outcome.value,
        status=200,
        response_hash="hash",
        response_size=3,
        error=None,
        sent_at=NOW,
        ended_at=NOW + 5,
    ).encode()


def opened(name):
    return Kind.INTENT, intent(name), name


def ended(name):
    return Kind.CLOSING, closing(name), name


def new_log(directory, run="run-1", **options):
    return EvidenceLog(
        directory,
        run=run,
        server="EE/GOV/2/gw",
        signer=SIGNER,
        clock=lambda: NOW,
        **({"sync": lambda _: None, "reserve_bytes": 0} | options),
    )


def abandon(log):
    """What a killed process leaves: the file as it is, its lock gone."""
    log._segment.close()


def codes(directory):
    return [finding.code.removeprefix("exchange.evidence.") for finding in audit_directory(directory, PUBLIC)]
