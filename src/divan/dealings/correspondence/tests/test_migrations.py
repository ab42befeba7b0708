"""An installation with letters of before comes over: every row is as its newest fact says it was."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid4

from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from divan.dealings.correspondence import models, queries
from divan.foundation.canonical import digest
from divan.foundation.facts import subject_digest

NOON = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)


def migrate(to: list[tuple[str, str]]):
    executor = MigrationExecutor(connection)
    executor.migrate(to)
    return executor.loader.project_state(to).apps


def digest_before(kind: str, uuid: UUID, state: dict[str, object]) -> bytes:
    """Return the digest as the release before took it."""
    return digest({"kind": kind, "uuid": uuid, "state": state})


def test_letters_and_registers_of_before_keep_their_digests_and_their_numbers(transactional_db):
    first, newest = [("correspondence", "0001_initial")], MigrationExecutor(connection).loader.graph.leaf_nodes()
    body, register, letter, line = uuid4(), uuid4(), uuid4(), uuid4()
    try:
        migrate(first)
        # Only correspondence goes back: the tree of bodies stands as it is today.
        unit = apps.get_model("people", "Unit")
        body_id = unit.objects.create(uuid=body, code="b", name_fa="دستگاه", kind="body", level="province").id
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO correspondence_register (uuid, code, body_id) VALUES (%s, '110', %s) RETURNING id",
                [register, body_id],
            )
            [register_id] = cursor.fetchone()
            cursor.execute(
                "INSERT INTO correspondence_registeryear (register_id, year, last) VALUES (%s, 1405, 1)", [register_id]
            )
            cursor.execute(
                "INSERT INTO correspondence_letter (uuid, register_id, year, count, direction, subject, wording,"
                " recipient, signer, signer_post, signer_name, signer_title, registered_at, state, about_kind,"
                " about_uuid) VALUES (%s, %s, 1405, 1, 'outgoing', 'موضوع', 'متن', 'گیرنده', %s, %s, 'نام', 'مدیرکل',"
                " %s, 'numbered', 'cases.case', %s)",
                [letter, register_id, body, body, NOON, body],
            )
            cursor.execute(
                "INSERT INTO correspondence_workitem (uuid, post_uuid, about_kind, about_uuid, number, title_fa,"
                " title_en, step_fa, step_en, sender_fa, sender_en, note, urgency, arrived_at, order_at) VALUES (%s,"
                " %s, 'cases.task', %s, '12', 'پروانهٔ كسب', 'A permit', '', '', 'مدیرکل', '', '', 'ordinary', %s, %s)",
                [line, body, body, NOON, NOON],
            )
    finally:
        migrate(newest)

    row, book = models.Letter.objects.get(uuid=letter), models.Register.objects.get(uuid=register)
    letter_before = {
        "number": [register_id, 1405, 1],
        "direction": "outgoing",
        "subject": "موضوع",
        "wording": "متن",
        "recipient": "گیرنده",
        "signer": [body, body, "نام", "مدیرکل"],
        "registered_at": NOON,
        "state": "numbered",
        "about": ["cases.case", body],
        "document": None,
    }
    assert subject_digest(row) == digest_before("correspondence.letter", letter, letter_before)
    register_before = {"code": "110", "body": body_id}
    assert subject_digest(book) == digest_before("correspondence.register", register, register_before)
    assert models.WorkItem.objects.get(uuid=line).search_text.split()[:3] == ["12", "پروانه", "کسب"]
    assert (row.body_id, book.serves_cases) == (body_id, True)
    assert queries.get_letter(letter).number_text == "110/1405/1"
    assert queries.prove_register("110", 1405).gaps == ()
    assert apps.get_model("correspondence", "Letter")._meta.db_table == "correspondence_letter"
