"""The gateway is killed fifty times under load; then clients, provider and evidence are counted and must agree.

Eight clients ask without pause over strict evidence while the gateway dies by ``kill -9`` at random moments and starts
again. Nothing may be lost: an answer that a client got has its closing record, whatever reached the provider has its
intent, no message ends twice, and *in doubt* are exactly the messages that had no end when the gateway died. At last
random messages are written into containers and verified.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.rig.house import machine
from rich.console import Console

from divan_gateway.tests.kills import Count, kill_under_load, prepare
from divan_gateway.tests.provider import Provider
from divan_gateway.tests.rig import Ground
from divan_libs.asic import containers, hashchain
from divan_libs.asic.verification import verify_container
from divan_libs.envelope.evidence.proofs import Evidence, evidence_in
from divan_libs.envelope.evidence.records import BATCH_FILE, CLOSING_FILE, INTENT_FILE
from divan_libs.envelope.evidence.segments import SUFFIX, read_segment
from divan_libs.envelope.keys import to_jose
from divan_libs.envelope.tokens import open_signer
from divan_libs.pki.authority import RehearsalAuthority
from divan_libs.pki.encoding import write_certificates


def main() -> None:
    """Kill, count, print and, with ``--json``, give one object on the last line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="5 kills instead of 50")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--containers", type=int, default=100, help="how many messages are verified in containers")
    parser.add_argument("--json", action="store_true", help="the figures as one JSON object on the last line")
    options = parser.parse_args()
    kills = 5 if options.quick else options.kills
    provider = Provider()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="divan-kills-") as name:
        ground = prepare(Path(name), provider)
        authority = certify(ground)
        try:
            count = kill_under_load(ground, provider, kills=kills)
        finally:
            provider.close()
        verified = verify_some(ground, authority, options.containers)
    figures = report(count, verified, time.monotonic() - began)
    if options.json:
        print(json.dumps(figures))
    if count.faults or verified < min(options.containers, count.answered):
        raise SystemExit("evidence was lost, doubled or doubted wrongly")


def certify(ground: Ground) -> RehearsalAuthority:
    """Put a certificate behind the gateway's key, so that its evidence fits into containers."""
    now = datetime.now(UTC)
    authority = RehearsalAuthority.create(now)
    path = ground.directory / "evidence.key"
    public_key = ground.evidence_key.public_key()
    certificate = authority.issue_witness(public_key, "EE/BUSINESS/producer/gateway", now=now)
    path.write_bytes(path.read_bytes() + write_certificates((certificate, *authority.chain)))
    return authority


def verify_some(ground: Ground, authority: RehearsalAuthority, count: int) -> int:
    """Write the evidence of random messages into containers and verify each; return how many hold."""
    certificates = open_signer((ground.directory / "evidence.key").read_bytes()).certificates
    proofs = [
        proof
        for path in sorted(ground.evidence.glob(f"*{SUFFIX}"))
        for proof in evidence_in(read_segment(path).records)
    ]
    chosen = random.Random(1).sample(proofs, min(count, len(proofs)))  # noqa: S311 (which ones is no secret)
    later = datetime.now(UTC) + timedelta(minutes=1)
    verdicts = (
        verify_container(container_of(proof, certificates), roots=[authority.root], now=later) for proof in chosen
    )
    # The house has them stamped after it took them over; here is only the gateway.
    return sum(verdict.problems == ("asic.timestamp.missing",) for verdict in verdicts)


def container_of(proof: Evidence, certificates: object) -> bytes:
    """Return the container of one message."""
    root, path = proof.root, proof.path
    files = {INTENT_FILE: proof.intent, CLOSING_FILE: proof.closing}
    chain = hashchain.chain_file(
        [(name, hashchain.digest(octets)) for name, octets in files.items()], path.index, path.size, path.hashes
    )
    signature = root.signed().as_file(to_jose(bytes.fromhex(root.signature)), tuple(certificates))  # type: ignore[call-overload] # a sequence of DER
    return containers.write_container(
        files | {BATCH_FILE: root.statement()}, signature, chain=chain, result=root.result()
    )


def report(count: Count, verified: int, seconds: float) -> dict[str, float]:
    """Print what was counted, and return it."""
    figures = {
        "kills": count.kills,
        "asked": count.asked,
        "reached_provider": count.reached_provider,
        "answered": count.answered,
        "in_doubt": count.in_doubt,
        "faults": count.faults,
        "containers_verified": verified,
        "seconds": round(seconds),
    }
    Console().print(
        f"{count.kills} kills: {count.asked:,} messages asked, {count.reached_provider:,} reached the provider, "
        f"{count.answered:,} answered, {count.in_doubt:,} in doubt; lost answers {count.lost_answers}, lost at the "
        f"provider {count.lost_at_provider}, ended twice {count.twice}, wrongly in doubt {count.wrong_doubt}, findings "
        f"{len(count.findings)}; {verified} containers verified ({machine()})"
    )
    return figures


if __name__ == "__main__":
    main()
