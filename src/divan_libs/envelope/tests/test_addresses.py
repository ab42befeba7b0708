"""Identifiers, targets and paths of the exchange."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from divan_libs.envelope.addresses import (
    AddressError,
    ClientId,
    MemberId,
    RepresentedParty,
    ServerId,
    ServiceId,
    climbs,
    decode_segment,
    encode_segment,
    join_target,
    normalise_path,
    parse_client,
    parse_target,
)

part = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)


@given(st.tuples(part, part, part, part))
def test_an_identifier_survives_being_written_and_read(parts):
    client = ClientId(*parts)

    assert ClientId.parse(client.encoded()) == client
    assert client.encoded().count("/") == 3


@given(part, part)
def test_two_different_segments_never_share_an_encoding(first, second):
    assert (encode_segment(first) == encode_segment(second)) == (first == second)


def test_an_encoded_slash_belongs_to_its_part():
    client = parse_client("EE/BUSINESS/consumer/sub%2Fsystem")

    assert client == ClientId("EE", "BUSINESS", "consumer", "sub/system")
    assert client.encoded() == "EE/BUSINESS/consumer/sub%2Fsystem"
    assert client.member == MemberId("EE", "BUSINESS", "consumer")


def test_identifiers_are_shown_with_their_kind():
    assert str(ClientId.parse("EE/GOV/1/sub")) == "SUBSYSTEM:EE/GOV/1/sub"
    assert str(ClientId.parse("EE/GOV/1")) == "MEMBER:EE/GOV/1"
    assert str(MemberId.parse("EE/GOV/1")) == "MEMBER:EE/GOV/1"
    assert str(ServiceId.parse("EE/GOV/1/sub/svc")) == "SERVICE:EE/GOV/1/sub/svc"
    assert str(ServerId.parse("EE/GOV/1/ss")) == "SERVER:EE/GOV/1/ss"


def test_a_represented_party_has_a_code_and_perhaps_a_class():
    assert RepresentedParty.parse("123") == RepresentedParty("123")
    assert RepresentedParty.parse("COM/123") == RepresentedParty("123", "COM")
    assert RepresentedParty.parse("COM/123").encoded() == "COM/123"
    with pytest.raises(AddressError) as refused:
        RepresentedParty.parse("EE/COM/123")
    assert refused.value.message == "Invalid RepresentedParty Id"


@pytest.mark.parametrize("text", ["", "EE", "EE/GOV", "EE/GOV/1/sub/svc", "EE//1/sub", "/GOV/1", "EE/GOV/1/"])
def test_a_client_has_three_or_four_parts_and_none_is_empty(text):
    with pytest.raises(AddressError) as refused:
        parse_client(text)
    assert refused.value.message == "Invalid Client Id"


def test_a_segment_decoder_accepts_the_safe_set_and_the_empty_string():
    safe = "AZaz09 -._~!$&'()*+,;=:@"

    assert decode_segment(safe) == safe
    assert decode_segment("") == ""
    assert decode_segment("%C3%B6%20") == "ö "


@pytest.mark.parametrize("raw", ["this/is/not a valid segment", "%XY", "Test%", "Test%4", 'a"b', "ö", "%41ö", "%FF"])
def test_a_segment_decoder_refuses_what_must_be_encoded_and_what_is_cut(raw):
    with pytest.raises(AddressError) as refused:
        decode_segment(raw)
    assert refused.value.code.startswith("exchange.address.")


def test_a_target_is_taken_apart_and_its_path_stays_raw():
    target = parse_target("/r1/EE/BUSINESS/producer/s%2Fub/%C3%B6%C3%A4%C3%A5/path%3B/?a=%20&b")

    assert target.service == ServiceId("EE", "BUSINESS", "producer", "s/ub", "öäå")
    assert target.service_path == "/path%3B/"
    assert target.query == "a=%20&b"
    assert target.raw() == "/r1/EE/BUSINESS/producer/s%2Fub/%C3%B6%C3%A4%C3%A5/path%3B/?a=%20&b"


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        ("/r1/a/b/c/d/svc", "", None),
        ("/r1/a/b/c/d/svc/", "/", None),
        ("/r1/a/b/c/d/svc?", "", ""),
        ("/r1/a/b/c/d/svc//x", "//x", None),
        ("/r1/a/b/c/d/svc/x?y?/z", "/x", "y?/z"),
        ("http://gateway:8443/r1/a/b/c/d/svc/x", "/x", None),
    ],
)
def test_the_service_path_is_what_follows_the_service_code(target, path, query):
    parsed = parse_target(target)

    assert (parsed.service_path, parsed.query) == (path, query)


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("/r1/invalid", "Invalid request URI"),
        ("/r1/a/b/c/d", "Invalid request URI"),
        ("/", "Invalid request URI"),
        ("*", "Invalid request URI"),
        ("/r1x/a/b/c/d/svc", "Invalid protocol version 1x"),
        ("/r2/a/b/c/d/svc", "Unsupported protocol version 2"),
        ("/r1/a/b/c/%GG/svc", "Incomplete percent encoding"),
        ("/r1/a/b//d/svc", "Invalid Service Id"),
    ],
)
def test_a_target_outside_the_protocol_is_refused_in_known_words(target, message):
    with pytest.raises(AddressError) as refused:
        parse_target(target)
    assert refused.value.message == message


@pytest.mark.parametrize(
    ("base", "path", "query", "joined"),
    [
        ("", "", None, "/"),
        ("/", "/x", None, "/x"),
        ("/api/", "/x%2Fy", "q=%20", "/api/x%2Fy?q=%20"),
        ("/api", "", None, "/api"),
        ("/api", "/", "", "/api/?"),
        ("/api/", "//x", None, "/api//x"),
    ],
)
def test_one_doubled_slash_is_removed_where_address_and_path_meet(base, path, query, joined):
    assert join_target(base, path, query) == joined


@pytest.mark.parametrize(
    ("raw", "normalised"),
    [
        ("", ""),
        ("/", "/"),
        ("/a/b/c", "/a/b/c"),
        ("/a/b/./c", "/a/b/c"),
        ("/a/b/d/../c", "/a/b/c"),
        ("/a/b/../../c", "/c"),
        ("/a/b/%2e/c", "/a/b/c"),
        ("/a/b/d/%2e%2e/c", "/a/b/c"),
        ("/a/b/%2e%2e/%2e%2e/c", "/c"),
        ("/a/b/../../%2e%2e/c/d", "/../c/d"),
        ("/a/b/..", "/a/"),
        ("/a/.", "/a/"),
        ("/t%65st%2dx", "/test-x"),
        ("/a%2fb", "/a%2Fb"),
        ("/a%252Fb", "/a%252Fb"),
        ("/%D8%A7", "/ا"),
        ("/...", "/..."),
        ("/public//../secret", "/public//../secret"),
    ],
)
def test_a_path_is_decoded_once_and_freed_of_dot_segments(raw, normalised):
    assert normalise_path(raw) == normalised


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/"), max_size=8))
def test_paths_that_differ_after_one_decoding_stay_different(text):
    assert normalise_path("/x" + encode_segment(text)) == "/x" + text.replace("%", "%25")


@pytest.mark.parametrize("raw", ["/%", "/%4", "/%G1", "/%FF"])
def test_a_path_with_a_bad_escape_has_no_normal_form(raw):
    with pytest.raises(AddressError):
        normalise_path(raw)


@pytest.mark.parametrize(
    "raw",
    [
        "/..",
        "/a/../../b",
        "/a//../b",
        "/a/..;x/b",
        "/a/..%2Fb",
        "/a/b%2F..%2Fc",
        "/a/..%5Cb",
        "/a/x\\..\\b",
        "/%2e%2e/a",
    ],
)
def test_a_path_that_some_server_would_read_as_a_parent_step_climbs(raw):
    assert climbs(normalise_path(raw))


@pytest.mark.parametrize("raw", ["/a/../b", "/a..b", "/a/...", "/..a/b", "/a;..", ""])
def test_dots_that_are_no_parent_step_do_not_climb(raw):
    assert not climbs(normalise_path(raw))
