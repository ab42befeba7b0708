"""An authority, a signer, a timestamper and a letter, all invented."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from divan_libs.pki.authority import RehearsalAuthority
from divan_libs.pki.keys import FileKey, PrivateKey, generate_private_key
from divan_libs.pki.pades import sign_pdf
from divan_libs.pki.tests.specimens import NOON, make_pdf, make_timestamper
from divan_libs.pki.verification import PdfVerdict, verify_pdf

Issue = Callable[..., FileKey]


@pytest.fixture(scope="session")
def authority() -> RehearsalAuthority:
    return RehearsalAuthority.create(NOON - timedelta(days=30))


@pytest.fixture(scope="session")
def stranger() -> RehearsalAuthority:
    return RehearsalAuthority.create(NOON - timedelta(days=30))


@pytest.fixture(scope="session")
def issue_signer() -> Issue:
    def issue(
        authority: RehearsalAuthority,
        *,
        private_key: PrivateKey | None = None,
        now: datetime = NOON - timedelta(days=1),
        **changes: Any,
    ) -> FileKey:
        private_key = private_key or generate_private_key()
        fields: dict[str, Any] = {
            "common_name": "مریم رضایی",
            "national_code": "0499370899",
            "organization": "اداره کل ارتباطات و فناوری اطلاعات",
            "legal_id": "10380284790",
            "title": "مدیر کل",
        }
        certificate = authority.issue_signer(private_key.public_key(), now=now, **(fields | changes))
        return FileKey(private_key, certificate, authority.chain)

    return issue


@pytest.fixture(scope="session")
def signer(authority, issue_signer):
    return issue_signer(authority)


@pytest.fixture(scope="session")
def timestamper(authority):
    return make_timestamper(authority)


@pytest.fixture(scope="session")
def letter() -> bytes:
    return make_pdf()


@pytest.fixture(scope="session")
def signed_letter(letter, signer, timestamper):
    return sign_pdf(
        letter,
        signer,
        signer.chain,
        timestamper,
        now=NOON,
        reason="پاسخ درخواست",
        location="تبریز",
        attachments=[("receipt.json", b'{"entry": 1}')],
    )


@pytest.fixture(scope="session")
def judge(authority):
    def verify(pdf, *, now=NOON, **options) -> PdfVerdict:
        return verify_pdf(pdf, options.pop("roots", [authority.root]), now=now, **options)

    return verify
