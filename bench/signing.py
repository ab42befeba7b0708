"""How many decided letters a second one worker makes: typeset, signed, timestamped, stored, recorded.

A private PostgreSQL with durable writes, the rehearsal's keys and timestamp authority in the same process, the layout
and wording of the shipped service. Beside it, each step alone, a letter in rich text with two signatures, and how many
issued files a second are verified.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from divan.project.launcher import postgres

ROOT = Path(__file__).resolve().parents[1]
WORDING = ROOT / "services" / "rural-internet-coverage" / "outputs" / "reply-letter.typ"
FIELDS = {
    "first_name": "مریم",
    "last_name": "رضایی",
    "village": "چشمه‌کبود",
    "rural_district": "ارمو",
    "district": "مرکزی",
    "county": "دورود",
    "case_number": "۱۴۰۵-۰۰۰۲۷",
    "submitted_on": "۱۲ آبان ۱۴۰۵",
    "households": "۳۵",
    "reply": "پوشش روستا در برنامهٔ سال 1406 قرار گرفت.\n"
    "عملیات نصب از خرداد 1406 آغاز می‌شود و تا پایان شهریور پایان می‌یابد.",
}


def main() -> None:
    """Measure, print a table and, with ``--json``, one object on the last line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="under 40 seconds")
    parser.add_argument("--json", action="store_true", help="the figures as one JSON object on the last line")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="divan-bench-") as name:
        # As root the server runs as another account, which must be able to pass here.
        Path(name).chmod(0o711)
        with postgres.running(Path(name) / "pg") as server:
            os.environ |= {
                "DJANGO_SETTINGS_MODULE": "divan.project.settings",
                "DIVAN_DATABASE_URL": server.url,
                "DIVAN_DATA": str(Path(name) / "var"),
            }
            figures = measure(200 if options.quick else 1000)
    report(figures)
    if options.json:
        print(json.dumps(figures))


def measure(count: int) -> dict[str, float]:
    """Prepare so many letters, issue and verify them, and return the figures by name."""
    import django  # noqa: PLC0415 (its settings are known only now)

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 (readable only after setup)
    from django.db import connections  # noqa: PLC0415 (as above)

    from divan.trust.signing import jobs, queries  # noqa: PLC0415 (as above)

    console = Console(stderr=True)
    call_command("migrate", interactive=False, verbosity=0)
    now = datetime.now(UTC)
    wanted = request_letters(count, now)
    issued = jobs.issue_documents(now)
    started, left = time.perf_counter(), count - issued
    with Progress(console=console) as progress:
        task = progress.add_task("issuing", total=left)
        while done := jobs.issue_documents(now):
            progress.update(task, advance=done)
    spent = time.perf_counter() - started
    if failed := queries.list_failed():
        raise SystemExit(f"{len(failed)} letters failed: {failed[0].failure} {failed[0].failure_detail}")
    files = [queries.read_pdf(uuid) for uuid in wanted[:50]]
    figures = {
        "letters": float(left),
        "issued_per_second": left / spent,
        **steps(now),
        "verified_per_second": 1 / seconds_each(lambda: [queries.verify_file(file, now) for file in files], 1) * 50,
        "bytes_of_a_letter": float(len(files[0])),
    }
    genuine = sum(queries.verify_document(uuid, now).is_genuine for uuid in wanted[:20])
    connections.close_all()
    if genuine != 20:
        raise SystemExit(f"only {genuine} of 20 letters are genuine")
    return {name: round(value, 2) for name, value in figures.items()}


def request_letters(count: int, now: datetime) -> list[Any]:
    """Enrol a director and put up letters that have their receipt."""
    from divan.foundation.actors import SYSTEM  # noqa: PLC0415 (readable only after setup)
    from divan.trust.signing import actions  # noqa: PLC0415 (as above)
    from divan.trust.signing.values import Letterhead, NewDocument, SignerRef  # noqa: PLC0415 (as above)
    from divan_libs.tlog.receipts import Receipt  # noqa: PLC0415 (beside its users)

    body, legal_id = "اداره کل ارتباطات و فناوری اطلاعات استان", "10380284790"
    signer = SignerRef(
        person=uuid4(),
        national_code="0499370899",
        name="علی محمدی‌نژاد",
        post=uuid4(),
        title="مدیر کل",
        organization=body,
        legal_id=legal_id,
    )
    head = Letterhead(body_name=body, parent_body="", address="", email="ece@ict.example", legal_id=legal_id)
    receipt = Receipt(bytes(32), 0, (bytes(32),) * 20, "log.bench.example\n1\nAAAA\n\n— log.bench.example AAAA\n")
    actions.prepare_authority(actor=SYSTEM, now=now)
    actions.enrol_signatory(signer=signer, actor=SYSTEM, now=now)
    wanted = []
    for number in range(count):
        document = NewDocument(
            uuid=uuid4(),
            kind="reply-letter",
            title="پاسخ درخواست پوشش اینترنت روستا",
            source=WORDING.read_text(encoding="utf-8"),
            fields=FIELDS,
            language="fa",
            letterhead=head,
            number=f"ICT/1405/{number}",
            dated_on=now.date(),
            recipient="مریم رضایی",
            signer=signer,
            about_kind="cases.case",
            about_uuid=uuid4(),
            sealed_fact=uuid4(),
        )
        uuid = actions.request_document(document=document, actor=SYSTEM, now=now)
        actions.give_receipt(document=uuid, receipt=receipt.encode().encode(), actor=SYSTEM, now=now)
        wanted.append(uuid)
    return wanted


