"""Growing a log through every fault, and reading it back."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from divan_libs.tlog import log, proofs, tiles
from divan_libs.tlog.frontier import Frontier
from divan_libs.tlog.hashing import leaf_hash
from divan_libs.tlog.log import LogError
from divan_libs.tlog.storage import LocalStore, MemoryStore, StorageError
from divan_libs.tlog.tests import reference
from divan_libs.tlog.tests.conftest import entries_of, grow
from divan_libs.tlog.tiles import TileError


class PowerCut(Exception):
    """The process dies here."""


class FailingStore(MemoryStore):
    """Dies at one writing: before it, or after it is done."""

    def __init__(self, *, fail_at, persists):
        super().__init__()
        self._left = fail_at
        self._persists = persists

    def write_immutable(self, path, data):
        self._left -= 1
        if self._left == 0 and not self._persists:
            raise PowerCut
        super().write_immutable(path, data)
        if self._left == 0:
            raise PowerCut


sizes = st.lists(st.integers(0, 700), min_size=1, max_size=5).map(sorted)


@settings(max_examples=40, deadline=None)
@given(sizes)
def test_a_log_has_the_root_of_the_rfc_however_its_entries_arrive(steps):
    entries = entries_of(steps[-1])
    store = MemoryStore()

    frontier = grow(store, entries, steps)

    assert frontier.size == steps[-1]
    assert frontier.root() == reference.root(entries)
    assert frontier == Frontier().extend(leaf_hash(entry) for entry in entries)
    assert log.load_frontier(store, frontier.size, root=frontier.root()) == frontier


@settings(max_examples=40, deadline=None)
@given(sizes)
def test_exactly_the_tiles_of_the_specification_are_written(steps):
    store = MemoryStore()
    expected = {}
    for old, new in zip([0, *steps], steps, strict=False):
        for tile in tiles.new_tiles(old, new):
            expected[tile.path()] = tile
            if tile.level == 0:
                expected[tile.bundle().path()] = tile.bundle()

    grow(store, entries_of(steps[-1]), steps)

    assert store.files.keys() == expected.keys()
    for path, tile in expected.items():
        first, entries = tile.index * 256, entries_of(steps[-1])
        if tile.level == tiles.ENTRIES:
            assert tiles.decode_bundle(store.files[path]) == entries[first : first + tile.width]
        else:
            span = 256**tile.level
            ranges = (range(start * span, (start + 1) * span) for start in range(first, first + tile.width))
            assert store.files[path] == b"".join(reference.root(entries[place.start : place.stop]) for place in ranges)


def test_a_log_of_three_tile_levels_proves_all_it_should():
    size = 65_536 + 3 * 256 + 5
    entries = entries_of(size)
    store = MemoryStore()
    frontier = grow(store, entries, [40_000, 65_536, size])
    read = log.read_hashes(store, size)

    for index in (0, 255, 256, 65_535, 65_536, size - 1):
        proof = proofs.inclusion_proof(index, size, read)
        proofs.verify_inclusion(index, size, leaf_hash(entries[index]), proof, frontier.root())
    for old_size in (1, 255, 40_000, 65_536, size):
        old_root = Frontier().extend(leaf_hash(entry) for entry in entries[:old_size]).root()
        proof = proofs.consistency_proof(old_size, size, read)
        proofs.verify_consistency(old_size, size, proof, old_root, frontier.root())
    assert tiles.edge_tiles(size) == [tiles.Tile(2, 0, 1), tiles.Tile(1, 1, 3), tiles.Tile(0, 259, 5)]
    assert log.load_frontier(store, size) == frontier


@pytest.mark.parametrize("persists", [False, True])
@pytest.mark.parametrize("fail_at", range(1, 10))
def test_a_crash_at_any_writing_is_repaired_by_running_again(fail_at, persists):
    entries = entries_of(600)
    untroubled = MemoryStore()
    expected = log.integrate(untroubled, Frontier(), entries)
    assert len(untroubled.files) == 7
    store = FailingStore(fail_at=fail_at, persists=persists)

    for _ in range(2):
        try:
            repaired = log.integrate(store, Frontier(), entries)
        except PowerCut:
            continue

    assert repaired == expected
    assert store.files == untroubled.files


def test_running_an_integration_again_writes_the_same_bytes():
    store = MemoryStore()
    first = grow(store, entries_of(300), [300])
    grown = log.integrate(store, first, entries_of(700)[300:])
    files = dict(store.files)

    assert log.integrate(store, first, entries_of(700)[300:]) == grown
    assert store.files == files


def test_no_entries_change_nothing():
    store = MemoryStore()
    frontier = grow(store, entries_of(300), [300])
    files = dict(store.files)

    unchanged = log.integrate(store, frontier, [])

    assert unchanged == log.Integration(300, frontier, ())
    assert (unchanged.size, unchanged.root, store.files) == (300, frontier.root(), files)


def test_another_history_is_never_written_over_the_first():
    store = MemoryStore()
    frontier = grow(store, entries_of(300), [300])
    log.integrate(store, frontier, [b"one"])
    files = dict(store.files)

    with pytest.raises(StorageError) as refusal:
        log.integrate(store, frontier, [b"another"])

    assert refusal.value.code == "tlog.storage.immutable"
    assert store.files == files


def test_planning_writes_nothing():
    store = MemoryStore()

    plan = log.plan_integration(store, Frontier(), entries_of(3))

    assert store.files == {}
    assert plan.root == reference.root(entries_of(3))
    assert [path for path, _ in plan.files] == ["tile/entries/000.p/3", "tile/0/000.p/3"]


@pytest.mark.parametrize("path", ["tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/001.p/44"])
def test_nothing_is_built_upon_an_altered_edge(path):
    store = MemoryStore()
    frontier = grow(store, entries_of(300), [300])
    store.files[path] = store.files[path][:-1] + bytes([store.files[path][-1] ^ 1])
    files = dict(store.files)

    with pytest.raises(LogError) as refusal:
        log.integrate(store, frontier, [b"next"])

    assert refusal.value.code == "tlog.log.edge-differs"
    assert store.files == files


def test_nothing_is_built_upon_another_frontier_of_that_size():
    store = MemoryStore()
    grow(store, entries_of(5), [5])

    with pytest.raises(LogError) as refusal:
        log.integrate(store, Frontier().extend([leaf_hash(b"x")] * 5), [b"next"])

    assert refusal.value.code == "tlog.log.edge-differs"


def test_an_entry_too_long_is_refused_before_anything_is_written():
    store = MemoryStore()

    with pytest.raises(LogError) as refusal:
        log.integrate(store, Frontier(), [b"short", b"x" * 65_536])

    assert refusal.value.code == "tlog.log.entry-too-long"
    assert refusal.value.facts["offset"] == 1
    assert store.files == {}


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda files: files.pop("tile/0/001.p/44"), "tlog.log.missing"),
        (lambda files: files.update({"tile/0/001.p/44": b"short"}), "tlog.log.malformed"),
        (lambda files: files.update({"tile/0/001.p/44": b"x" * 44 * 32}), "tlog.log.root-differs"),
    ],
)
def test_a_frontier_is_loaded_only_from_the_tiles_of_its_root(damage, code):
    store = MemoryStore()
    frontier = grow(store, entries_of(300), [300])
    damage(store.files)

    with pytest.raises(LogError) as refusal:
        log.load_frontier(store, 300, root=frontier.root())

    assert refusal.value.code == code


def test_entries_are_read_one_by_one():
    store = MemoryStore()
    entries = entries_of(300)
    grow(store, entries, [300])

    assert [log.read_entry(store, 300, index) for index in (0, 255, 256, 299)] == [
        entries[index] for index in (0, 255, 256, 299)
    ]
    with pytest.raises(TileError) as refusal:
        log.read_entry(store, 300, 300)
    assert refusal.value.code == "tlog.tile.beyond-log"


@pytest.mark.parametrize("data", [b"\x00", b"\x00\x01a"])
def test_a_damaged_bundle_is_malformed(data):
    store = MemoryStore()
    grow(store, entries_of(3), [3])
    store.files["tile/entries/000.p/3"] = data

    with pytest.raises(LogError) as refusal:
        log.read_entry(store, 3, 0)

    assert refusal.value.code == "tlog.log.malformed"


def test_pruned_partials_are_read_from_the_full_tile():
    store = MemoryStore()
    entries = entries_of(600)
    early = grow(store, entries, [10])
    middle = log.integrate(store, early, entries[10:300]).frontier
    log.prune_partials(store, 10, 300)

    assert sorted(store.files) == [
        "tile/0/000",
        "tile/0/001.p/44",
        "tile/1/000.p/1",
        "tile/entries/000",
        "tile/entries/001.p/44",
    ]
    assert log.load_frontier(store, 10) == early
    assert log.read_entry(store, 10, 9) == entries[9]
    assert log.integrate(store, early, entries[10:300]).frontier == middle


def test_a_reader_keeps_only_a_few_tiles():
    store = MemoryStore()
    entries = entries_of(2000)
    frontier = grow(store, entries, [2000])
    read = log.TileReader(store, 2000, capacity=2)

    assert proofs.tree_root(2000, read) == frontier.root()
    assert [read(0, index) for index in range(0, 2000, 256)] == [
        leaf_hash(entries[index]) for index in range(0, 2000, 256)
    ]
    assert len(read._heights) == 2


@pytest.mark.parametrize(("level", "index"), [(0, 300), (8, 1), (7, 2), (0, -1), (20, 0)])
def test_a_reader_gives_no_hash_the_log_does_not_have(level, index):
    store = MemoryStore()
    grow(store, entries_of(300), [300])

    with pytest.raises(TileError) as refusal:
        log.read_hashes(store, 300)(level, index)

    assert refusal.value.code == "tlog.tile.beyond-log"


def test_a_directory_holds_the_same_log_as_memory(tmp_path):
    memory, directory = MemoryStore(), LocalStore(tmp_path)

    assert grow(memory, entries_of(600), [100, 600]) == grow(directory, entries_of(600), [100, 600])

    assert {path: directory.read(path) for path in directory.paths()} == memory.files
