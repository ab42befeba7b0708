"""Keys of its own for each test, an enrolled director, and documents to be signed; all people are invented.

What needs a set-up Django is imported inside: named on the command line, this module loads before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.apps import apps

from divan.foundation.actors import SYSTEM
from divan.trust.signing.apps import SigningApp, SigningOptions
from divan.trust.signing.values import Letterhead, NewDocument, SignerRef
from divan_libs.tlog.receipts import Receipt

NOW = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
WORDING = "#let body(fields) = [با سلام و احترام؛\n\n#fields.reply]"
ENTRY = bytes(range(32))
RECEIPT = Receipt(ENTRY, 0, (), "log.divan.test\n1\nAAAA\n\n— log.divan.test AAAA\n").encode().encode()

DIRECTOR = SignerRef(
    person=UUID(int=1),
    national_code="0499370899",
    name="علی محمدی‌نژاد",
    post=UUID(int=2),
    title="مدیر کل ارتباطات و فناوری اطلاعات استان",
    organization="اداره کل ارتباطات و فناوری اطلاعات استان",
    legal_id="10380284790",
)
LETTERHEAD = Letterhead(
    body_name="اداره کل ارتباطات و فناوری اطلاعات استان",
    parent_body="وزارت ارتباطات و فناوری اطلاعات",
    address="بلوار مدرس، کد پستی 6931714568",
    email="ece@ict.example",
    legal_id="10380284790",
)


@pytest.fixture
def keys(tmp_path: Path) -> Iterator[SigningOptions]:
    """Let signing work in a folder of the test, as settings would under ``DIVAN_DATA``."""
    app = apps.get_app_config("signing")
    assert isinstance(app, SigningApp)
    kept = app.options
    app.options = replace(
        kept,
        rehearsal=True,
        base_url="https://divan.example",
        key_directory=tmp_path / "keys",
        trust_directory=tmp_path / "trust",
        trusted_roots=None,
        timestamp_address="",
    )
    yield app.options
    app.options = kept


@pytest.fixture
def prepared(keys: SigningOptions, db: None) -> SigningOptions:
    """Prepare the rehearsal's authority and enrol the director."""
    from divan.trust.signing import actions  # noqa: PLC0415 (see above)

    actions.prepare_authority(actor=SYSTEM, now=NOW)
    actions.enrol_signatory(signer=DIRECTOR, actor=SYSTEM, now=NOW)
    return keys


Change = Callable[..., SigningOptions]


@pytest.fixture
def change_options() -> Change:
    """Change options for the rest of the test; `keys` puts them back."""

    def change(**changes: object) -> SigningOptions:
        app = apps.get_app_config("signing")
        assert isinstance(app, SigningApp)
        app.options = replace(app.options, **changes)
        return app.options

    return change


def new_document(**changes: object) -> NewDocument:
    """Return a reply to be signed by the director."""
    fields: dict[str, object] = {
        "uuid": uuid4(),
        "kind": "reply-letter",
        "title": "پاسخ درخواست پوشش اینترنت روستا",
        "source": WORDING,
        "fields": {"reply": "پوشش روستا در برنامهٔ سال 1406 است."},
        "language": "fa",
        "letterhead": LETTERHEAD,
        "number": "ICT/1405/27",
        "dated_on": date(2026, 11, 22),
        "recipient": "مریم رضایی",
        "signer": DIRECTOR,
        "about_kind": "cases.case",
        "about_uuid": UUID(int=7),
        "sealed_fact": UUID(int=8),
    }
    return NewDocument(**(fields | changes))


def request(**changes: object) -> UUID:
    """Ask for a document and give it its receipt."""
    from divan.trust.signing import actions  # noqa: PLC0415 (see above)

    document = actions.request_document(document=new_document(**changes), actor=SYSTEM, now=NOW)
    actions.give_receipt(document=document, receipt=RECEIPT, actor=SYSTEM, now=NOW)
    return document


def issue(**changes: object) -> UUID:
    """Ask for a document, and let it be issued."""
    from divan.trust.signing import jobs  # noqa: PLC0415 (see above)

    document = request(**changes)
    assert jobs.issue_documents(NOW) == 1
    return document
