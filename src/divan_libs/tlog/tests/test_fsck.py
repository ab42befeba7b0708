"""fsck: every damage is found, and laid at the door of the file that has it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from divan_libs.tlog.checkpoints import CHECKPOINT_PATH, Checkpoint, sign_checkpoint
from divan_libs.tlog.frontier import Frontier
from divan_libs.tlog.fsck import Expectation, Fault, Finding, fsck
from divan_libs.tlog.hashing import leaf_hash
from divan_libs.tlog.log import integrate, prune_partials
from divan_libs.tlog.notes import NoteSigner, SignatureType, add_signatures
from divan_libs.tlog.storage import LocalStore, MemoryStore
from divan_libs.tlog.tests.conftest import ORIGIN, entries_of, grow

LOG_KEY = NoteSigner(ORIGIN, SignatureType.ED25519, b"L" * 32)
SIZE = 65_536 + 2 * 256 + 5
ENTRIES = entries_of(SIZE)


def log_of(entries, sizes=None):
    store = MemoryStore()
    frontier = grow(store, entries, sizes or [len(entries)])
    store.replace(
        CHECKPOINT_PATH, sign_checkpoint(Checkpoint(ORIGIN, frontier.size, frontier.root()), [LOG_KEY]).encode()
    )
    return store


LARGE = log_of(ENTRIES, [1000, SIZE])
SMALL = log_of(ENTRIES[:300], [7, 20, 300])


def copy_of(store):
    copy = MemoryStore()
    copy.files = dict(store.files)
    return copy


def flip(store, path, position):
    data = bytearray(store.files[path])
    data[position] ^= 1
    store.files[path] = bytes(data)


def check(store, **options):
    return fsck(store, [LOG_KEY.verifier], **options)


def named(findings):
    return [(finding.code, finding.path) for finding in findings]


def root_of(entries):
    return Frontier().extend(leaf_hash(entry) for entry in entries).root()


@pytest.mark.parametrize("count", [0, 1, 255, 256, 257, 600])
def test_a_sound_log_gives_no_finding(count):
    store = log_of(entries_of(count), [count // 2, count])

    assert check(store, entries=entries_of(count), origin=ORIGIN) == []


def test_a_sound_log_of_three_levels_gives_no_finding_and_shows_its_progress():
    seen = []
    expect = Expectation(1000, root_of(ENTRIES[:1000]))

    assert check(LARGE, entries=ENTRIES, expect=expect, progress=lambda *numbers: seen.append(numbers)) == []

    assert seen[0] == (256, SIZE)
    assert seen[-1] == (SIZE, SIZE)
    assert len(seen) == 259


def test_a_pruned_log_gives_no_finding():
    store = log_of(ENTRIES[:600], [7, 20, 600])
    prune_partials(store, 0, 600)

    assert check(store) == []


@pytest.mark.parametrize(
    ("path", "position", "index"),
    [
        ("tile/0/000", 5 * 32, 5),
        ("tile/0/255", 255 * 32 + 31, 65_535),
        ("tile/0/258.p/5", 4 * 32, 258 * 256 + 4),
        ("tile/1/000", 17 * 32, 17),
        ("tile/1/001.p/2", 1 * 32, 257),
        ("tile/2/000.p/1", 0, 0),
    ],
)
def test_an_altered_tile_is_named_alone(path, position, index):
    store = copy_of(LARGE)
    true_hash = LARGE.files[path][position // 32 * 32 :][:32]
    flip(store, path, position)

    findings = check(store, entries=ENTRIES)

    false_hash = store.files[path][position // 32 * 32 :][:32]
    assert findings == [Finding(Fault.TILE_ALTERED, path, true_hash.hex(), false_hash.hex(), index)]


@pytest.mark.parametrize("path", ["tile/0/000", "tile/0/258.p/5", "tile/1/000", "tile/1/001.p/2", "tile/2/000.p/1"])
def test_a_missing_tile_is_named_alone(path):
    store = copy_of(LARGE)
    del store.files[path]

    assert named(check(store)) == [(Fault.TILE_MISSING, path)]


@pytest.mark.parametrize("path", ["tile/0/000", "tile/0/258.p/5", "tile/1/000", "tile/2/000.p/1"])
def test_a_tile_of_wrong_length_is_named_alone(path):
    store = copy_of(LARGE)
    store.files[path] = store.files[path][:-1]

    assert named(check(store)) == [(Fault.TILE_ALTERED, path)]


@pytest.mark.parametrize(
    ("path", "position", "index"), [("tile/entries/000", 2, 0), ("tile/entries/258.p/5", 3, 258 * 256)]
)
def test_an_altered_entry_is_named_alone(path, position, index):
    store = copy_of(LARGE)
    flip(store, path, position)

    findings = check(store, entries=ENTRIES)

    assert [(finding.code, finding.path, finding.index) for finding in findings] == [
        (Fault.BUNDLE_ALTERED, path, index)
    ]
    assert findings[0].expected == leaf_hash(ENTRIES[index]).hex()


@pytest.mark.parametrize("path", ["tile/entries/000", "tile/entries/258.p/5"])
def test_a_missing_and_a_cut_off_bundle_are_told_apart(path):
    missing, cut = copy_of(LARGE), copy_of(LARGE)
    del missing.files[path]
    cut.files[path] = cut.files[path][:-1]

    assert named(check(missing)) == [(Fault.BUNDLE_MISSING, path)]
    assert named(check(cut)) == [(Fault.BUNDLE_ALTERED, path)]


def test_damage_in_several_places_is_told_apart():
    store = copy_of(LARGE)
    flip(store, "tile/1/000", 3 * 32)
    flip(store, "tile/0/007", 0)
    flip(store, "tile/0/258.p/5", 0)
    flip(store, "tile/1/001.p/2", 0)
    del store.files["tile/entries/099"]

    assert set(named(check(store))) == {
        (Fault.TILE_ALTERED, "tile/1/000"),
        (Fault.TILE_ALTERED, "tile/0/007"),
        (Fault.TILE_ALTERED, "tile/0/258.p/5"),
        (Fault.TILE_ALTERED, "tile/1/001.p/2"),
        (Fault.BUNDLE_MISSING, "tile/entries/099"),
    }


def test_a_tile_and_its_bundle_both_altered_are_settled_by_the_source():
    store = copy_of(LARGE)
    flip(store, "tile/0/007", 0)
    flip(store, "tile/entries/007", 2)

    assert named(check(store, entries=ENTRIES)) == [
        (Fault.TILE_ALTERED, "tile/0/007"),
        (Fault.BUNDLE_ALTERED, "tile/entries/007"),
    ]


def test_what_nothing_leads_to_is_said_to_be_unverifiable():
    store = copy_of(LARGE)
    store.files["tile/0/007"] = b"x" * 8192
    del store.files["tile/entries/007"]

    assert named(check(store)) == [
        (Fault.TILE_ALTERED, "tile/0/007"),
        (Fault.TILE_UNVERIFIABLE, "tile/0/007"),
        (Fault.BUNDLE_MISSING, "tile/entries/007"),
    ]


def test_below_an_unverifiable_tile_the_walk_goes_on_behind_it():
    store = copy_of(LARGE)
    store.files["tile/1/000"] = b"x" * 8192
    del store.files["tile/0/003"]
    flip(store, "tile/entries/258.p/5", 3)

    assert named(check(store, entries=ENTRIES)) == [
        (Fault.TILE_ALTERED, "tile/1/000"),
        (Fault.TILE_UNVERIFIABLE, "tile/1/000"),
        (Fault.BUNDLE_ALTERED, "tile/entries/258.p/5"),
    ]


def test_an_edge_damaged_beyond_repair_is_reported_with_its_tiles():
    store = copy_of(SMALL)
    store.files["tile/0/001.p/44"] = b"x" * 44 * 32
    del store.files["tile/entries/001.p/44"]

    codes = named(check(store))

    assert (Fault.ROOT_DIFFERS, CHECKPOINT_PATH) in codes
    assert (Fault.TILE_UNVERIFIABLE, "tile/0/001.p/44") in codes
    assert (Fault.BUNDLE_MISSING, "tile/entries/001.p/44") in codes


def test_an_edge_wholly_lost_still_lets_the_rest_be_reported():
    store = copy_of(LARGE)
    for path in ("tile/2/000.p/1", "tile/1/000", "tile/0/258.p/5", "tile/entries/258.p/5"):
        del store.files[path]

    codes = named(check(store, entries=ENTRIES))

    assert (Fault.ROOT_DIFFERS, CHECKPOINT_PATH) in codes
    assert (Fault.TILE_MISSING, "tile/2/000.p/1") in codes
    assert (Fault.TILE_MISSING, "tile/0/258.p/5") in codes
    assert (Fault.BUNDLE_MISSING, "tile/entries/258.p/5") in codes


def test_a_row_changed_in_the_source_is_named_by_its_index():
    rows = [*ENTRIES[:300]]
    rows[270] = b"changed"

    findings = check(SMALL, entries=rows)

    assert findings == [
        Finding(
            Fault.SOURCE_DIFFERS,
            "tile/entries/001.p/44",
            leaf_hash(ENTRIES[270]).hex(),
            leaf_hash(b"changed").hex(),
            270,
        )
    ]


def test_rows_lost_from_the_source_are_found_and_rows_not_yet_sealed_are_not():
    assert check(SMALL, entries=[*ENTRIES[:300], b"not sealed yet"]) == []

    assert [(f.code, f.path, f.index) for f in check(SMALL, entries=ENTRIES[:299])] == [
        (Fault.SOURCE_SHORTER, "tile/entries/001.p/44", 299)
    ]


def test_a_shorter_log_than_expected_is_found():
    assert [(f.code, f.expected, f.seen) for f in check(SMALL, expect=Expectation(301, b"r" * 32))] == [
        (Fault.LOG_SHORTER, "301", "300")
    ]


@pytest.mark.parametrize("size", [7, 256, 300])
def test_a_rewritten_history_is_found_against_a_head_known_from_elsewhere(size):
    true_head = Expectation(size, root_of(ENTRIES[:size]))
    rewritten = [*ENTRIES[:300]]
    rewritten[3] = b"rewritten, and signed by the log itself"

    assert check(SMALL, expect=true_head) == []
    findings = check(log_of(rewritten, [7, 20, 300]), expect=true_head)

    assert named(findings) == [(Fault.HISTORY_REWRITTEN, CHECKPOINT_PATH)]
    assert findings[0].expected == true_head.root.hex()


def test_damage_that_can_be_mended_is_not_taken_for_a_rewritten_history():
    altered, missing = copy_of(SMALL), copy_of(SMALL)
    flip(altered, "tile/0/000", 3 * 32)
    del missing.files["tile/0/000"]
    head = Expectation(260, root_of(ENTRIES[:260]))

    assert named(check(altered, expect=head)) == [(Fault.TILE_ALTERED, "tile/0/000")]
    assert named(check(missing, expect=head)) == [(Fault.TILE_MISSING, "tile/0/000")]


def test_history_that_cannot_be_read_is_not_passed_over():
    store = copy_of(SMALL)
    del store.files["tile/0/000"]
    del store.files["tile/entries/000"]

    assert named(check(store, expect=Expectation(7, root_of(ENTRIES[:7])))) == [
        (Fault.TILE_MISSING, "tile/0/000"),
        (Fault.TILE_UNVERIFIABLE, "tile/0/000"),
        (Fault.BUNDLE_MISSING, "tile/entries/000"),
        (Fault.HISTORY_UNVERIFIABLE, CHECKPOINT_PATH),
    ]


def test_a_missing_checkpoint_is_found():
    store = copy_of(SMALL)
    del store.files[CHECKPOINT_PATH]

    assert named(check(store)) == [(Fault.CHECKPOINT_MISSING, CHECKPOINT_PATH)]


@pytest.mark.parametrize("note", [b"", b"\xff", b"origin\n1\n\n\xe2\x80\x94 a AAAAAAA=\n"])
def test_a_malformed_checkpoint_is_found(note):
    store = copy_of(SMALL)
    store.files[CHECKPOINT_PATH] = note

    assert named(check(store)) == [(Fault.CHECKPOINT_MALFORMED, CHECKPOINT_PATH)]


def test_a_checkpoint_signed_by_another_key_is_found_and_the_files_are_still_checked():
    store = copy_of(SMALL)
    forger = NoteSigner(ORIGIN, SignatureType.ED25519, b"F" * 32)
    store.files[CHECKPOINT_PATH] = sign_checkpoint(Checkpoint(ORIGIN, 300, root_of(ENTRIES[:300])), [forger]).encode()
    flip(store, "tile/0/000", 0)

    assert named(check(store)) == [
        (Fault.CHECKPOINT_SIGNATURE, CHECKPOINT_PATH),
        (Fault.TILE_ALTERED, "tile/0/000"),
    ]


def test_a_checkpoint_whose_text_was_changed_is_found():
    store = copy_of(SMALL)
    note = store.files[CHECKPOINT_PATH].decode().split("\n")
    note[2] = "cnJycnJycnJycnJycnJycnJycnJycnJycnJycnJycnI="
    store.files[CHECKPOINT_PATH] = "\n".join(note).encode()

    assert [(f.code, f.path, f.seen) for f in check(store)] == [
        (Fault.CHECKPOINT_SIGNATURE, CHECKPOINT_PATH, "tlog.note.signature-invalid"),
        (Fault.ROOT_DIFFERS, CHECKPOINT_PATH, root_of(ENTRIES[:300]).hex()),
    ]


def test_the_wrong_log_and_missing_witnesses_are_found(bar_key):
    cosigned = copy_of(SMALL)
    note = add_signatures(cosigned.files[CHECKPOINT_PATH], [bar_key], at=1_700_000_000)
    cosigned.files[CHECKPOINT_PATH] = note.encode()
    keys = [LOG_KEY.verifier, bar_key.verifier]

    assert fsck(cosigned, keys, quorum=1) == []
    assert [(f.code, f.seen) for f in fsck(SMALL, keys, quorum=1)] == [
        (Fault.CHECKPOINT_SIGNATURE, "tlog.checkpoint.quorum")
    ]
    assert [(f.code, f.seen) for f in check(SMALL, origin="other.example")] == [
        (Fault.CHECKPOINT_SIGNATURE, "tlog.checkpoint.wrong-origin")
    ]


@pytest.mark.parametrize("path", ["tile/0/000.p/7", "tile/0/000.p/20", "tile/entries/000.p/7"])
def test_an_altered_partial_of_an_earlier_size_is_found(path):
    altered, cut = copy_of(SMALL), copy_of(SMALL)
    flip(altered, path, 3)
    cut.files[path] = cut.files[path][:-1]

    assert named(check(altered)) == [(Fault.LEFTOVER_ALTERED, path)]
    assert named(check(cut)) == [(Fault.LEFTOVER_ALTERED, path)]


def test_files_beyond_the_checkpoint_and_strays_are_found():
    store = copy_of(SMALL)
    integrate(store, Frontier().extend(leaf_hash(entry) for entry in ENTRIES[:300]), [b"published too early"])
    store.files["tile/0/notes.txt"] = b"?"

    assert named(check(store)) == [
        (Fault.BEYOND_CHECKPOINT, "tile/0/001.p/45"),
        (Fault.STRAY_FILE, "tile/0/notes.txt"),
        (Fault.BEYOND_CHECKPOINT, "tile/entries/001.p/45"),
    ]


def test_a_checkpoint_set_back_shows_by_the_tiles_beyond_it():
    store = copy_of(SMALL)
    store.files[CHECKPOINT_PATH] = sign_checkpoint(Checkpoint(ORIGIN, 20, root_of(ENTRIES[:20])), [LOG_KEY]).encode()

    findings = check(store)

    assert {finding.code for finding in findings} == {Fault.BEYOND_CHECKPOINT}
    assert "tile/0/001.p/44" in [finding.path for finding in findings]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_altered_byte_of_any_file_is_found_in_that_file(data):
    store = copy_of(SMALL)
    path = data.draw(st.sampled_from(sorted(store.files)))
    position = data.draw(st.integers(0, len(store.files[path]) - 1))
    content = bytearray(store.files[path])
    content[position] ^= data.draw(st.integers(1, 255))
    store.files[path] = bytes(content)

    assert path in [finding.path for finding in check(store, entries=ENTRIES[:300])]


def test_a_directory_is_checked_like_memory(tmp_path):
    store = LocalStore(tmp_path)
    for path, data in SMALL.files.items():
        store.replace(path, data)
    assert check(store) == []
    (tmp_path / "tile" / "0" / "000").write_bytes(b"x" * 8192)

    assert named(check(store)) == [(Fault.TILE_ALTERED, "tile/0/000")]