def steps(now: datetime) -> dict[str, float]:
    """Return the milliseconds of each step of a letter alone."""
    from divan.trust.signing import models, queries, rules  # noqa: PLC0415 (readable only after setup)
    from divan.trust.signing.adapters import authorities, square_codes  # noqa: PLC0415 (as above)
    from divan.trust.signing.adapters.signing_keys import KeyFiles  # noqa: PLC0415 (as above)
    from divan.trust.signing.adapters.typesetting import typesetter  # noqa: PLC0415 (as above)
    from divan.trust.signing.apps import options  # noqa: PLC0415 (as above)
    from divan_libs.pki.pades import sign_pdf  # noqa: PLC0415 (beside its users)

    known, row = options(), models.Document.objects.order_by("id").last()
    assert row is not None
    letter, address = queries.letter_of(row), f"{known.base_url}/verify/{row.code}/#{'A' * 180}"
    page = rules.page_data(letter, address=address, square_code=square_codes.draw(address), rehearsal=True)
    setter, stamper = typesetter(known.fonts_directory), authorities.timestamper(known, lambda: now)
    pdf = setter.typeset(page, row.source, made_at=now)
    key = KeyFiles(known.key_directory).find(models.Signatory.objects.get().uuid)
    shown = iter(range(10**6))

    def typeset() -> None:
        setter.typeset({**page, "recipient": str(next(shown))}, row.source, made_at=now)

    paper_ms, two_signers_ms = paper_of_two(now)
    return {
        "two_signer_letter_typesetting_ms": paper_ms,
        "two_signer_letter_whole_ms": two_signers_ms,
        "square_code_ms": 1e3 * seconds_each(lambda: square_codes.draw(address), 20),
        "typesetting_ms": 1e3 * seconds_each(typeset, 50),
        "signing_ms": 1e3 * seconds_each(lambda: sign_pdf(pdf, key.key, key.chain, stamper, now=now), 50),
    }


def paper_of_two(now: datetime) -> tuple[float, float]:
    """Return the milliseconds of typesetting a letter in rich text, and of that with both signatures of two signers."""
    from divan.trust.signing import models, queries, rules  # noqa: PLC0415 (readable only after setup)
    from divan.trust.signing.adapters import authorities  # noqa: PLC0415 (as above)
    from divan.trust.signing.adapters.signing_keys import KeyFiles  # noqa: PLC0415 (as above)
    from divan.trust.signing.apps import options  # noqa: PLC0415 (as above)
    from divan.trust.signing.values import LetterCopy, LetterPaper, Shams  # noqa: PLC0415 (as above)
    from divan_libs.pki.pades import countersign_pdf, sign_pdf  # noqa: PLC0415 (beside its users)

    row, known = models.Document.objects.order_by("id").last(), options()
    assert row is not None
    shams = Shams(number="27/1405", registered_at=now, guid=row.uuid, email="ece@ict.example", legal_id="10380284790")
    words = "عملیات نصب از خرداد 1406 آغاز می‌شود و تا پایان شهریور پایان می‌یابد. "
    table = "<table><tbody><tr><th>روستا</th><th>خانوار</th></tr><tr><td>ارمو</td><td>35</td></tr></tbody></table>"
    paper = LetterPaper(
        body_html=f"<p>{words * 4}</p><ol><li>{words}</li><li>{words}</li></ol>{table}<p>{words * 3}</p>",
        copies=(LetterCopy(recipient="بایگانی"),),
        shams=shams,
    )
    plain = queries.letter_of(row)
    source = rules.wording_of(paper, "fa")
    key = KeyFiles(known.key_directory).find(models.Signatory.objects.get().uuid)
    stamper = authorities.timestamper(known, lambda: now)
    shown = iter(range(10**6))

    def typeset() -> bytes:
        letter = replace(plain, paper=paper, co_signers=(plain.signer,), recipient=str(next(shown)))
        return queries.typeset_letter(letter, source, queries.EMPTY_SQUARE, made_at=now)

    def whole() -> None:
        signed = sign_pdf(typeset(), key.key, key.chain, stamper, now=now, further=1)
        countersign_pdf(signed, key.key, key.chain, stamper, now=now)

    return 1e3 * seconds_each(typeset, 30), 1e3 * seconds_each(whole, 30)


def seconds_each(work: Callable[[], object], times: int) -> float:
    """Return the seconds of one run of the work, on average."""
    started = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - started) / times


def report(figures: dict[str, float]) -> None:
    """Say what machine this is, and print the figures."""
    console = Console()
    console.print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, one worker")
    table = Table("figure", "value")
    for name, value in figures.items():
        table.add_row(name.replace("_", " "), f"{value:,.2f}")
    console.print(table)


if __name__ == "__main__":
    main()
