"""What one permit more or less costs among as many as a province may have: signing, reading and laying out the state.

Each step is timed for the whole state, as a process does it that remembers nothing, and for a change of one permit.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from bench.rig.house import machine
from cryptography.hazmat.primitives.asymmetric import ec
from rich.console import Console
from rich.table import Table

from divan_gateway.routing import ProviderTls, build_routes
from divan_libs.envelope.addresses import ClientId, MemberId, ServerId, ServiceId
from divan_libs.envelope.keys import SoftSigner
from divan_libs.envelope.permits import Permit
from divan_libs.envelope.signed_snapshot import ReadParts, WrittenParts, open_snapshot, sign_snapshot
from divan_libs.envelope.snapshot import Member, Service, Snapshot, Subsystem

MEMBERS = 300
NOW = datetime.now(UTC)
SIGNER = SoftSigner(ec.generate_private_key(ec.SECP256R1()))


def main() -> None:
    """Measure, print a table and, with ``--json``, one object on the last line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="2,400 permits instead of 24,000, 5 changes instead of 40")
    parser.add_argument("--json", action="store_true", help="the figures as one JSON object on the last line")
    options = parser.parse_args()
    permits, changes = (2_400, 5) if options.quick else (24_000, 40)
    figures = measure(permits, changes)
    table = Table("what", "figure", title=f"{permits:,} permits of {MEMBERS} members, {changes} changes ({machine()})")
    for name, figure in figures.items():
        table.add_row(name.replace("_", " "), f"{figure:,}")
    Console().print(table)
    if options.json:
        print(json.dumps(figures))


def measure(count: int, changes: int) -> dict[str, float]:
    """Return the figures by name; what is read must be what was signed."""
    rights = [_permit(number) for number in range(count)]
    keys, tls = {"k": b"k" * 32}, ProviderTls(None)
    written, read = WrittenParts(), ReadParts()
    times: dict[str, list[float]] = {}
    fresh, before = [], sign_snapshot(_snapshot(1, rights), SIGNER)
    whole = _timed(times, "signing_the_whole", lambda: sign_snapshot(_snapshot(2, rights), SIGNER, written))
    opened = _timed(times, "reading_the_whole", lambda: _open(whole.octets, read))
    _timed(times, "laying_out_routes_first", lambda: build_routes(opened, keys, tls))
    for version in range(3, changes + 3):
        rights = rights[: version * 7] + rights[version * 7 + 1 :]
        state = _snapshot(version, rights)
        signed = _timed(times, "signing_a_change", lambda state=state: sign_snapshot(state, SIGNER, written))
        again = _timed(times, "reading_a_change", lambda signed=signed: _open(signed.octets, read))
        if again != state:
            raise SystemExit("what was read is not what was signed")
        _timed(times, "laying_out_routes", lambda again=again: build_routes(again, keys, tls))
        fresh.append(sum(len(line) for name, line in signed.parts.items() if name not in before.parts))
        before = signed
    return {f"{name}_ms": round(statistics.median(found) * 1000, 1) for name, found in times.items()} | {
        "lines": len(before.parts),
        "octets_of_the_file": len(before.octets),
        "octets_of_the_signed_line": len(before.head),
        "octets_of_new_lines_by_a_change": round(statistics.mean(fresh)),
    }


def _timed(times: dict[str, list[float]], name: str, act: Callable[[], Any]) -> Any:
    begun = time.perf_counter()
    result = act()
    times.setdefault(name, []).append(time.perf_counter() - begun)
    return result


def _open(octets: bytes, read: ReadParts) -> Snapshot:
    return open_snapshot(octets, SIGNER.public_key(), now=NOW, read=read)


def _permit(number: int) -> Permit:
    return Permit(
        id=str(uuid4()),
        subject=ClientId.parse(f"LR/GOV/m{number % MEMBERS}/s"),
        service=ServiceId.parse(f"LR/GOV/m{number // MEMBERS % MEMBERS}/s/v"),
        method="GET",
        path_glob=f"/persons/{number}/*",
        purpose="purpose of a permit in the bench",
        legal_basis="law, article and date of the bench",
        starts_at=NOW,
        ends_at=NOW + timedelta(days=365),
    )


def _snapshot(version: int, rights: list[Permit]) -> Snapshot:
    names = [f"LR/GOV/m{number}" for number in range(MEMBERS)]
    return Snapshot(
        version=version,
        issued_at=NOW,
        expires_at=NOW + timedelta(days=3),
        server=ServerId.parse("LR/GOV/m0/gateway"),
        subject_key="k",
        members=tuple(Member(id=MemberId.parse(name), name=name) for name in names),
        subsystems=tuple(
            Subsystem(id=ClientId.parse(f"{name}/s"), name=name, certificates=frozenset({"0" * 64})) for name in names
        ),
        services=tuple(
            Service(id=ServiceId.parse(f"{name}/s/v"), name=name, addresses=("http://127.0.0.1:9",)) for name in names
        ),
        permits=tuple(rights),
    )


if __name__ == "__main__":
    main()
