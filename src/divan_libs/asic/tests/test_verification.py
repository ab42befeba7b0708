"""Containers are accepted whole and refused altered, by us and by tools that are not ours."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from signxml.verifier import SignatureConfiguration, XMLVerifier

from divan_libs.asic import containers, hashchain
from divan_libs.asic.archive import read_archive
from divan_libs.asic.errors import CODES
from divan_libs.asic.reading import Shape
from divan_libs.asic.verification import verify_container
from divan_libs.asic.xades import DS, SIGNATURES, XADES
from divan_libs.pki.authority import RehearsalAuthority
from divan_libs.pki.fingerprints import fingerprint

from .makers import NOW, altered, batch, plain, world

VERDICTS = {
    "ok": "",
    "invalid_signature_value": "asic.signature.value",
    "malformed_signature": "asic.signature.malformed",
}


def judge(packed: bytes, **changes):
    return verify_container(packed, **({"roots": [world().root], "now": NOW + timedelta(minutes=1)} | changes))


@pytest.mark.real_data
def test_the_containers_of_x_road_get_the_verdicts_of_its_own_verifier(real_data):
    folder = real_data / "asic"

    with (folder / "VERDICTS.csv").open() as file:
        expected = {row["file"]: VERDICTS[row["verdict"]] for row in csv.DictReader(file)}

    found = {name: judge((folder / name).read_bytes(), roots=None) for name in expected}
    assert {name: (verdict.problems or ("",))[0] for name, verdict in found.items()} == expected
    assert len(expected) == 6
    chained = found["valid-signed-hashchain.asice"]
    assert (chained.shape, chained.files, list(chained.absent)) == (Shape.BATCH, ("message.xml",), ["attachment1"])
    assert all(found[name].timestamped_at for name, problem in expected.items() if not problem)


@pytest.mark.parametrize(
    ("packed", "shape"),
    [(plain(), "plain"), (plain(others=6), "plain"), *[(batch(size, size // 2), "batch") for size in (1, 2, 5, 8)]],
    ids=["alone", "stamped-with-six", "batch-1", "batch-2", "batch-5", "batch-8"],
)
def test_a_container_of_either_shape_proves_its_files_signer_and_time(packed, shape):
    verdict = judge(packed)

    assert (verdict.problems, verdict.trusted, verdict.shape) == ((), True, shape)
    assert {"intent.json", "closing.json"} <= set(verdict.files)
    assert (verdict.signer.common_name, verdict.timestamped_at, verdict.signed_at) == ("Gateway", NOW, NOW)


@pytest.mark.parametrize(
    ("name", "old", "new", "code"),
    [
        ("intent.json", b"number", b"Number", "asic.chain.digest"),
        ("closing.json", b"number", b"Number", "asic.chain.digest"),
        ("batch.json", b"5", b"6", "asic.signature.value"),
        ("sig-hashchainresult.xml", b"\n</H", b"</H", "asic.signature.value"),
        ("sig-hashchain.xml", b"STEP1", b"STEP9", "asic.chain"),
        ("sig-hashchain.xml", b"/closing.json", b"/other.json", "asic.uncovered"),
        (SIGNATURES, b"T08:00:00", b"T07:00:00", "asic.signature.value"),
        (SIGNATURES, b"ecdsa-sha256", b"ecdsa-sha1", "asic.signature.algorithm"),
        (SIGNATURES, b"/batch.json", b"/closing.json", "asic.signature.value"),
        (SIGNATURES, b"</asic:", b"<!-- -->x</asic:", "asic.signature.malformed"),
        (SIGNATURES, b"\n", b"\n\n", "asic.chain.digest"),
        ("ts-hashchainresult.xml", b"\n</H", b"</H", "asic.timestamp"),
        ("ts-hashchain.xml", b"META-INF/signatures.xml", b"intent.json", "asic.chain.digest"),
        ("META-INF/ASiCManifest.xml", b"ts-hashchainresult", b"sig-hashchainresult", "asic.timestamp"),
        ("META-INF/timestamp.tst", b"\x30\x82", b"\x31\x82", "asic.timestamp"),
    ],
)
def test_whatever_is_altered_is_found(name, old, new, code):
    verdict = judge(altered(batch(5, 2), name, old, new))

    assert code in verdict.problems
    assert not verdict.trusted
    assert set(verdict.problems) <= CODES.keys()


@given(st.data())
def test_no_octet_of_a_file_can_be_altered_unseen(data):
    files = read_archive(batch(3, 1))
    files.pop("mimetype")
    # What no signature covers are the lists of names for other tools; they prove nothing, and what the second says of
    # files and digests is compared.
    loose = {"META-INF/manifest.xml", "META-INF/ASiCManifest.xml", "META-INF/timestamp.tst"}
    name = data.draw(st.sampled_from(sorted(set(files) - loose)))
    place = data.draw(st.integers(0, len(files[name]) - 1))
    before = files[name]
    octets = bytearray(before)
    octets[place] ^= data.draw(st.integers(1, 255))
    files[name] = bytes(octets)

    verdict = judge(containers.write_archive(files))

    # Of a hash chain what it says is under the signature, not how it is spaced.
    assert verdict.problems or (name.endswith("hashchain.xml") and told_by(files[name]) == told_by(before))
    assert set(verdict.problems) <= CODES.keys()


def told_by(chain: bytes) -> list[tuple]:
    return [
        (element.tag, dict(element.attrib), "".join((element.text or "").split()), (element.tail or "").strip())
        for element in etree.fromstring(chain).iter()
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"<?xml", b"<?yml"), (b"<HashStep", b"<!-- --><HashStep"), (b"<HashStep", b"<?a b?><HashStep")],
)
def test_a_chain_holds_nothing_besides(old, new):
    assert judge(altered(batch(5, 2), "sig-hashchain.xml", old, new)).problems


def test_there_is_one_way_to_write_a_digest():
    chain = read_archive(batch(5, 2))["sig-hashchain.xml"]
    end = chain.index(b"==</")
    other = bytes((chain[end - 1] ^ 1,)) if chr(chain[end - 1] ^ 1).isalnum() else b"R"
    again = chain[: end - 1] + other + chain[end:]

    assert judge(altered(batch(5, 2), "sig-hashchain.xml", chain, again)).problems


def test_a_file_that_nobody_signed_is_named():
    files = read_archive(plain())
    files.pop("mimetype")

    verdict = judge(containers.write_archive(files | {"more.json": b"{}"}))

    assert verdict.problems == ("asic.uncovered",)


def test_a_container_is_judged_by_the_time_that_its_timestamp_proves():
    later = NOW + timedelta(days=3 * 365)

    assert judge(plain(), now=later).problems == ()
    assert judge(plain(stamped=False), now=later).problems == ("asic.timestamp.missing", "asic.certificate.untrusted")
    assert judge(plain(stamped=False), roots=None).problems == ()


def test_another_authority_is_not_believed():
    stranger = RehearsalAuthority.create(NOW).root

    verdict = judge(batch(3, 1), roots=[stranger])

    assert verdict.problems == ("asic.timestamp.untrusted", "asic.certificate.untrusted")


def test_the_octets_that_are_signed_are_what_a_canonicaliser_makes():
    root = etree.fromstring(read_archive(plain())[SIGNATURES])

    for element in (root.find(f".//{{{DS}}}SignedInfo"), root.find(f".//{{{XADES}}}SignedProperties")):
        canonical = etree.tostring(element, method="c14n", exclusive=True)
        assert canonical in read_archive(plain())[SIGNATURES]


@given(st.integers(1, 40).flatmap(lambda size: st.tuples(st.just(size), st.integers(0, size - 1))))
def test_every_item_leads_to_the_top(place):
    size, index = place
    items = [hashchain.digest(b"%d" % number) for number in range(size)]

    hashes = hashchain.path(items, index)

    assert hashchain.climb(items[index], index, size, hashes) == hashchain.top(items)
    with pytest.raises(ValueError, match=r"asic\.chain"):
        hashchain.climb(items[index], index, size, (*hashes, hashes[0] if hashes else items[0]))


@pytest.fixture(params=["plain", "batch"])
def unpacked(request, tmp_path) -> Path:
    """A container of each shape as a court has it: files in a folder, and the authority's certificate."""
    packed = plain(others=2) if request.param == "plain" else batch(5, 3)
    for name, octets in read_archive(packed).items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(octets)
    (tmp_path / "root.pem").write_bytes(world().root.public_bytes(Encoding.PEM))
    chain = world().key.chain[0].public_bytes(Encoding.PEM)
    (tmp_path / "chain.pem").write_bytes(chain)
    return tmp_path


