"""Closed files are handed over whole, and whatever is altered afterwards is found by the folder alone."""

from __future__ import annotations

import json
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest
from django.apps import apps

from divan.dealings.correspondence import actions, jobs, models, queries
from divan.dealings.correspondence.tests import offices
from divan.dealings.correspondence.tests.archives import PLAN, clerk_of, file_in, lying_in
from divan.dealings.correspondence.values import After, ExportNotPossible, Secrecy
from divan.foundation import facts
from divan.foundation.actors import SYSTEM
from divan.foundation.apps import options
from divan.foundation.models import StoredFile
from divan.registers.people import queries as people
from divan_libs.transfer.verifying import verify_folder

SCHEMA = "noark5/arkivstruktur.xsd"


@pytest.fixture
def office(world, tmp_path, monkeypatch):
    known = replace(options(), files_directory=tmp_path / "files")
    monkeypatch.setattr(apps.get_app_config("foundation"), "options", known)
    return offices.found(world)


@pytest.fixture
def plan(office):
    body = people.get_unit(offices.BODY).uuid
    actions.import_plan(body=body, text=PLAN, actor=SYSTEM, now=office.now)
    return {one.code: one for one in queries.list_plan(body)}


def export(office, folder, **changes):
    return actions.export_archive(body=offices.BODY, to=folder, actor=SYSTEM, now=office.now, **changes)


def codes(folder):
    return sorted({one.code for one in verify_folder(folder)})


@pytest.fixture
def folder(office, plan, tmp_path):
    """A folder of two files, with a letter that lies in both."""
    first, second = lying_in(office, plan["2-1"], closed=False, letters=2), file_in(office, plan["2-2"])
    letter = models.Filing.objects.order_by("id").first().letter
    actions.put_in_file(letters=[letter.uuid], file=second, now=office.now, **clerk_of(office))
    for file in (first, second):
        actions.close_archive_file(file=file, now=office.now, **clerk_of(office))
    made = export(office, tmp_path / "out")
    assert (made.files, made.letters, made.documents, made.left_out) == (2, 2, 2, 0)
    return tmp_path / "out"


def test_what_was_handed_over_is_whole_and_noted_on_each_file(office, folder):
    assert list(verify_folder(folder)) == []
    told = [json.loads(path.read_text()) for path in sorted((folder / "data/letters").iterdir())]
    assert {one["number"] for one in told} == {row.number for row in models.Letter.objects.all()}
    for one in told:
        [document] = one["documents"]
        assert (folder / "data" / document["place"]).read_bytes() == offices.PDF
    for row in models.ArchiveFile.objects.all():
        assert facts.recorded_for(row.uuid)[-1] == "correspondence.archive-file-exported"
    assert not list(folder.parent.glob(".out*"))
    assert offices.seals_hold()


def test_nothing_is_written_over_and_nothing_is_written_of_nothing(office, folder, plan):
    before = sorted(path.stat().st_mtime_ns for path in folder.rglob("*"))

    with pytest.raises(ExportNotPossible):
        export(office, folder)
    models.ArchiveFile.objects.update(closed_at=None, closed_by=None)
    with pytest.raises(ExportNotPossible):
        export(office, folder.with_name("other"))

    assert sorted(path.stat().st_mtime_ns for path in folder.rglob("*")) == before
    assert not folder.with_name("other").exists()


def test_files_above_the_asked_class_stay_and_are_counted(office, plan, tmp_path):
    lying_in(office, plan["2-1"])
    secret = file_in(office, plan["2-1"], secrecy=Secrecy.CONFIDENTIAL)
    actions.close_archive_file(file=secret, now=office.now, **clerk_of(office))

    assert export(office, tmp_path / "a").left_out == 1
    both = export(office, tmp_path / "b", up_to=Secrecy.CONFIDENTIAL)

    assert (both.files, both.left_out) == (2, 0)
    assert codes(tmp_path / "b") == []
    assert "Begrenset" in (tmp_path / "b/data/arkivstruktur.xml").read_text()


