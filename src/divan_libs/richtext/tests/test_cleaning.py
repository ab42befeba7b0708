"""What is pasted comes out as a letter: the words stay, the rest goes."""

from __future__ import annotations

import pytest

from divan_libs.richtext.cleaning import clean, count_words, from_plain_text, plain_text
from divan_libs.richtext.documents import RichTextRefused

WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head>
<meta name=Generator content="Microsoft Word 15">
<style><!-- p.MsoNormal {margin:0cm} --></style><!--[if gte mso 9]><xml><o:Settings/></xml><![endif]--></head>
<body lang=EN-US style='tab-interval:36.0pt'><!--StartFragment-->
<p class=MsoNormal dir=RTL style='text-align:justify;direction:rtl;unicode-bidi:embed'><span lang=FA
style='font-size:14.0pt;font-family:"B Nazanin";mso-bidi-language:FA'>با سلام و احترام،<span
style='mso-spacerun:yes'>&nbsp;&nbsp; </span><b>پيرو</b> مذاكرات<o:p></o:p></span></p>
<p class=MsoListParagraphCxSpFirst dir=RTL style='margin-right:36.0pt;text-indent:-18.0pt;mso-list:l0 level1 lfo1;
direction:rtl'><![if !supportLists]><span style='mso-list:Ignore'>۱.<span style='font:7.0pt "Times New Roman"'>&nbsp;
</span></span><![endif]><span lang=FA>تجهیز <st1:City w:st="on">خرم‌آباد</st1:City></span></p>
<p class=MsoListParagraph style='mso-list:l0 level2 lfo1;direction:rtl' dir=RTL><!--[if !supportLists]--><span
style='font-family:Symbol;mso-list:Ignore'>·&nbsp;</span><!--[endif]-->زیربند</p>
<p class=MsoListParagraphCxSpLast style='mso-list:l0 level1 lfo1;direction:rtl' dir=RTL><span
style='mso-list:Ignore'>۲.&nbsp;</span>آموزش</p>
<p class=MsoNormal><o:p>&nbsp;</o:p></p>
<span style='font-size:12.0pt'><br clear=all style='mso-special-character:line-break;page-break-before:always'></span>
<p class=MsoNormal align=center style='text-align:center'><i>صفحهٔ دوم</i></p><!--EndFragment--></body></html>"""


def test_a_paste_from_word_becomes_paragraphs_and_real_lists():
    assert clean(WORD) == (
        '<p dir="rtl" data-align="justify">با سلام و احترام، <strong>پیرو</strong> مذاکرات</p>'
        '<ol dir="rtl"><li>تجهیز خرم‌آباد<ul><li>زیربند</li></ul></li><li>آموزش</li></ol>'
        '<hr class="page-break">'
        '<p data-align="center"><em>صفحهٔ دوم</em></p>'
    )


def test_a_paste_from_google_docs_loses_its_wrapper_and_keeps_its_looks():
    pasted = (
        '<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-1"><p dir="rtl" '
        'style="line-height:1.38;text-align:right;"><span style="font-weight:700;font-style:italic">مهم</span>'
        '<span style="font-weight:400;text-decoration:underline">: امروز</span></p>'
        '<ul style="margin-top:0"><li dir="rtl"><p dir="rtl" role="presentation"><span>یک</span></p></li>'
        "<ul><li><p>دو</p></li></ul></ul></b>"
    )

    assert clean(pasted) == (
        '<p dir="rtl"><strong><em>مهم</em></strong><u>: امروز</u></p><ul dir="rtl"><li>یک<ul><li>دو</li></ul></li></ul>'
    )


def test_a_paste_from_libreoffice_keeps_lists_and_tables():
    pasted = (
        '<p style="margin-bottom: 0cm" align="right" dir="rtl"><font face="Arial"><span lang="fa">متن</span></font></p>'
        '<ol><li><p dir="rtl">یک</p></li><li><p>دو</p></li></ol>'
        '<table width="100%"><col width="128*"/><thead><tr><th><p>نام</p></th><th>مبلغ</th></tr></thead>'
        '<tbody><tr valign="top"><td><p>الف</p><p>ب</p></td><td dir="ltr" align="right">12</td></tr></tbody></table>'
    )

    assert clean(pasted) == (
        '<p dir="rtl">متن</p><ol dir="rtl"><li>یک</li><li>دو</li></ol>'
        "<table><tbody><tr><th>نام</th><th>مبلغ</th></tr>"
        '<tr><td>الف<br>ب</td><td dir="ltr" data-align="end">12</td></tr></tbody></table>'
    )


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("<script>alert(1)</script>متن", "<p>متن</p>"),
        ('<p onclick="x()" class="a" id="b">متن</p>', "<p>متن</p>"),
        ('<p style="background:url(javascript:x)">متن</p>', "<p>متن</p>"),
        ('<a href="javascript:alert(1)">متن</a>', "<p>متن</p>"),
        ('<a href="data:text/html,x">متن</a>', "<p>متن</p>"),
        ("<img src=x onerror=alert(1)>متن<svg onload=x><text>نه</text></svg>", "<p>متن</p>"),
        ("<p>۱ &lt; ۲ &amp;amp; &lt;script&gt;</p>", "<p>۱ &lt; ۲ &amp;amp; &lt;script&gt;</p>"),
        ("<iframe srcdoc='<p>x'></iframe>متن<style>p{}</style>", "<p>متن</p>"),
        ("<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>", ""),
        ('<form action="//x"><input value="y">متن</form>', "<p>متن</p>"),
    ],
)
def test_nothing_dangerous_passes(given, kept):
    assert clean(given) == kept


def test_a_link_is_written_out_unless_its_text_says_it():
    assert clean('<a href="https://divan.example/a">اینجا</a>') == "<p>اینجا (https://divan.example/a)</p>"
    assert clean('<a href="https://divan.example/">https://divan.example</a>') == "<p>https://divan.example</p>"
    assert clean('<a href="mailto:a@b.example">نامه</a>') == "<p>نامه (a@b.example)</p>"


def test_letters_are_persian_zwnj_stays_inside_words_and_marks_of_direction_go():
    assert clean("<p>\u202bكتاب\u202c هاي\u200c\u200cما\u00a0 \u200c و\u200f مى\u200cرود\ufeff</p>") == (
        "<p>کتاب های\u200cما و می\u200cرود</p>"
    )
    assert clean("<p>كتاب\u200c\u200cها</p>", persian_letters=False) == "<p>كتاب\u200cها</p>"


def test_alignment_is_said_by_start_and_end_of_the_direction():
    assert clean(
        "<p dir=rtl align=left>الف</p><p dir=ltr align=left>a</p><p align=right>a</p><p align=right>الف</p>"
    ) == ('<p dir="rtl" data-align="end">الف</p><p dir="ltr">a</p><p data-align="end">a</p><p>الف</p>')


def test_a_table_has_no_holes_whatever_its_spans_say():
    assert clean("<table><tr><td rowspan=9 colspan=2>الف<td>ب<tr><td>پ<tr><td>ت<td>ث</table>") == (
        '<table><tbody><tr><td colspan="2" rowspan="3">الف</td><td>ب</td><td></td></tr>'
        "<tr><td>پ</td><td></td></tr><tr><td>ت</td><td>ث</td></tr></tbody></table>"
    )
    assert clean("<table><tr><td> </td></tr></table>متن") == "<p>متن</p>"


def test_page_breaks_stand_between_blocks_alone():
    cut = '<hr class="page-break">'

    assert clean(f"{cut}<p>الف</p>{cut}{cut}<hr><p>ب</p>{cut}") == f"<p>الف</p>{cut}<p>ب</p>"


def test_plain_text_has_paragraphs_at_blank_lines_and_comes_back():
    html = from_plain_text("با سلام\r\nسطر دوم\n\n \nبند <b> دوم\n")

    assert html == "<p>با سلام<br>سطر دوم</p><p>بند &lt;b&gt; دوم</p>"
    assert plain_text(html) == "با سلام\nسطر دوم\nبند <b> دوم"
    assert from_plain_text(" \n ") == ""


def test_words_are_counted_as_they_are_read():
    assert count_words("<p>نامه‌های <b>ما</b></p><ul><li>یک دو</li></ul>") == 4
    assert count_words("") == 0


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("<div>" * 300 + "الف", "richtext.too-deep"),
        ("ا" * 1_000_001, "richtext.too-long"),
        ("<table>" + "<tr>" + "<td>a" * 30 + "<tr><td>a" * 700 + "</table>", "richtext.table-too-large"),
    ],
)
def test_what_is_no_letter_is_refused(given, code):
    with pytest.raises(RichTextRefused) as refused:
        clean(given)
    assert refused.value.code == code


def test_a_table_of_staircases_stays_as_wide_as_a_table_may_be():
    rows = "".join("<tr>" + "<td rowspan=50 colspan=9>x" * 20 for _ in range(30))

    assert clean(f"<table>{rows}</table>").count("<td>x</td>") == 600
