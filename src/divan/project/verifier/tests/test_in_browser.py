"""The page in the browser and `divan verify` say the same of every file of one table; the page needs no network."""

from __future__ import annotations

import json
import shutil
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import RequestFactory, override_settings
from django.utils import translation

from divan.project.verifier import page
from divan.project.verifier.judgement import Coded, FileKind, Judgement, Outcome, judge
from divan.project.verifier.trust import read_trust
from divan_libs.tlog.notes import NoteSigner, SignatureType

from . import table
from .specimens import LATER

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@contextmanager
def open_browser():
    """Run Chromium for the length of a block; skip the test where there is none."""
    if not any(shutil.which(program) for program in PROGRAMS):
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    from tools.screenshots import chromium  # noqa: PLC0415 (only when a browser is there)

    with chromium() as opened:
        yield opened


def kept_page(data: Path, folder: Path, language: str = "en") -> Path:
    """Keep the verifier as a file, as a visitor of an installation does, in a language."""
    ledger = replace(settings.LEDGER, policy_file=data / "trust" / "log.policy")
    with override_settings(DIVAN=replace(settings.DIVAN, data=data), LEDGER=ledger), translation.override(language):
        answer = page.kept(RequestFactory().get("/verify/offline.html"))
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    path = folder / f"kept-{language}.html"
    path.write_bytes(answer.content)
    return path


@pytest.fixture
def page_of(trust_folder: Path, tmp_path: Path):
    """Return a function that keeps the verifier of an installation with the stranger's trust."""
    data = tmp_path / "data"
    data.mkdir()
    trust_folder.rename(data / "trust")
    return lambda language="en": kept_page(data, tmp_path, language)


@pytest.fixture
def browser():
    with open_browser() as opened:
        yield opened


def plain(judgement: Judgement | None) -> dict[str, Any] | None:
    """Return a judgement in the form of the page's own, without what cannot be believed anyway."""
    if judgement is None:
        return None
    of_altered = judgement.outcome is Outcome.ALTERED
    kind = "unknown" if judgement.kind is FileKind.UNKNOWN else str(judgement.kind)
    return {
        "kind": kind,
        "outcome": str(judgement.outcome),
        "problems": list(judgement.problems),
        "lines": [] if of_altered else [[line.label, value(line.value)] for line in judgement.lines],
        "limits": [str(limit) for limit in judgement.limits],
        "inside": plain(judgement.inside),
    }


def value(known: object) -> object:
    match known:
        case Coded(group, code):
            return {"coded": [group, code]}
        case datetime():
            return {"moment": known.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")}
        case date():
            return {"day": known.isoformat()}
        case int():
            return {"number": str(known)}
    return known


def of_page(said: dict[str, Any] | None) -> dict[str, Any] | None:
    if said is None:
        return None
    lines = [] if said["outcome"] == "altered" else said["lines"]
    return {**said, "lines": lines, "inside": of_page(said["inside"])}


def asked(window, path: Path) -> dict[str, Any]:
    """Give the page one file, and return what it says."""
    window.set_input_files("#verify-files", [path])
    window.wait_for_selector("[data-verifier]:not([aria-busy]) .verdict")
    said: dict[str, Any] = json.loads(window.text_content(".verdict__raw"))
    window.evaluate("document.querySelector('[data-verdicts]').replaceChildren()")
    return said


@pytest.mark.slow
def test_both_say_the_same_of_every_file_of_the_table(page_of, authority, tmp_path, browser):
    trust = read_trust(tmp_path / "data" / "trust")
    judged = {}
    for name, content, outcome, problems in table.rows(authority):
        (tmp_path / name).write_bytes(content)
        judged[name] = judge(content, trust, now=LATER)
        if outcome:
            assert (name, judged[name].outcome, judged[name].problems) == (name, outcome, problems)
    context = browser.new_context(offline=True)
    window = context.new_page()
    window.clock.set_fixed_time(LATER)
    window.goto(page_of().as_uri())

    for name, judgement in judged.items():
        expected, said = plain(judgement), of_page(asked(window, tmp_path / name))
        if name.startswith("octet-"):
            # Of bytes turned at random the two need not say in the same words what is broken, only that it is.
            assert (name, said["outcome"], judgement.outcome) == (name, "altered", "altered") or said == expected, name
        else:
            assert said == expected, name
    context.close()


def test_a_browser_that_does_not_know_ed25519_judges_receipts_the_same(page_of, tmp_path, browser):
    window = browser.new_context(offline=True).new_page()
    window.clock.set_fixed_time(LATER)
    window.add_init_script(
        """const known = SubtleCrypto.prototype.importKey;
        SubtleCrypto.prototype.importKey = function (form, key, algorithm, ...rest) {
            if (algorithm.name === "Ed25519") throw new DOMException("unknown", "NotSupportedError");
            return known.call(this, form, key, algorithm, ...rest);
        };"""
    )
    window.goto(page_of().as_uri())

    for name, content, outcome, problems in table.receipts():
        (tmp_path / name).write_bytes(content)
        said = asked(window, tmp_path / name)
        assert (name, said["outcome"], tuple(said["problems"])) == (name, outcome, problems)


def test_the_page_demands_the_witnesses_of_the_policy(page_of, log, tmp_path, browser):
    nobody = NoteSigner("nobody.example", SignatureType.COSIGNATURE, b"N" * 32).verifier.encode()
    known = log.witness.verifier.encode()
    receipt = tmp_path / "receipt.tlog-proof"
    receipt.write_bytes(log.receipt())
    policies = {
        f"witness w {known}\nquorum w\n": ("genuine", []),
        f"witness n {nobody}\nwitness w {known}\ngroup g any n w\nquorum g\n": ("genuine", []),
        f"witness n {nobody}\nwitness w {known}\ngroup g all n w\nquorum g\n": ("untrusted", ["tlog.policy.unmet"]),
    }
    # All files are kept before the browser's event loop runs.
    kept = []
    for number, policy in enumerate(policies):
        (tmp_path / "data" / "trust" / "log.policy").write_text(policy)
        path = page_of()
        kept.append(path.rename(path.with_name(f"kept-{number}.html")))
    window = browser.new_context(offline=True).new_page()
    window.clock.set_fixed_time(LATER)

    for path, (outcome, problems) in zip(kept, policies.values(), strict=True):
        window.goto(path.as_uri())
        said = asked(window, receipt)
        assert (said["outcome"], said["problems"]) == (outcome, problems)
        assert ("verify.not-proved.one-log" in said["limits"]) is False


def test_a_receipt_beside_the_file_that_it_speaks_of_names_it_and_the_page_speaks_persian(
    page_of, log, tmp_path, browser, signed_letter
):
    letter, receipt = tmp_path / "letter.pdf", tmp_path / "receipt.tlog-proof"
    letter.write_bytes(signed_letter)
    receipt.write_bytes(log.receipt(table.FACT | {"data": {"sha256": table.sha256(signed_letter)}}))
    path = page_of("fa")
    window = browser.new_context(offline=True).new_page()
    window.clock.set_fixed_time(LATER)
    troubles: list[str] = []
    window.on("console", lambda message: troubles.append(message.text))
    window.on("pageerror", lambda error: troubles.append(str(error)))
    window.goto(path.as_uri())

    window.set_input_files("#verify-files", [letter, receipt])
    window.locator(".verdict").nth(1).wait_for()

    of_letter, of_receipt = window.locator(".verdict").all_inner_texts()
    assert "این سند اصیل است" in of_letter
    assert "letter.pdf" in of_receipt
    assert window.locator("html").get_attribute("dir") == "rtl"
    assert troubles == []
