"""The log for everybody: entries with their proofs, and a monitor that says in words what does not hold."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import translation

from divan.foundation.actors import SYSTEM
from divan.front.portal import log_monitor
from divan.trust.ledger import actions, queries
from divan.trust.ledger.tests.scene import NOW, let_happen, seal_all
from divan.trust.ledger.values import Examination, Fault, Finding, LogState, Standing, WitnessState
from divan_libs.tlog.checkpoints import open_checkpoint
from divan_libs.tlog.hashing import leaf_hash
from divan_libs.tlog.notes import NoteVerifier
from divan_libs.tlog.proofs import verify_inclusion
from divan_libs.tlog.receipts import parse_log_proof


@pytest.fixture
def sealed(tmp_path, monkeypatch, transactional_db):
    """A log of 300 entries in a folder of the test."""
    app = apps.get_app_config("ledger")
    known = replace(
        app.options,
        directory=tmp_path / "log",
        key_file=tmp_path / "log.key",
        verifier_file=tmp_path / "log.vkey",
        policy_file=tmp_path / "log.policy",
        origin="log.divan.test",
    )
    monkeypatch.setattr(app, "options", known)
    actions.open_log(actor=SYSTEM, now=NOW)
    let_happen(299)
    seal_all()
    return known


def texts(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_the_log_leads_to_any_entry_by_its_index_in_whatever_digits(sealed, visitor):
    page = visitor.get(reverse("portal:log"))

    assert page.status_code == 200
    assert "300" in texts(page)
    assert queries.log_state().checkpoint.splitlines()[2] in page.content.decode()
    for written in ("255", " ۲۵۵ "):
        answer = visitor.get(reverse("portal:log"), {"index": written})
        assert (answer.status_code, answer["Location"]) == (302, "/about/log/entries/255/")
    for beyond in ("300", "-1", "x", "9" * 30, "۱٫۵"):
        answer = visitor.get(reverse("portal:log"), {"index": beyond})
        assert answer.status_code == 422
        assert "The newest is 299" in texts(answer)


@pytest.mark.parametrize("index", [0, 128, 255, 256, 299])
def test_an_entry_is_shown_with_a_proof_that_a_stranger_can_check(sealed, visitor, index):
    page = visitor.get(reverse("portal:log-entry", args=[index]))
    file = visitor.get(reverse("portal:log-proof", args=[index]))

    proof = parse_log_proof(file.content)
    verifier = NoteVerifier.parse(sealed.verifier_file.read_text().strip())
    checkpoint = open_checkpoint(proof.checkpoint_note, [verifier]).checkpoint
    entry = next(iter(queries.commitments(index, index + 1)))
    verify_inclusion(proof.index, checkpoint.size, leaf_hash(entry), proof.hashes, checkpoint.root)
    said = page.content.decode()
    assert entry.hex() in said
    assert checkpoint.root.hex() in said
    assert all(value.hex() in said for value in proof.hashes)
    assert said.count('class="node node--given"') == len(proof.hashes)


def test_the_hashes_beside_the_path_stand_for_all_other_entries(sealed):
    for index in (0, 44, 299):
        proved = queries.prove_entry(index)
        covered = sorted((step.first, step.last) for step in proved.steps)
        others = [place for first, last in covered for place in range(first, last + 1)]
        assert others == [place for place in range(300) if place != index]
        assert all(step.is_earlier == (step.last < index) for step in proved.steps)


def test_what_is_not_in_the_log_or_not_proved_is_not_shown(sealed, visitor):
    assert visitor.get(reverse("portal:log-entry", args=[300])).status_code == 404
    assert visitor.get("/about/log/entries/99999999999999999999/").status_code == 404
    tile = sealed.directory / "tile" / "0" / "000"
    tile.chmod(0o600)
    tile.write_bytes(bytes(8192))

    assert visitor.get(reverse("portal:log-entry", args=[3])).status_code == 404
    assert visitor.get(reverse("portal:log")).status_code == 200


def test_a_persian_page_mirrors_the_tree(sealed, visitor):
    english = visitor.get(reverse("portal:log-entry", args=[0])).content.decode()
    visitor.cookies["divan_language"] = "fa"
    persian = visitor.get(reverse("portal:log-entry", args=[0])).content.decode()

    # The first entry has only later ones beside it: to the right in English, to the left in Persian.
    assert set(re.findall(r'node--given" cx="([\d.]+)"', english)) == {"278.0"}
    assert set(re.findall(r'node--given" cx="([\d.]+)"', persian)) == {"62.0"}


SOUND = LogState(
    is_open=True,
    origin="log.divan.test",
    size=9,
    published_size=9,
    sealed_at=NOW,
    standing=Standing.LEVEL,
    cosigned_size=9,
    cosigned_at=NOW,
    witnesses_needed=1,
)
VOUCHING = WitnessState(
    name="university", verifier="k", url="http://w", cosigned_size=9, cosigned_at=NOW, asked_at=NOW, is_silent=False
)
EXAMINED = Examination(uuid="", begun_at=NOW, seen_at=NOW, ended_at=NOW, progress={}, found=0, findings=())
UNBELIEVED = replace(SOUND, doubt="ledger.checkpoint-invalid")
SHOWN_ANOTHER = replace(VOUCHING, trouble="tlog.cosigning.root-differs")
SHOWN_MORE = replace(VOUCHING, trouble="tlog.cosigning.witness-ahead")
DOWN = replace(VOUCHING, name="newspaper", trouble="tlog.remote.unreachable", is_silent=True)
FOUND = replace(EXAMINED, found=1, findings=(Finding(code=Fault.ROW_ALTERED),))


@pytest.mark.parametrize(
    ("state", "witnesses", "examined", "later", "tone", "code"),
    [
        (SOUND, [VOUCHING], EXAMINED, 0, "good", ""),
        (replace(SOUND, standing=Standing.DIFFERENT), [VOUCHING], EXAMINED, 0, "bad", "ledger.history-differs"),
        (replace(SOUND, standing=Standing.AHEAD), [VOUCHING], EXAMINED, 0, "bad", "ledger.older-than-published"),
        (UNBELIEVED, [VOUCHING], EXAMINED, 0, "bad", "ledger.checkpoint-invalid"),
        (SOUND, [SHOWN_ANOTHER], EXAMINED, 0, "bad", "tlog.cosigning.root-differs"),
        (SOUND, [SHOWN_MORE], EXAMINED, 0, "bad", "tlog.cosigning.witness-ahead"),
        (SOUND, [VOUCHING, DOWN], EXAMINED, 0, "waiting", "tlog.remote.unreachable"),
        (SOUND, [], EXAMINED, 0, "waiting", ""),
        (replace(SOUND, pending=5), [VOUCHING], EXAMINED, 60, "waiting", ""),
        (replace(SOUND, published_size=99, cosigned_size=9), [VOUCHING], EXAMINED, 600, "waiting", ""),
        (SOUND, [VOUCHING], None, 0, "waiting", ""),
        (SOUND, [VOUCHING], EXAMINED, 60 * 60 * 40, "waiting", ""),
        (SOUND, [VOUCHING], FOUND, 0, "bad", "ledger.row-altered"),
        (LogState(is_open=False), [], None, 0, "waiting", ""),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)  # fmt: skip
def test_the_monitor_says_what_does_not_hold(monkeypatch, state, witnesses, examined, later, tone, code):
    monkeypatch.setattr(queries, "log_state", lambda: state)
    monkeypatch.setattr(queries, "list_witnesses", lambda: witnesses)
    monkeypatch.setattr(queries, "find_last_examination", lambda: examined)

    with translation.override("en"):
        found = log_monitor.measure(NOW + timedelta(seconds=later))

    tones = {check.tone for check in found.checks}
    assert (tone in tones, found.is_sound, found.is_whole) == (True, tone != "bad", tone == "good")
    assert [check.code for check in found.checks if check.code] == ([code] if code else [])


def test_the_monitor_is_a_page(sealed, visitor):
    page = visitor.get(reverse("portal:log-monitor"))

    assert page.status_code == 200
    assert "No witness is named" in texts(page)
    assert "divan ledger monitor" in texts(page)
