"""An invented exchange: a plan, a gateway's evidence written as the gateway writes it, and a gateway process."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import urllib.request
from contextlib import closing
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.waiting import PATIENCE, wait_for

from divan.trust.exchange.adapters import keys
from divan.trust.exchange.apps import ExchangeOptions
from divan.trust.exchange.values import DataService, ExchangePlan, Member, NewPermit, Outcome, SubjectPlace, Subsystem
from divan_libs.envelope.evidence.log import EvidenceLog
from divan_libs.envelope.evidence.records import Closing, Intent, Kind, digest
from divan_libs.envelope.keys import SoftSigner
from divan_libs.envelope.subjects import SubjectIn, subject_hash
from divan_libs.pki.authority import RehearsalAuthority
from divan_libs.pki.keys import FileKey, generate_private_key
from divan_libs.pki.timestampers import LocalTimestamper
from divan_libs.pki.timestamps import TimestampAuthority

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
OURS = "LR/GOV/governor-office/divan"
SERVICE = "LR/GOV/civil-registry/population/person"
VILLAGER, STRANGER = "9991000012", "9991000020"

MEMBERS = (
    Member(address="LR/GOV/governor-office", name_fa="استانداری", name_en="Governor's office"),
    Member(address="LR/GOV/civil-registry", name_fa="ثبت احوال", name_en="Civil registry"),
)
SUBSYSTEMS = (
    Subsystem(address=OURS, name_fa="دیوان"),
    Subsystem(address="LR/GOV/civil-registry/population", name_fa="جمعیت"),
)


def plan(*, provider: str = "http://127.0.0.1:9", since: datetime = NOW) -> ExchangePlan:
    """The smallest whole exchange: we may ask the civil registry for one person at a time."""
    person = DataService(
        code="civil-registry/person",
        address=SERVICE,
        name_fa="هویت شخص",
        name_en="Identity of a person",
        base_urls=(provider,),
        timeout_ms=2000,
        connect_timeout_ms=500,
        subject=SubjectPlace(where=SubjectIn.PATH_SEGMENT, at="1"),
    )
    return ExchangePlan(members=MEMBERS, subsystems=SUBSYSTEMS, data_services=(person,), permits=(permit(since=since),))


def permit(*, since: datetime = NOW, **changes: Any) -> NewPermit:
    known: dict[str, Any] = {
        "consumer": OURS,
        "data_service": "civil-registry/person",
        "method": "GET",
        "path_glob": "/persons/*",
        "purpose_fa": "احراز هویت",
        "purpose_en": "Proof of identity",
        "legal_basis_fa": "قانون نمایشی",
        "starts_at": since,
        "reason": "راه‌اندازی",
    }
    return NewPermit(**(known | changes))


class Writer:
    """Writes evidence as a gateway does: messages begin, end, and are put under signed roots."""

    def __init__(self, told: ExchangeOptions, run: str = "0001-1", **options: Any) -> None:
        self.told = told
        self.clock = int(NOW.timestamp() * 1_000_000)
        signer = SoftSigner.from_pem((told.gateway / keys.EVIDENCE_KEY).read_bytes())
        self.log = EvidenceLog(
            told.gateway / keys.EVIDENCE,
            run=run,
            server=told.server,
            signer=signer,
            clock=self._tick,
            **({"sync": lambda _: None, "reserve_bytes": 0} | options),
        )
        self._intents: dict[str, bytes] = {}

    def _tick(self) -> int:
        self.clock += 1_000_000
        return self.clock

    def begin(
        self,
        name: str,
        *,
        subject: str | None = VILLAGER,
        permit_id: str = "",
        issue: str = "",
        client: str = OURS,
        user_id: str | None = None,
    ) -> None:
        key_id, key = next(iter(keys.subject_keys(self.told).items()))
        self._intents[name] = Intent(
            request_id=name,
            message_id=f"message-{name}",
            client=client,
            service=SERVICE,
            method="GET",
            path="/persons/{subject}",
            target="00",
            permit=permit_id,
            purpose="احراز هویت",
            legal_basis="قانون نمایشی",
            request_hash="request",
            request_size=0,
            received_at=self._tick(),
            subject=None if subject is None else subject_hash(key, subject),
            subject_key=key_id,
            snapshot=1,
            issue=issue or None,
            user_id=user_id,
        ).encode()
        self.log.commit([(Kind.INTENT, self._intents[name], name)])

    def end(self, name: str, outcome: Outcome = Outcome.ANSWERED, *, signed: bool = False) -> None:
        closing_record = Closing(
            request_id=name,
            intent=digest(self._intents[name]),
            outcome=outcome.value,
            status=200 if outcome is Outcome.ANSWERED else None,
            response_hash="response" if outcome is Outcome.ANSWERED else None,
            response_size=3,
            error=None,
            sent_at=self.clock,
            ended_at=self._tick(),
        ).encode()
        self.log.commit([(Kind.CLOSING, closing_record, name)], sign={name} if signed else ())

    def message(self, name: str, outcome: Outcome = Outcome.ANSWERED, *, signed: bool = False, **options: Any) -> None:
        self.begin(name, **options)
        self.end(name, outcome, signed=signed)

    def messages(self, *names: str) -> None:
        for name in names:
            self.message(name)
        self.log.seal()

    @property
    def path(self) -> Path:
        return self.log.path


def stamper(told: ExchangeOptions, now: datetime) -> LocalTimestamper:
    """A timestamp authority under the rehearsal's root."""
    authority = RehearsalAuthority.establish(told.control / "authority", now)
    key = generate_private_key()
    kept = FileKey(key, authority.issue_timestamper(key.public_key(), now=now), authority.chain)
    return LocalTimestamper(TimestampAuthority(kept, kept.chain), lambda: now)


class Provider:
    """A civil registry that knows one person and counts how often it was asked."""

    def __init__(self) -> None:
        asked: list[tuple[str, str | None]] = []
        self.asked = asked

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append((self.path, self.headers.get("X-Road-Issue")))
                known = self.path == f"/persons/{VILLAGER}"
                body = json.dumps({"national_code": VILLAGER} if known else {"code": "no-record"}).encode()
                self.send_response(200 if known else 404)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class GatewayProcess:
    """A real gateway with the settings that the preparation wrote."""

    def __init__(self, told: ExchangeOptions) -> None:
        self.told = told
        environment = {name: value for name, value in os.environ.items() if not name.startswith("DIVAN_")}
        for line in (told.gateway / keys.ENVIRONMENT).read_text().splitlines():
            name, _, value = line.partition("=")
            environment[name] = value
        environment["DIVAN_GATEWAY_LISTEN"] = f"127.0.0.1:{told.address.rpartition(':')[2]}"
        environment["DIVAN_GATEWAY_PLAIN_LISTEN"] = f"127.0.0.1:{(port := free_port())}"
        environment["DIVAN_GATEWAY_WORKERS"] = "1"
        self._plain = port
        self._log = (told.gateway / "gateway.log").open("wb")
        self.process = subprocess.Popen([sys.executable, "-m", "divan_gateway"], env=environment, stderr=self._log)

    def wait_until_it_serves(self) -> GatewayProcess:
        wait_for(self._serves, otherwise=(self.told.gateway / "gateway.log").read_text)
        return self

    def _serves(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._plain}/-/health", timeout=2):
                return True
        except OSError:
            return False

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE)
        self._log.close()


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
