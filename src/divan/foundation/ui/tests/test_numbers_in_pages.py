"""Numbers of letters in pages: their parts keep their places, whatever letters stand in them."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from divan.foundation.ui.templatetags.components import code


@pytest.mark.parametrize(
    ("language", "value", "shown"),
    [
        (
            "en",
            "110/1405/و/7",
            '<bdi class="code" dir="ltr"><bdi>110</bdi><bdi>/</bdi><bdi>1405</bdi><bdi>/</bdi>'
            "<bdi>و</bdi><bdi>/</bdi><bdi>7</bdi></bdi>",
        ),
        ("fa", "ق-12", '<bdi class="code" dir="ltr"><bdi>ق</bdi><bdi>-</bdi><bdi>۱۲</bdi></bdi>'),
        ("fa", "05-0000001-00", '<bdi class="code" dir="ltr">۰۵-۰۰۰۰۰۰۱-۰۰</bdi>'),
        ("fa", "a-12", '<bdi class="code" dir="ltr">a-12</bdi>'),
        ("fa", "<b>/و", '<bdi class="code" dir="ltr"><bdi>&lt;b&gt;</bdi><bdi>/</bdi><bdi>و</bdi></bdi>'),
    ],
)
def test_the_parts_of_a_number_stand_in_their_order(language, value, shown):
    with override(language):
        assert code(value) == shown
