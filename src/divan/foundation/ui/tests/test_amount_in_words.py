from __future__ import annotations

import pytest
from django.test import RequestFactory
from django.utils import translation

from divan.foundation.ui.views import amount_in_words


@pytest.mark.parametrize(
    ("typed", "language", "words"),
    [
        ("۱۵۰۰۰۰۰", "fa", "۱٬۵۰۰٬۰۰۰ ریال (یکصد و پنجاه هزار تومان)"),
        ("۱۵۰ تومان", "fa", "۱٬۵۰۰ ریال (یکصد و پنجاه تومان)"),
        ("1,500,000", "en", "1,500,000 rials (150,000 tomans)"),
        ("پانزده", "fa", ""),
        ("-5", "fa", ""),
        ("9" * 18, "fa", ""),
        ("9" * 5000, "fa", ""),
        ("<b>", "fa", ""),
    ],
)
def test_a_sum_is_told_in_words_and_what_is_none_in_silence(typed, language, words):
    with translation.override(language):
        answer = amount_in_words(RequestFactory().get("/amount-in-words/", {"price": typed}))

    assert answer.content.decode() == words
    assert answer["Content-Type"] == "text/plain; charset=utf-8"


def test_nothing_asked_is_nothing_told():
    assert amount_in_words(RequestFactory().get("/amount-in-words/")).content == b""
