"""In production there is neither a role switch nor a telephone to look at."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest
from tests.waiting import wait_for

from .installation import ROOT, Installation

NEEDED = {
    "DIVAN_SMS_GATEWAY": "http://localhost:1/sms",
    "DIVAN_SMS_TOKEN": "token",
    "DIVAN_SCANNER": "localhost:1",
    "DIVAN_SIGN_ON_ISSUER": "http://localhost:1/sign-on",
    "DIVAN_SIGN_ON_CLIENT_SECRET": "secret",
    "DIVAN_EXCHANGE_SUBSYSTEM": "LR/GOV/100/divan",
    "DIVAN_EXCHANGE_SERVER": "LR/GOV/100/gateway",
    "DIVAN_BANK_GATEWAY": "http://localhost:1/bank",
    "DIVAN_BANK_KEY": "key",
}


@pytest.fixture(scope="module")
def production(installation: Installation) -> Iterator[str]:
    """Serve the same database in production mode; return its address."""
    from divan.project.launcher import postgres  # noqa: PLC0415 (only when a journey runs)

    known = postgres.connection_settings(installation.data / "pg")
    port = installation.port + 8
    host = str(known["HOST"]).replace("/", "%2F")
    environment = (
        installation.environment()
        | NEEDED
        | {
            "DIVAN_MODE": "production",
            "DIVAN_DATABASE_URL": f"postgresql://{known['USER']}@{host}:{known['PORT']}/{known['NAME']}",
            "DIVAN_SECRET_KEY": "0123456789" * 6,
            "PORT": str(port),
            "DIVAN_WEB_WORKERS": "1",
        }
    )
    command = [sys.executable, "-m", "divan.project.command_line", "web"]
    with (installation.data.parent / "production.log").open("w+") as log:
        process = subprocess.Popen(
            command, env=environment, cwd=ROOT, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
        )
        try:
            await_health(f"http://localhost:{port}", process)
            yield f"http://localhost:{port}"
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def await_health(address: str, process: subprocess.Popen[bytes]) -> None:
    def answers() -> bool:
        assert process.poll() is None, "production ended by itself"
        try:
            return httpx.get(f"{address}/-/health").status_code == 200
        except httpx.TransportError:
            return False

    wait_for(answers, otherwise="production does not answer", every=0.1)


def test_production_has_neither_role_switch_nor_telephone(production: str, installation: Installation):
    for path in ("/rehearsal/", "/rehearsal/become/", "/rehearsal/phone/", "/about/style/"):
        assert httpx.get(f"{production}{path}").status_code == 404, path
    with httpx.Client(base_url=production, headers={"Referer": f"{production}/"}) as client:
        client.get("/verify/")
        token = client.cookies["csrftoken"]
        answer = client.post("/rehearsal/become/", data={"username": "villager", "csrfmiddlewaretoken": token})
    assert answer.status_code == 404
    assert "divan_session" not in answer.cookies
    assert httpx.get(f"{installation.url}/rehearsal/").status_code == 200


@pytest.mark.parametrize("path", ["/", "/services/", "/sign-in/", "/about/"])
def test_no_page_of_production_speaks_of_a_rehearsal(production: str, installation: Installation, path: str):
    assert "/rehearsal/" in httpx.get(f"{installation.url}{path}").text
    shown = httpx.get(f"{production}{path}")

    assert shown.status_code == 200
    assert "/rehearsal/" not in shown.text
    assert 'class="rehearsal' not in shown.text


def test_production_does_not_start_without_what_it_needs(installation: Installation):
    for name in NEEDED:
        environment = installation.environment() | NEEDED | {"DIVAN_MODE": "production", "DIVAN_SECRET_KEY": "x" * 50}
        environment |= {"DIVAN_DATABASE_URL": "postgresql://localhost/nothing"}
        del environment[name]
        done = subprocess.run(
            [sys.executable, "-m", "divan.project.command_line", "web"],
            env=environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (done.returncode, name in done.stderr, done.stderr.count("\n")) == (1, True, 1), done.stderr
