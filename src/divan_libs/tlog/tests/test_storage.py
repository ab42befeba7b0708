"""One contract for every store, and what a directory adds to it."""

import errno
import os
from pathlib import Path

import pytest

from divan_libs.tlog import storage
from divan_libs.tlog.storage import LocalStore, MemoryStore, StorageError

PATHS_OF_NO_LOG = [
    "",
    "/checkpoint",
    "../checkpoint",
    "tile/../checkpoint",
    "tile//0",
    "tile/",
    ".staging/x",
    "tile/ x",
]


@pytest.fixture(params=["memory", "directory"])
def store(request, tmp_path):
    return MemoryStore() if request.param == "memory" else LocalStore(tmp_path / "log")


def test_what_was_never_written_is_none(store):
    assert store.read("checkpoint") is None
    assert list(store.paths()) == []


def test_what_was_written_is_read_and_listed(store):
    store.write_immutable("tile/0/x001/234.p/5", b"hashes")
    store.write_immutable("tile/entries/000", b"")
    store.replace("checkpoint", b"note")

    assert store.read("tile/0/x001/234.p/5") == b"hashes"
    assert store.read("tile/entries/000") == b""
    assert store.read("checkpoint") == b"note"
    assert sorted(store.paths()) == ["checkpoint", "tile/0/x001/234.p/5", "tile/entries/000"]


def test_an_immutable_file_may_be_written_again_but_not_changed(store):
    store.write_immutable("tile/0/000", b"hashes")
    store.write_immutable("tile/0/000", b"hashes")

    with pytest.raises(StorageError) as refusal:
        store.write_immutable("tile/0/000", b"others")

    assert refusal.value.code == "tlog.storage.immutable"
    assert store.read("tile/0/000") == b"hashes"


def test_the_checkpoint_is_replaced(store):
    store.replace("checkpoint", b"old")
    store.replace("checkpoint", b"new")

    assert store.read("checkpoint") == b"new"


def test_partials_go_when_their_full_tile_is_there(store):
    for path in ("tile/0/000.p/1", "tile/0/000.p/255", "tile/0/001.p/3", "tile/entries/000.p/1"):
        store.write_immutable(path, b"partial")
    store.write_immutable("tile/0/000", b"full")

    store.discard_partials("tile/0/000")
    store.discard_partials("tile/0/000")

    assert sorted(store.paths()) == ["tile/0/000", "tile/0/001.p/3", "tile/entries/000.p/1"]


def test_partials_stay_while_there_is_nothing_in_their_place(store):
    store.write_immutable("tile/0/000.p/1", b"partial")

    with pytest.raises(StorageError) as refusal:
        store.discard_partials("tile/0/000")

    assert refusal.value.code == "tlog.storage.no-full-tile"
    assert store.read("tile/0/000.p/1") == b"partial"


@pytest.mark.parametrize("path", PATHS_OF_NO_LOG)
def test_nothing_outside_the_log_is_touched(store, path):
    for attempt in (
        lambda: store.read(path),
        lambda: store.write_immutable(path, b"x"),
        lambda: store.replace(path, b"x"),
        lambda: store.discard_partials(path),
    ):
        with pytest.raises(StorageError) as refusal:
            attempt()
        assert refusal.value.code == "tlog.storage.path"
    assert list(store.paths()) == []


def test_a_file_and_every_new_directory_are_synced_before_writing_returns(tmp_path, monkeypatch):
    synced = []
    real_fsync = os.fsync

    def fsync(descriptor):
        synced.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()).removeprefix(str(tmp_path)))
        real_fsync(descriptor)

    monkeypatch.setattr(storage.os, "fsync", fsync)
    store = LocalStore(tmp_path / "log")
    store.write_immutable("tile/0/000", b"hashes")

    staged = next(path for path in synced if path.startswith("/log/.staging/"))
    assert synced == ["", "/log", "/log/tile", "/log", staged, "/log/tile/0"]


def test_a_repeated_writing_makes_the_first_one_durable(tmp_path, monkeypatch):
    store = LocalStore(tmp_path)
    store.write_immutable("tile/0/000", b"hashes")
    synced = []
    monkeypatch.setattr(storage, "_sync_directory", synced.append)

    store.write_immutable("tile/0/000", b"hashes")

    assert synced == [tmp_path / "tile" / "0"]


def test_a_writer_that_lost_the_race_changes_nothing(tmp_path, monkeypatch):
    winner, loser = LocalStore(tmp_path), LocalStore(tmp_path)
    real_link = os.link

    def link_after_the_winner(source, target):
        monkeypatch.setattr(storage.os, "link", real_link)
        winner.write_immutable("tile/0/000", b"winner")
        real_link(source, target)

    monkeypatch.setattr(storage.os, "link", link_after_the_winner)
    with pytest.raises(StorageError) as refusal:
        loser.write_immutable("tile/0/000", b"loser")

    assert refusal.value.code == "tlog.storage.immutable"
    assert winner.read("tile/0/000") == b"winner"
    assert list((tmp_path / ".staging").iterdir()) == []


def test_a_full_disk_leaves_nothing_behind(tmp_path, monkeypatch):
    store = LocalStore(tmp_path)
    store.replace("checkpoint", b"old")

    def no_space(_descriptor):
        raise OSError(errno.ENOSPC, "no space left on device")

    monkeypatch.setattr(storage.os, "fsync", no_space)
    for write, path in [(store.replace, "checkpoint"), (store.write_immutable, "tile/0/000")]:
        with pytest.raises(OSError, match="no space"):
            write(path, b"new")

    assert store.read("checkpoint") == b"old"
    assert list(store.paths()) == ["checkpoint"]
    assert list((tmp_path / ".staging").iterdir()) == []


def test_leftovers_of_a_killed_writer_are_no_files_of_the_log(tmp_path):
    store = LocalStore(tmp_path)
    store.replace("checkpoint", b"note")
    (tmp_path / ".staging" / "half").write_bytes(b"ha")

    assert list(store.paths()) == ["checkpoint"]
    store.clear_staging()
    assert list((tmp_path / ".staging").iterdir()) == []
    LocalStore(tmp_path / "new").clear_staging()
