"""The oddities of messages in words, in English and in Persian: what was met, and what the writer should write.

The strict side is what :mod:`divan_libs.ece.writing` writes. As long as no official text of the format is known, it is
what five independent programs have in common.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from divan_libs.ece.values import DeviationCode


class Weight(StrEnum):
    """How much an oddity weighs."""

    MEANING = "meaning"
    """A receiver may take it for something else than was meant, or leave it out."""
    FORM = "form"
    """The tree or the form of a field is another; a strict program refuses it."""
    HABIT = "habit"
    """It is read alike everywhere; it is named so that files are the same everywhere."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """An oddity in words, in English and in Persian: what was met, and what the writer should write."""

    weight: Weight
    met: str
    mend: str
    met_fa: str
    mend_fa: str

    def said(self, language: str) -> tuple[str, str]:
        """Return what was met and what to write, in a language."""
        return (self.met_fa, self.mend_fa) if language == "fa" else (self.met, self.mend)


D = DeviationCode
_MEANING, _FORM, _HABIT = Weight.MEANING, Weight.FORM, Weight.HABIT

OF_MESSAGES: Mapping[StrEnum, Meaning] = {
    D.ATTRIBUTE_CASE: Meaning(
        _FORM,
        "The name of an attribute is spelt with other capitals.",
        "Spell it as the schema does: XML tells capitals apart.",
        "نام یک ویژگی با حروف بزرگ و کوچک دیگری نوشته شده است.",
        "آن را درست مانند شِما بنویسید؛ XML حروف بزرگ و کوچک را از هم جدا می‌داند.",
    ),
    D.ATTRIBUTE_MISSING: Meaning(
        _FORM,
        "An attribute that the element needs is not there.",
        "Write it, empty if nothing is known.",
        "ویژگی‌ای که این عنصر لازم دارد نوشته نشده است.",
        "آن را بنویسید؛ اگر چیزی دربارهٔ آن نمی‌دانید، خالی.",
    ),
    D.ATTRIBUTE_REPEATED: Meaning(
        _MEANING,
        "Two attributes differ in capitals alone; the first was read.",
        "Write it once.",
        "دو ویژگی فقط در حروف بزرگ و کوچک فرق دارند؛ اولی خوانده شد.",
        "آن را یک بار بنویسید.",
    ),
    D.ATTRIBUTE_UNKNOWN: Meaning(
        _MEANING,
        "An attribute that the format does not have was left out.",
        "Leave it out, or say it where the format has a place for it.",
        "ویژگی‌ای که در قالب نیست کنار گذاشته شد.",
        "آن را ننویسید، یا در جایی بگویید که قالب برایش دارد.",
    ),
    D.BASE64_UNBROKEN: Meaning(
        _HABIT,
        "A file stands in one very long line of base64.",
        "Break the lines after 76 signs.",
        "یک پرونده در یک سطر بسیار بلند base64 آمده است.",
        "سطرها را پس از ۷۶ نویسه بشکنید.",
    ),
    D.CLASSIFICATION_CODE: Meaning(
        _MEANING,
        "Name and code of the classification differ; the stricter of the two was taken.",
        "Write the code that belongs to the name: 1 normal, 2 confidential, 3 highly confidential.",
        "نام و کد طبقه‌بندی با هم نمی‌خواند؛ سخت‌گیرانه‌ترِ آن دو گرفته شد.",
        "کد همان نام را بنویسید: ۱ عادی، ۲ محرمانه، ۳ خیلی محرمانه.",
    ),
    D.CLASSIFICATION_UNKNOWN: Meaning(
        _MEANING,
        "The classification is unknown or not said; the letter was taken as highly confidential.",
        "Write one of عادی, محرمانه, خیلی محرمانه.",
        "طبقه‌بندی ناشناخته است یا گفته نشده؛ نامه خیلی محرمانه گرفته شد.",
        "یکی از «عادی»، «محرمانه» و «خیلی محرمانه» را بنویسید.",
    ),
    D.CONTENT_TYPE_CASE: Meaning(
        _HABIT,
        "The type of a file is written with capitals.",
        "Write it in small letters, such as application/pdf.",
        "نوع یک پرونده با حروف بزرگ نوشته شده است.",
        "آن را با حروف کوچک بنویسید، مانند application/pdf.",
    ),
    D.CONTENT_TYPE_DIFFERS: Meaning(
        _MEANING,
        "The bytes of a file are of another type than the message says.",
        "Write the type that the bytes have.",
        "محتوای یک پرونده از نوعی جز آن است که پیام می‌گوید.",
        "نوع واقعی محتوا را بنویسید.",
    ),
    D.DATE_CALENDAR: Meaning(
        _MEANING,
        "The year belongs to another calendar than ShowAs says; the year decided.",
        "Write the date in Gregorian form and in ShowAs the calendar in which it is to be shown.",
        "سال تاریخ از تقویمی جز تقویم ShowAs است؛ سال ملاک شد.",
        "تاریخ را میلادی بنویسید و در ShowAs تقویمی را که باید نمایش داده شود.",
    ),
    D.DATE_FORM: Meaning(
        _FORM,
        "The date is written in another form than 2014-08-11T11:53:00.",
        "Write year, month and day with hyphens, T, and the time of Tehran without a zone.",
        "تاریخ به شکلی جز 2014-08-11T11:53:00 نوشته شده است.",
        "سال و ماه و روز را با خط تیره، سپس T و ساعت تهران را بی‌منطقهٔ زمانی بنویسید.",
    ),
    D.DATE_SHOWN_AS: Meaning(
        _FORM,
        "The calendar in ShowAs is spelt otherwise, or unknown.",
        "Write gregorian, jalali or hijri in small letters.",
        "تقویم در ShowAs جور دیگری نوشته شده یا ناشناخته است.",
        "با حروف کوچک gregorian یا jalali یا hijri بنویسید.",
    ),
    D.DATE_UNREADABLE: Meaning(
        _MEANING,
        "A text that is no date stands where a date belongs; it was kept as text.",
        "Write a date, or leave the element out where it is not needed.",
        "در جای تاریخ متنی آمده که تاریخ نیست؛ همان متن نگه داشته شد.",
        "تاریخ بنویسید، یا جایی که لازم نیست عنصر را نیاورید.",
    ),
    D.DECLARATION_QUOTES: Meaning(
        _HABIT,
        "The XML declaration is written with other quotes or order.",
        'Write <?xml version="1.0" encoding="UTF-8"?>.',
        "اعلان XML با نقل‌قول یا ترتیب دیگری نوشته شده است.",
        'بنویسید <?xml version="1.0" encoding="UTF-8"?>.',
    ),
    D.ELEMENT_CASE: Meaning(
        _FORM,
        "The name of an element is spelt with other capitals.",
        "Spell it as the schema does: XML tells capitals apart.",
        "نام یک عنصر با حروف بزرگ و کوچک دیگری نوشته شده است.",
        "آن را درست مانند شِما بنویسید؛ XML حروف بزرگ و کوچک را از هم جدا می‌داند.",
    ),
    D.ELEMENT_MISSING: Meaning(
        _FORM,
        "An element that the format needs is not there.",
        "Write it, empty if nothing is known.",
        "عنصری که قالب لازم دارد نوشته نشده است.",
        "آن را بنویسید؛ اگر چیزی دربارهٔ آن نمی‌دانید، خالی.",
    ),
    D.ELEMENT_ORDER: Meaning(
        _FORM,
        "Elements stand in another order than the schema's.",
        "Write them in the order of the schema.",
        "عنصرها به ترتیبی جز ترتیب شِما آمده‌اند.",
        "آنها را به ترتیب شِما بنویسید.",
    ),
    D.ELEMENT_REPEATED: Meaning(
        _MEANING,
        "An element that may stand once stands again; the first was read.",
        "Write it once.",
        "عنصری که باید یک بار بیاید دوباره آمده است؛ اولی خوانده شد.",
        "آن را یک بار بنویسید.",
    ),
    D.ELEMENT_UNKNOWN: Meaning(
        _MEANING,
        "An element that the format does not have was left out with all it holds.",
        "Leave it out, or say it where the format has a place for it.",
        "عنصری که در قالب نیست با هرچه در آن بود کنار گذاشته شد.",
        "آن را ننویسید، یا در جایی بگویید که قالب برایش دارد.",
    ),
    D.ENCODING: Meaning(
        _FORM,
        "The message is encoded in something else than UTF-8.",
        "Write UTF-8 and say so in the declaration.",
        "پیام با رمزگذاری‌ای جز UTF-8 نوشته شده است.",
        "با UTF-8 بنویسید و در اعلان XML همین را بگویید.",
    ),
    D.EXTENSION_CASE: Meaning(
        _HABIT,
        "The extension of a file is written with capitals.",
        "Write it in small letters, such as pdf.",
        "پسوند یک پرونده با حروف بزرگ نوشته شده است.",
        "آن را با حروف کوچک بنویسید، مانند pdf.",
    ),
    D.EXTENSION_DIFFERS: Meaning(
        _MEANING,
        "The extension belongs to another type than the bytes have.",
        "Write the extension of the real type.",
        "پسوند با نوع واقعی محتوا نمی‌خواند.",
        "پسوند نوع واقعی را بنویسید.",
    ),
    D.EXTENSION_DOT: Meaning(
        _HABIT,
        "The extension begins with a dot.",
        "Write it without the dot.",
        "پسوند با نقطه آغاز می‌شود.",
        "آن را بی‌نقطه بنویسید.",
    ),
    D.GUID_FORM: Meaning(
        _HABIT,
        "The GUID of the program is in another form.",
        "Write it as 8-4-4-4-12 hexadecimal digits, in small letters, without braces.",
        "شناسهٔ GUID نرم‌افزار به شکل دیگری است.",
        "آن را به شکل ۸-۴-۴-۴-۱۲ رقم شانزده‌شانزدهی، با حروف کوچک و بی‌آکولاد بنویسید.",
    ),
    D.KEYWORD_ATTRIBUTE: Meaning(
        _FORM,
        "A keyword stands in an attribute.",
        "Write it as the text of the element.",
        "یک کلیدواژه در ویژگی آمده است.",
        "آن را به‌صورت متنِ عنصر بنویسید.",
    ),
    D.LETTERS_FOREIGN: Meaning(
        _HABIT,
        "A text holds Arabic letters or unseen signs; it was read as Persian.",
        "Write ی and ک of Persian, and no unseen signs.",
        "متنی حروف عربی یا نویسه‌های ناپیدا دارد؛ فارسی خوانده شد.",
        "ی و ک فارسی بنویسید و نویسهٔ ناپیدا نگذارید.",
    ),
    D.MORE: Meaning(
        _HABIT,
        "There are more oddities than are told.",
        "Mend these and check again.",
        "ناهمخوانی‌ها بیش از آن است که گفته شد.",
        "اینها را درست کنید و دوباره بسنجید.",
    ),
    D.NAMES_TRAILING: Meaning(
        _HABIT,
        "A name ends with semicolons or spaces.",
        "Write the name alone.",
        "نامی به نقطه‌ویرگول یا فاصله پایان می‌یابد.",
        "فقط خود نام را بنویسید.",
    ),
    D.NAMESPACE_MISSING: Meaning(
        _FORM,
        "The root names no namespace.",
        "Name the namespace of the schema at the root.",
        "ریشهٔ پیام فضای نام ندارد.",
        "فضای نام شِما را در ریشه بنویسید.",
    ),
    D.NAMESPACE_OTHER: Meaning(
        _FORM,
        "The root names another namespace.",
        "Name the namespace of the schema at the root.",
        "ریشهٔ پیام فضای نام دیگری دارد.",
        "فضای نام شِما را در ریشه بنویسید.",
    ),
    D.PART_EMPTY: Meaning(
        _MEANING,
        "A file without bytes was left out.",
        "Leave out files that are empty.",
        "پرونده‌ای بی‌محتوا کنار گذاشته شد.",
        "پروندهٔ خالی نفرستید.",
    ),
    D.PART_PLACEHOLDER: Meaning(
        _MEANING,
        "An empty page stands for the text of the letter.",
        "Send the letter itself as its origin, best as a signed PDF.",
        "به‌جای متن نامه یک صفحهٔ خالی آمده است.",
        "خود نامه را، بهتر به‌صورت PDF امضاشده، بفرستید.",
    ),
    D.PRIORITY_CODE: Meaning(
        _MEANING,
        "Name and code of the urgency differ, or only a code is given; the name decided.",
        "Write both: 1 normal, 2 urgent, 3 immediate.",
        "نام و کد فوریت با هم نمی‌خواند، یا فقط کد آمده است؛ نام ملاک شد.",
        "هر دو را بنویسید: ۱ عادی، ۲ فوری، ۳ خیلی فوری.",
    ),
    D.PRIORITY_UNKNOWN: Meaning(
        _MEANING,
        "The urgency is unknown; the letter was taken as normal.",
        "Write one of عادی, فوری, خیلی فوری.",
        "فوریت ناشناخته است؛ نامه عادی گرفته شد.",
        "یکی از «عادی»، «فوری» و «خیلی فوری» را بنویسید.",
    ),
    D.PROCESSING_INSTRUCTION: Meaning(
        _HABIT,
        "An instruction for some program stands in the message; it was not followed.",
        "Leave it out.",
        "در پیام دستوری برای برنامه‌ای آمده است؛ اجرا نشد.",
        "آن را ننویسید.",
    ),
    D.PROTOCOL_NAME: Meaning(
        _FORM,
        "The protocol has another name than ECE.",
        "Write ECE.",
        "نام پروتکل چیزی جز ECE است.",
        "ECE بنویسید.",
    ),
    D.PROTOCOL_VERSION: Meaning(
        _FORM,
        "The version of the protocol is another than 1.01.",
        "Write 1.01.",
        "نسخهٔ پروتکل چیزی جز 1.01 است.",
        "1.01 بنویسید.",
    ),
    D.RECEIVER_EMPTY: Meaning(
        _MEANING,
        "A receiver of whom nothing is said was left out.",
        "Write receivers with a name, a post or a body alone.",
        "گیرنده‌ای که هیچ چیز دربارهٔ او گفته نشده کنار گذاشته شد.",
        "فقط گیرنده‌ای را بنویسید که نام یا سمت یا سازمان دارد.",
    ),
    D.RECEIVER_REPEATED: Meaning(
        _MEANING,
        "There is more than one main receiver; all were kept.",
        "Write one Receiver; the others belong into OtherReceivers.",
        "بیش از یک گیرندهٔ اصلی آمده است؛ همه نگه داشته شدند.",
        "یک Receiver بنویسید و دیگران را در OtherReceivers بیاورید.",
    ),
    D.RECEIVE_TYPE_UNKNOWN: Meaning(
        _MEANING,
        "For what somebody gets the letter is not understood; it was taken from where he stands.",
        "Write Origin for the addressee and Copy for a copy.",
        "نوع دریافت یک گیرنده فهمیده نشد؛ از جای او گرفته شد.",
        "برای گیرندهٔ اصلی Origin و برای رونوشت Copy بنویسید.",
    ),
    D.RECEIVE_TYPE_WORD: Meaning(
        _FORM,
        "For what somebody gets the letter is said in another word.",
        "Write Origin for the addressee and Copy for a copy.",
        "نوع دریافت یک گیرنده با واژهٔ دیگری گفته شده است.",
        "برای گیرندهٔ اصلی Origin و برای رونوشت Copy بنویسید.",
    ),
    D.RELATION_CODE: Meaning(
        _MEANING,
        "Name and code of a relation differ; the name decided.",
        "Write the code that belongs to the name.",
        "نام و کد ارتباط با نامهٔ دیگر با هم نمی‌خواند؛ نام ملاک شد.",
        "کد همان نام را بنویسید.",
    ),
    D.RELATION_UNKNOWN: Meaning(
        _MEANING,
        "How the letter refers to another one is not understood.",
        "Write عطف for a reply and پیرو for what follows.",
        "چگونگی ارتباط با نامهٔ دیگر فهمیده نشد.",
        "برای پاسخ «عطف» و برای ادامه «پیرو» بنویسید.",
    ),
    D.ROOT_NAME: Meaning(
        _FORM,
        "A receipt stands under a root of its own.",
        "Name the root Letter.",
        "رسید زیر ریشهٔ دیگری آمده است.",
        "نام ریشه را Letter بگذارید.",
    ),
    D.TEXT_UNEXPECTED: Meaning(
        _MEANING,
        "Text stands between elements; it was left out.",
        "Leave it out, or put it into its element.",
        "میان عنصرها متنی آمده است؛ کنار گذاشته شد.",
        "آن را ننویسید، یا در عنصر خودش بگذارید.",
    ),
    D.TYPE_UNKNOWN: Meaning(
        _MEANING,
        "The type of a file could not be told from its bytes.",
        "Send PDF, TIFF, JPEG, PNG, GIF, Word or text.",
        "نوع یک پرونده از محتوایش شناخته نشد.",
        "PDF، TIFF، JPEG، PNG، GIF، Word یا متن بفرستید.",
    ),
}
