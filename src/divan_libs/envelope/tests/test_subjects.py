"""Whose data a request asks for."""

import pytest

from divan_libs.envelope.errors import EnvelopeError
from divan_libs.envelope.subjects import SubjectIn, SubjectPlace, canonical_subject, keyed_hash, subject_hash

IN_PATH = SubjectPlace(where=SubjectIn.PATH_SEGMENT, at="1")
IN_QUERY = SubjectPlace(where=SubjectIn.QUERY_PARAMETER, at="national_code")
IN_BODY = SubjectPlace(where=SubjectIn.JSON_POINTER, at="/persons/0/code")


def test_the_person_stands_in_a_path_segment():
    assert IN_PATH.find("/persons/0012345679/address", b"") == "0012345679"
    assert IN_PATH.mask("/persons/0012345679/address") == "/persons/{subject}/address"


@pytest.mark.parametrize("path", ["", "/persons", "/persons/", "/persons//x"])
def test_a_path_without_that_segment_names_nobody(path):
    assert IN_PATH.find(path, b"") is None


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("mobile=0912&national_code=0012345679", "0012345679"),
        ("national%5Fcode=%DB%B0", "۰"),
        ("national_code=1&national_code=2", None),
        ("national_code=1&National_Code=2", None),
        ("national_code=1&national_code%5B%5D=2", None),
        ("NATIONAL_CODE=1", None),
        ("mobile=0912;national_code=1", None),
        ("a=1;national_code=2&national_code=3", None),
        ("national_code=", None),
        ("national_code=%ff", None),
        ("&".join(["a=1"] * 300), None),
        ("", None),
        (None, None),
    ],
)
def test_the_person_stands_in_the_query(query, found):
    assert IN_QUERY.find("/owners", b"", query) == found
    assert IN_QUERY.mask("/owners/1") == "/owners/1"


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b'{"persons":[{"code":"0012345679"}]}', "0012345679"),
        (b'{"persons":[{"code":12345679}]}', "12345679"),
        (b'{"persons":[{"code":true}]}', None),
        (b'{"persons":[{"code":""}]}', None),
        (b'{"persons":[]}', None),
        (b'{"persons":{"0":{"code":"7"}}}', "7"),
        (b"[]", None),
        (b"", None),
        (b"\xff", None),
        (b"[" * 100_000, None),
    ],
)
def test_the_person_stands_in_the_body(body, found):
    assert IN_BODY.find("/", body) == found
    assert IN_BODY.mask("/persons/1") == "/persons/1"


def test_a_body_that_names_two_persons_under_one_key_is_not_read():
    body = b'{"persons":[{"code":"0012345679","code":"0099999999"}]}'

    assert IN_BODY.find("/", body) is None


def test_a_pointer_reads_escaped_keys():
    place = SubjectPlace(where=SubjectIn.JSON_POINTER, at="/a~1b/~0c")

    assert place.find("", b'{"a/b":{"~c":"x"}}') == "x"


@pytest.mark.parametrize(
    ("where", "at"),
    [
        (SubjectIn.PATH_SEGMENT, "-1"),
        (SubjectIn.PATH_SEGMENT, ""),
        (SubjectIn.JSON_POINTER, "a"),
        (SubjectIn.QUERY_PARAMETER, ""),
        (SubjectIn.QUERY_PARAMETER, "a&b"),
    ],
)
def test_a_place_that_cannot_be_is_refused(where, at):
    with pytest.raises(EnvelopeError) as refused:
        SubjectPlace(where=where, at=at)
    assert refused.value.code == "exchange.subject.place"


@pytest.mark.parametrize("spelling", ["0012345679", "۰۰۱۲۳۴۵۶۷۹", "٠٠١-٢٣٤٥٦٧-٩", " 001 234567 9\u200c"])
def test_every_spelling_of_a_person_has_one_hash(spelling):
    assert canonical_subject(spelling) == "0012345679"
    assert subject_hash(b"key", spelling) == subject_hash(b"key", "0012345679")


def test_a_hash_depends_on_key_and_kind():
    assert subject_hash(b"key", "1") != subject_hash(b"other", "1")
    assert keyed_hash(b"key", "subject", "1") != keyed_hash(b"key", "target", "1")
    assert len(subject_hash(b"key", "1")) == 64
