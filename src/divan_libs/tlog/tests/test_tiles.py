"""Names, shapes and contents of tiles and bundles (C2SP tlog-tiles)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from divan_libs.tlog import tiles
from divan_libs.tlog.tiles import ENTRIES, Tile, TileError

any_tile = st.builds(Tile, st.integers(ENTRIES, 63), st.integers(0, 2**40), st.integers(1, 256))


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 1234067), "tile/0/x001/x234/067"),
        (Tile(3, 1000, 17), "tile/3/x001/000.p/17"),
        (Tile(63, 999, 255), "tile/63/999.p/255"),
        (Tile(ENTRIES, 0, 1), "tile/entries/000.p/1"),
    ],
)
def test_paths_are_those_of_the_specification(tile, path):
    assert tile.path() == path
    assert tiles.parse_path(path) == tile


@given(any_tile)
def test_every_path_leads_back_to_its_tile(tile):
    assert tiles.parse_path(tile.path()) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "checkpoint",
        "tile/0/0",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/x000/001",
        "tile/0/001/002",
        "tile/0/x001/x002",
        "tile/0/000.p/0",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000/",
        "/tile/0/000",
        "tile/0/../000",
        "tile/0/۰۰۰",
        "tile/entries/000.p/1\n",
    ],
)
def test_a_tile_has_one_name_only(path):
    with pytest.raises(TileError) as refusal:
        tiles.parse_path(path)

    assert refusal.value.code == "tlog.tile.path"


@pytest.mark.parametrize(("level", "index", "width"), [(-2, 0, 1), (64, 0, 1), (0, -1, 1), (0, 0, 0), (0, 0, 257)])
def test_no_tile_lies_outside_the_format(level, index, width):
    with pytest.raises(TileError) as refusal:
        Tile(level, index, width)

    assert refusal.value.code == "tlog.tile.out-of-range"


def test_only_level_0_lies_over_bundles():
    assert Tile(0, 5, 3).bundle() == Tile(ENTRIES, 5, 3)

    with pytest.raises(TileError) as refusal:
        Tile(1, 5, 3).bundle()

    assert refusal.value.code == "tlog.tile.no-bundle"


def test_the_example_of_the_specification_with_70000_entries():
    written = tiles.new_tiles(0, 70_000)

    assert [tile for tile in written if not tile.is_full] == [Tile(0, 273, 112), Tile(1, 1, 17), Tile(2, 0, 1)]
    assert [tile for tile in written if tile.level == 0 and tile.is_full] == [Tile(0, index) for index in range(273)]
    assert [tile for tile in written if tile.level == 1 and tile.is_full] == [Tile(1, 0)]
    assert tiles.edge_tiles(70_000) == [Tile(2, 0, 1), Tile(1, 1, 17), Tile(0, 273, 112)]


def test_a_log_of_256_is_a_full_tile_and_one_hash_above():
    assert tiles.new_tiles(0, 256) == [Tile(0, 0), Tile(1, 0, 1)]
    assert tiles.edge_tiles(256) == [Tile(1, 0, 1)]


@pytest.mark.parametrize(
    ("old_size", "new_size", "written"),
    [
        (0, 0, []),
        (7, 7, []),
        (0, 1, [Tile(0, 0, 1)]),
        (255, 256, [Tile(0, 0), Tile(1, 0, 1)]),
        (256, 257, [Tile(0, 1, 1)]),
        (300, 600, [Tile(0, 1), Tile(0, 2, 88), Tile(1, 0, 2)]),
        (65_535, 65_536, [Tile(0, 255), Tile(1, 0), Tile(2, 0, 1)]),
    ],
)
def test_growth_writes_what_is_completed_or_changed(old_size, new_size, written):
    assert tiles.new_tiles(old_size, new_size) == written


@given(st.integers(0, 200_000), st.integers(0, 3000))
def test_growth_never_writes_a_tile_twice_and_always_writes_the_edge_that_moved(old_size, step):
    new_size = old_size + step
    written = tiles.new_tiles(old_size, new_size)
    old_edge = set(tiles.edge_tiles(old_size))

    assert len(set(written)) == len(written)
    assert not old_edge & set(written)
    assert {tile for tile in written if not tile.is_full} == set(tiles.edge_tiles(new_size)) - old_edge


def test_a_log_does_not_shrink():
    with pytest.raises(TileError) as refusal:
        tiles.new_tiles(2, 1)

    assert refusal.value.code == "tlog.tile.size-order"


def test_a_hash_is_found_in_its_tile_or_not_at_all():
    assert tiles.tile_at(0, 255, 300) == Tile(0, 0)
    assert tiles.tile_at(0, 299, 300) == Tile(0, 1, 44)
    assert tiles.tile_at(1, 0, 300) == Tile(1, 0, 1)
    assert tiles.tile_at(ENTRIES, 299, 300) == Tile(ENTRIES, 1, 44)
    for level, position in [(0, 300), (1, 1), (2, 0), (0, -1)]:
        with pytest.raises(TileError) as refusal:
            tiles.tile_at(level, position, 300)
        assert refusal.value.code == "tlog.tile.beyond-log"


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=256))
def test_bundles_give_back_their_entries(entries):
    assert tiles.decode_bundle(tiles.encode_bundle(entries)) == entries


def test_a_bundle_puts_a_big_endian_length_before_each_entry():
    assert tiles.encode_bundle([b"", b"ab", b"c" * 258]) == b"\x00\x00" + b"\x00\x02ab" + b"\x01\x02" + b"c" * 258


def test_the_longest_entry_is_65535_bytes():
    longest = b"x" * 65_535

    assert tiles.decode_bundle(tiles.encode_bundle([longest])) == [longest]
    with pytest.raises(TileError) as refusal:
        tiles.encode_bundle([longest + b"x"])
    assert refusal.value.code == "tlog.bundle.entry-too-long"


@pytest.mark.parametrize("count", [0, 257])
def test_a_bundle_holds_1_to_256_entries(count):
    with pytest.raises(TileError) as encoding:
        tiles.encode_bundle([b""] * count)
    with pytest.raises(TileError) as decoding:
        tiles.decode_bundle(b"\x00\x00" * count)

    assert [encoding.value.code, decoding.value.code] == ["tlog.bundle.count"] * 2


@pytest.mark.parametrize("data", [b"\x00", b"\x00\x01", b"\x00\x01a\x00", b"\xff\xffshort"])
def test_a_cut_off_bundle_is_refused(data):
    with pytest.raises(TileError) as refusal:
        tiles.decode_bundle(data)

    assert refusal.value.code == "tlog.bundle.truncated"


def test_a_tile_has_exactly_its_width_of_hashes():
    assert tiles.split_hashes(b"a" * 32 + b"b" * 32, 2) == [b"a" * 32, b"b" * 32]

    with pytest.raises(TileError) as refusal:
        tiles.split_hashes(b"a" * 63, 2)

    assert refusal.value.code == "tlog.tile.length"
