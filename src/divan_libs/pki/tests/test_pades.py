from divan_libs.pki.attachments import embedded_file
from divan_libs.pki.tests.conftest import NOON
from divan_libs.pki.verification import Modifications, verify_pdf


def test_a_signed_letter_says_who_signed_what_when(authority, signed_letter, signer):
    verdict = verify_pdf(signed_letter, [authority.root], now=NOON)

    assert verdict.problems == ()
    assert verdict.is_valid
    assert verdict.signer.common_name == "مریم رضایی"
    assert verdict.signed_at == NOON
    assert verdict.timestamped_at == NOON
    assert verdict.modifications is Modifications.NONE
    assert embedded_file(signed_letter, "receipt.json") == b'{"entry": 1}'