def test_signxml_alone_verifies_the_signature_and_its_references(unpacked):
    root = etree.fromstring((unpacked / SIGNATURES).read_bytes())

    def verify() -> list:
        return XMLVerifier().verify(
            root,
            x509_cert=world().key.certificate,
            validate_schema=False,
            uri_resolver=lambda uri: (unpacked / uri.lstrip("/")).read_bytes(),
            expect_config=SignatureConfiguration(expect_references=3, verification_time=NOW),
        )

    assert len(verify()) == 3
    name = root.find(f".//{{{DS}}}Reference").get("URI").lstrip("/")
    (unpacked / name).write_bytes((unpacked / name).read_bytes() + b" ")
    with pytest.raises(Exception, match="Digest mismatch"):
        verify()


@pytest.mark.skipif(shutil.which("xmlsec1") is None, reason="xmlsec1 is not here")
def test_xmlsec1_verifies_the_signature_and_its_references(unpacked):
    root = etree.fromstring((unpacked / SIGNATURES).read_bytes())
    names = [one.get("URI").lstrip("/") for one in root.iter(f"{{{DS}}}Reference") if one.get("URI").startswith("/")]
    maps = [part for name in names for part in (f"--url-map:/{name}", name)]
    command = ["xmlsec1", "--verify", "--trusted-pem", "root.pem", "--untrusted-pem", "chain.pem"]
    command += ["--verification-time", f"{NOW:%Y-%m-%d %H:%M:%S}", "--id-attr:Id", f"{XADES}:SignedProperties"]

    def run() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, *maps, SIGNATURES],
            cwd=unpacked,
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | {"TZ": "UTC"},
        )

    done = run()
    assert done.returncode == 0, done.stderr
    assert "SignedInfo References (ok/all): 3/3" in done.stdout + done.stderr
    (unpacked / names[0]).write_bytes((unpacked / names[0]).read_bytes() + b" ")
    assert run().returncode != 0


def test_openssl_verifies_the_timestamp(unpacked):
    def run() -> str:
        command = ["openssl", "ts", "-verify", "-data", "ts-hashchainresult.xml", "-in", "META-INF/timestamp.tst"]
        command += ["-token_in", "-CAfile", "root.pem", "-untrusted", "chain.pem"]
        command += ["-attime", str(int(NOW.timestamp()) + 60)]
        done = subprocess.run(command, cwd=unpacked, capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    assert "Verification: OK" in run()
    (unpacked / "ts-hashchainresult.xml").write_bytes(b"other")
    assert "Verification: FAILED" in run()


def test_signer_and_certificates_are_those_of_the_container():
    root = etree.fromstring(read_archive(plain())[SIGNATURES])
    written = root.findall(f".//{{{DS}}}X509Certificate")

    assert len(written) == 2
    assert fingerprint(world().key.certificate) == judge(plain()).certificate