def test_an_altered_document_stops_the_export_and_leaves_no_folder(office, plan, tmp_path):
    lying_in(office, plan["2-1"])
    StoredFile.objects.update(sha256="0" * 64)

    with pytest.raises(ExportNotPossible) as refusal:
        export(office, tmp_path / "out")

    assert refusal.value.facts["reason"] == "document"
    assert [path.name for path in tmp_path.iterdir()] == ["files"]
    assert "correspondence.archive-file-exported" not in facts.recorded_for(models.ArchiveFile.objects.get().uuid)


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_every_alteration_of_a_document_a_letter_or_the_lists_is_found(folder):
    document = next((folder / "data/documents").rglob("*.pdf"))
    kept = document.read_bytes()
    document.write_bytes(kept[:-1] + b"X")
    assert codes(folder) == ["altered"]
    document.unlink()
    assert codes(folder) == ["missing"]
    document.write_bytes(kept)
    (folder / "data/more.txt").write_text("x")
    assert codes(folder) == ["not-listed"]
    (folder / "data/more.txt").unlink()
    change(folder / "bag-info.txt", "Divan-Letters: 2", "Divan-Letters: 3")
    assert codes(folder) == ["altered"]
    (folder / "bagit.txt").unlink()
    assert codes(folder) == ["no-bag"]


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("<journalstatus>Arkivert<", "<journalstatus>Arkiv<", "code-list"),
        ("<saksstatus>Avsluttet</saksstatus>", "", "missing-element"),
        ("<klasseID>2</klasseID>", "", "missing-element"),
        ("<tittel>", "<ukjent>x</ukjent><tittel>", "order"),
        ("<referanseTilRegistrering>", "<referanseTilRegistrering>9", "reference"),
        ("<sjekksum>", "<sjekksum>9", "document-checksum"),
        ("<filstoerrelse>", "<filstoerrelse>9", "document-size"),
        ("<registreringsID>", "<registreringsID>9", "letter-differs"),
        ("<journalaar>1405", "<journalaar>x", "number"),
        ("<opprettetDato>20", "<opprettetDato>xx", "date"),
        ("<avsluttetDato>20", "<avsluttetDato>10", "ended-before-it-began"),
        ("</arkiv>", "", "not-xml"),
        ("<arkiv ", "<!DOCTYPE a [<!ENTITY b 'c'>]><arkiv ", "not-xml"),
        ("noark5/arkivstruktur", "noark5/other", "namespace"),
    ],
)
def test_every_fault_of_the_structure_is_named(folder, old, new, found):
    change(folder / "data/arkivstruktur.xml", old, new)

    assert found in codes(folder)
    assert "altered" in codes(folder)


def test_paths_out_of_the_folder_are_never_followed(folder, tmp_path):
    (tmp_path / "secret").write_text("x")
    with (folder / "manifest-sha256.txt").open("a") as lists:
        lists.write(f"{'0' * 64}  ../secret\n")

    assert {"list-line", "altered"} <= set(codes(folder))


def test_the_structure_is_valid_against_the_published_schema(folder, real_data):
    if not (real_data / SCHEMA).exists():
        pytest.skip("the schema is not at hand")
    etree = pytest.importorskip("lxml.etree")
    schema = etree.XMLSchema(etree.parse(real_data / SCHEMA))

    assert schema.validate(etree.parse(folder / "data/arkivstruktur.xml")), schema.error_log


def test_what_was_handed_over_may_be_proposed_for_transfer_until_it_is_opened_again(office, plan, tmp_path):
    file = lying_in(office, plan["2-2"])
    export(office, tmp_path / "out")
    office.pass_time(days=366 * 11)
    listed = actions.propose_disposal(deeds={file: After.TRANSFER}, now=office.now, **clerk_of(office))
    actions.approve_disposal(
        disposal=listed, post=office.post("ict-director"), actor=office.officer("ict-director"), now=office.now
    )

    jobs.run_disposals(office.now)

    assert queries.get_archive_file(file, office.post("ict-director"), office.now).disposal == "transfer"
    assert codes(tmp_path / "out") == []


def test_more_letters_take_no_more_memory(office, plan, tmp_path):
    def peak(letters: int, name: str) -> int:
        file = lying_in(office, plan["2-1"], letters=letters)
        tracemalloc.start()
        export(office, tmp_path / name, file=file)
        try:
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(2, "warm")

    assert peak(60, "many") < peak(5, "few") + 2_000_000
