"""A body asks for data of another one, is given the right, asks through the gateway, and is refused when it ends."""

from __future__ import annotations

import ssl
from pathlib import Path

import httpx
from cryptography.hazmat.primitives import serialization
from playwright.sync_api import Page
from tests.waiting import wait_for

from divan.project.rehearsal.cast import member
from divan_libs.pki.keys import generate_private_key
from divan_libs.pki.tests.test_requests import request as csr_of

from .installation import Installation
from .people import Stage, press

SYSTEM = "LR/GOV/ict-directorate/villages"
SERVICE = "LR/GOV/civil-registry/persons/person"
DENIED = "server.serverproxy.access_denied"
GATEWAY = 1
"""The gateway listens one port above the web process."""

PURPOSE = "شناسایی متقاضیان خط روستایی"


def test_a_right_is_asked_for_given_used_and_taken_back(stage: Stage, installation: Installation, tmp_path: Path):
    director, integrator = stage.window(width=360), stage.window(scripts=False)
    stage.become(director, "ict-director")
    stage.become(integrator, "integrator")
    client = connect(installation, certify(director, tmp_path), tmp_path)
    await_answer(client, DENIED)

    ask(director)
    assert PURPOSE in director.locator("main").inner_text()
    integrator.goto("/office/exchange/")
    press(integrator.locator("main table a").first)
    press(integrator.locator("button[value=grant]"))
    assert integrator.locator("input[name=reference][aria-invalid=true]").count() == 1
    integrator.locator("input[name=reference]").fill("۱۲۳/۴۵ مورخ ۱۴۰۵/۰۸/۰۱")
    press(integrator.locator("button[value=grant]"))

    await_answer(client, "200")
    director.reload()
    press(director.locator("section.notice a").first)
    press(director.locator("a[href$='/revoke/']"))
    director.locator("input[name=reason]").fill("نیاز پایان یافت")
    press(director.locator("main button.btn-danger"))
    await_answer(client, DENIED)
    client.close()


def certify(page: Page, folder: Path) -> Path:
    """Make a key, send the request through the page, and fetch the certificate there."""
    key = generate_private_key()
    request, kept = folder / "villages.csr", folder / "villages.pem"
    request.write_bytes(csr_of(key, common_name=SYSTEM))
    page.goto("/office/exchange/certificates/new/")
    page.locator("select[name=subsystem]").select_option(SYSTEM)
    page.locator("input[name=csr]").set_input_files(request)
    press(page.locator("main form button.btn-primary"))
    with page.expect_download() as download:
        page.locator("main form[action$='/fetch/'] button").first.click()
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    kept.touch(mode=0o600)
    kept.write_bytes(secret + Path(download.value.path()).read_bytes())
    return kept


def ask(page: Page) -> None:
    """Ask for the right to look persons up, for a year and a bit."""
    page.goto("/office/exchange/requests/new/")
    page.locator("select[name=consumer]").select_option(SYSTEM)
    page.locator("select[name=data_service]").select_option("civil-registry/person")
    page.locator("textarea[name=scopes]").fill("GET /persons/*")
    page.locator("input[name=purpose_fa]").fill(PURPOSE)
    page.locator("input[name=legal_basis_fa]").fill("مادهٔ ۳۷ قانون مدیریت خدمات کشوری")
    page.locator("input[name=ends_on-day]").fill("۲۹")
    page.locator("select[name=ends_on-month]").select_option("12")
    page.locator("input[name=ends_on-year]").fill("۱۴۰۶")
    press(page.locator("main form button.btn-primary").last)


def connect(installation: Installation, certificate: Path, folder: Path) -> httpx.Client:
    """Return the member's system: it shows its certificate to the gateway and trusts the exchange's authority."""
    context = ssl.create_default_context(cafile=str(installation.data / "exchange" / "authorities.pem"))
    context.load_cert_chain(certificate)
    address = f"https://localhost:{installation.port + GATEWAY}"
    return httpx.Client(base_url=address, verify=context, trust_env=False, headers={"X-Road-Client": SYSTEM})


def await_answer(client: httpx.Client, wanted: str) -> None:
    """Ask until the gateway answers so."""
    wait_for(lambda: answer_of(client) == wanted, otherwise=lambda: answer_of(client))


def answer_of(client: httpx.Client) -> str:
    answer = client.get(f"/r1/{SERVICE}/persons/{member('villager').national_code}")
    return answer.headers.get("x-road-error", "") or str(answer.status_code)
