"""A power cut at any line of issuing leaves a ready document, and later one file, one fact, one number."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from tests.elsewhere import await_released, database_url

from divan.foundation import facts
from divan.foundation.actors import SYSTEM
from divan.foundation.models import Fact, StoredFile
from divan.trust.signing import actions, jobs, models, queries
from divan.trust.signing.values import DOCUMENT_ISSUED, SIGNATURE_MADE, Standing

from .conftest import NOW, request
from .officials import Officials

pytestmark = pytest.mark.django_db(transaction=True)

POINTS = (
    "document.after-signature",
    "file.before-row",
    "document.after-store",
    "fact.before-record",
    "document.before-commit",
)


def issue_elsewhere(folder: Path, *, cut: str) -> int:
    """Issue in another process on the same database, with the power cut at a point; return its exit code."""
    data = str(settings.DIVAN.data)
    environment = os.environ | {"DIVAN_DATABASE_URL": database_url(), "DIVAN_DATA": data, "DIVAN_FAULT": cut}
    program = Path(__file__).with_name("issuing_process.py")
    command = [sys.executable, str(program), str(folder), NOW.isoformat()]
    done = subprocess.run(command, env=environment, capture_output=True, timeout=60, check=False)
    assert done.returncode in {0, -signal.SIGKILL}, done.stderr.decode()
    await_released()
    return done.returncode


@pytest.mark.parametrize("point", POINTS)
def test_a_power_cut_leaves_the_document_ready_and_the_next_look_issues_it_once(prepared, point):
    uuid = request()
    before = models.Document.objects.values().get()

    assert issue_elsewhere(prepared.key_directory.parent, cut=point) == -signal.SIGKILL
    assert models.Document.objects.values().get() == before
    assert StoredFile.objects.count() == 0
    assert jobs.issue_documents(NOW + timedelta(seconds=1)) == 1

    found = queries.get_document(uuid)
    assert (found.number, StoredFile.objects.count()) == ("ICT/1405/27", 1)
    assert Fact.objects.filter(kind=DOCUMENT_ISSUED.code).count() == 1
    assert queries.verify_document(uuid, NOW + timedelta(seconds=1)).standing is Standing.GENUINE
    assert facts.recorded_for(uuid)[-1] == DOCUMENT_ISSUED.code


def test_without_a_cut_the_other_process_issues_it(prepared):
    uuid = request()

    assert issue_elsewhere(prepared.key_directory.parent, cut="") == 0
    assert queries.verify_document(uuid, NOW).standing is Standing.GENUINE


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("made_before", [0, 1])
def test_a_power_cut_between_two_signers_leaves_the_document_as_it_was(prepared, point, made_before):
    first, second = Officials.seated(2).signers
    uuid = request(signer=first, co_signers=(second,))
    if made_before:
        assert jobs.issue_documents(NOW) == 1
    actions.request_signature(document=uuid, person=second.person, actor=SYSTEM, now=NOW)
    before = list(models.Document.objects.values()), list(models.Signature.objects.order_by("id").values())
    files_before = StoredFile.objects.count()

    assert issue_elsewhere(prepared.key_directory.parent, cut=point) == -signal.SIGKILL
    assert (list(models.Document.objects.values()), list(models.Signature.objects.order_by("id").values())) == before
    assert StoredFile.objects.count() == files_before
    assert jobs.issue_documents(NOW + timedelta(seconds=1)) == 2 - made_before

    assert [one.state for one in queries.get_document(uuid).signatures] == ["made", "made"]
    assert Fact.objects.filter(kind=DOCUMENT_ISSUED.code).count() == 1
    assert Fact.objects.filter(kind=SIGNATURE_MADE.code).count() == 2
    verdict = queries.verify_document(uuid, NOW + timedelta(seconds=1))
    assert (verdict.standing, len(verdict.signers)) == (Standing.GENUINE, 2)
