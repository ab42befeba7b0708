"""A log of its own for each test. What needs Django is imported late: pytest reads this before it is set up."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import pytest


@pytest.fixture
def log(tmp_path):
    """Let the ledger work in a folder of the test, laid out as under ``DIVAN_DATA``."""
    from django.apps import apps  # noqa: PLC0415 (see above)

    app = apps.get_app_config("ledger")
    kept = app.options
    app.options = replace(
        kept,
        directory=tmp_path / "log",
        key_file=tmp_path / "keys" / "log.key",
        verifier_file=tmp_path / "trust" / "log.vkey",
        policy_file=tmp_path / "trust" / "log.policy",
        origin="log.divan.test",
    )
    yield app.options
    app.options = kept


@pytest.fixture
def open_log(log, transactional_db):
    """Open the log and place the fact that says so."""
    from divan.foundation import facts  # noqa: PLC0415 (see above)
    from divan.foundation.actors import SYSTEM  # noqa: PLC0415 (see above)
    from divan.trust.ledger import actions  # noqa: PLC0415 (see above)

    from .scene import NOW  # noqa: PLC0415 (see above)

    actions.open_log(actor=SYSTEM, now=NOW)
    facts.place_facts()
    return log


@pytest.fixture
def happen(transactional_db):
    """Give the function by which facts happen."""
    from .scene import let_happen  # noqa: PLC0415 (see above)

    return let_happen


@pytest.fixture(scope="session")
def object_store():
    """Run an S3-compatible server on loopback; give its address."""
    from moto.server import ThreadedMotoServer  # noqa: PLC0415 (slow to import; few tests need it)

    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(object_store, log, monkeypatch):
    """Let the ledger publish into a bucket of the test; give what reads and writes there as a stranger."""
    import boto3  # noqa: PLC0415 (as above)

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    client = boto3.client("s3", endpoint_url=object_store, region_name="us-east-1")
    name = f"log-{uuid4().hex}"
    client.create_bucket(Bucket=name)
    for option, value in (("bucket", f"s3://{name}/province/log"), ("bucket_endpoint", object_store)):
        object.__setattr__(log, option, value)
    yield Bucket(client, name)
    client.close()


@dataclass
class Bucket:
    """A bucket, seen past the ledger."""

    client: Any
    name: str

    def keys(self) -> list[str]:
        """Return the names of all objects."""
        return [one["Key"] for one in self.client.list_objects_v2(Bucket=self.name).get("Contents", [])]

    def head(self, path: str) -> dict[str, Any]:
        """Return the headers of a file of the log."""
        return self.client.head_object(Bucket=self.name, Key=f"province/log/{path}")

    def put(self, path: str, data: bytes) -> None:
        """Write over a file of the log."""
        self.client.put_object(Bucket=self.name, Key=f"province/log/{path}", Body=data)
