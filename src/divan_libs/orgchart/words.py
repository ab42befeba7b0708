"""The words of a chart in both languages: headings, what may stand in a cell, and what is said about a cell."""

from __future__ import annotations

from collections.abc import Mapping

from divan_libs.orgchart.values import Deed, Sheet
from divan_libs.persian.text import search_text

TITLES: Mapping[Sheet, str] = {
    Sheet.UNITS: "واحدها Units",
    Sheet.POSTS: "پست‌ها Posts",
    Sheet.HOLDERS: "متصدیان Holders",
}
GUIDE = "راهنما Guide"

COLUMNS: Mapping[Sheet, Mapping[str, tuple[str, ...]]] = {
    Sheet.UNITS: {
        "code": ("کد واحد", "کد"),
        "name_fa": ("نام فارسی", "نام", "نام واحد"),
        "name_en": ("نام انگلیسی",),
        "kind": ("نوع",),
        "level": ("سطح",),
        "place": ("محل", "کد محل", "محدوده"),
        "parent": ("کد واحد بالاتر", "واحد بالاتر"),
        "legal_id": ("شناسه ملی",),
        "email": ("نشانی ECE", "رایانامه"),
        "address_fa": ("نشانی", "نشانی پستی"),
        "parent_body_fa": ("دستگاه مادر", "نام دستگاه مادر"),
    },
    Sheet.POSTS: {
        "code": ("کد پست", "کد"),
        "title_fa": ("عنوان فارسی", "عنوان پست", "عنوان"),
        "title_en": ("عنوان انگلیسی",),
        "role": ("نقش", "کد نقش"),
        "unit": ("کد واحد", "واحد"),
        "superior": ("کد پست مافوق", "مافوق", "پست مافوق"),
    },
    Sheet.HOLDERS: {
        "post": ("کد پست", "پست"),
        "national_code": ("کد ملی", "شماره ملی"),
        "first_name": ("نام",),
        "last_name": ("نام خانوادگی",),
        "father_name": ("نام پدر",),
        "birth_date": ("تاریخ تولد",),
        "mobile": ("تلفن همراه", "همراه", "موبایل"),
        "personnel_number": ("شماره پرسنلی", "شماره کارمندی"),
        "starts_on": ("تاریخ شروع", "شروع تصدی"),
    },
}
"""By sheet and field: what the heading may be in Persian, the first one being ours; the field's name is the English."""

NEEDED: Mapping[Sheet, frozenset[str]] = {
    Sheet.UNITS: frozenset({"code", "name_fa", "kind"}),
    Sheet.POSTS: frozenset({"code", "title_fa", "unit"}),
    Sheet.HOLDERS: frozenset({"post", "national_code"}),
}
"""The headings by which a sheet is known for what it is; its name does not matter."""

LONGEST: Mapping[str, int] = {
    "unit": 60,
    "parent": 60,
    "legal_id": 11,
    "name_fa": 200,
    "name_en": 200,
    "title_fa": 200,
    "title_en": 200,
    "role": 60,
    "superior": 80,
    "post": 80,
    "address_fa": 300,
    "parent_body_fa": 200,
    "first_name": 80,
    "last_name": 120,
    "father_name": 80,
    "personnel_number": 20,
    "place": 120,
}

KINDS = {"body": ("دستگاه", "سازمان", "body"), "unit": ("واحد", "unit")}
LEVELS = {
    "province": ("استان", "استانی", "province"),
    "county": ("شهرستان", "شهرستانی", "county"),
    "district": ("بخش", "district"),
    "village": ("روستا", "دهیاری", "village"),
}

EXAMPLES: Mapping[Sheet, Mapping[str, str]] = {
    Sheet.UNITS: {
        "code": "roads-planning",
        "name_fa": "معاونت برنامه‌ریزی",
        "name_en": "Planning",
        "kind": "واحد / unit",
        "level": "استان / province",
        "place": "لرستان / 15",
        "parent": "roads",
        "legal_id": "14000000000",
        "email": "ece@example.ir",
        "address_fa": "خرم‌آباد، خیابان انقلاب",
        "parent_body_fa": "وزارت راه و شهرسازی",
    },
    Sheet.POSTS: {
        "code": "roads-expert-1",
        "title_fa": "کارشناس برنامه‌ریزی",
        "title_en": "Planning expert",
        "role": "expert",
        "unit": "roads-planning",
        "superior": "roads-deputy",
    },
    Sheet.HOLDERS: {
        "post": "roads-expert-1",
        "national_code": "0000000000",
        "first_name": "زهرا",
        "last_name": "رضایی",
        "father_name": "احمد",
        "birth_date": "1365/04/12",
        "mobile": "09120000000",
        "personnel_number": "10025",
        "starts_on": "1405/09/01",
    },
}

SENTENCES: Mapping[str, tuple[str, str]] = {
    "chart.file-kind": ("پرونده باید xlsx یا csv باشد.", "The file must be .xlsx or .csv."),
    "chart.file-size": ("پرونده بزرگ‌تر از اندازهٔ مجاز است.", "The file is larger than allowed."),
    "chart.file-shape": ("پرونده خوانده نشد.", "The file cannot be read."),
    "chart.file-headings": (
        "هیچ برگه‌ای سرستون‌های نمودار سازمانی ندارد.",
        "No sheet has the headings of an organisation chart.",
    ),
    "chart.heading-unknown": ("سرستون ناشناخته است و خوانده نشد.", "The heading is unknown; the column is not read."),
    "chart.merged-cell": ("خانه‌ها ادغام شده‌اند؛ جدا کنید.", "The cells are merged; unmerge them."),
    "chart.formula": ("فرمول مقدار ذخیره‌شده ندارد.", "The formula has no stored value."),
    "chart.cell-error": ("خانه خطای صفحه‌گسترده دارد.", "The cell holds an error of the spreadsheet."),
    "chart.too-long": ("متن بلندتر از اندازه است.", "The text is too long."),
    "chart.missing": ("این خانه باید پر شود.", "This cell must be filled."),
    "chart.code-invalid": (
        "کد تنها حرف لاتین، رقم، نقطه و خط تیره می‌پذیرد.",
        "A code has Latin letters, digits, dots and dashes only.",
    ),
    "chart.code-duplicate": ("این کد در ردیف دیگری هم هست.", "Another row has this code as well."),
    "chart.kind-unknown": ("نوع باید دستگاه یا واحد باشد.", "The kind is body or unit."),
    "chart.level-unknown": (
        "سطح باید استان، شهرستان، بخش یا روستا باشد.",
        "The level is province, county, district or village.",
    ),
    "chart.place-unknown": ("چنین محلی در تقسیمات نیست.", "No division has this code or name."),
    "chart.place-ambiguous": (
        "چند محل این نام را دارند؛ کد را بنویسید.",
        "Several divisions have this name; write the code.",
    ),
    "chart.parent-unknown": ("واحد بالاتر نه در پرونده است نه در سامانه.", "The unit above is nowhere."),
    "chart.cycle": ("واحد زیر خودش قرار گرفته است.", "The unit stands below itself."),
    "chart.unit-closed": (
        "این واحد منحل شده است و چیزی از آن تغییر نمی‌کند.",
        "The unit was closed; nothing of it changes.",
    ),
    "chart.unit-unknown": ("این واحد نه در پرونده است نه در سامانه.", "The unit is nowhere."),
    "chart.superior-unknown": ("پست مافوق نه در پرونده است نه در سامانه.", "The superior post is nowhere."),
    "chart.superior-cycle": ("پست مافوق خودش شده است.", "The post would be its own superior."),
    "chart.post-unknown": ("این پست نه در پرونده است نه در سامانه.", "The post is nowhere."),
    "chart.legal-id-invalid": ("شناسهٔ ملی درست نیست.", "The national identifier is not right."),
    "chart.email-invalid": ("نشانی رایانامه درست نیست.", "The e-mail address is not right."),
    "chart.national-code-invalid": ("کد ملی درست نیست.", "The national code is not right."),
    "chart.mobile-invalid": ("شمارهٔ همراه درست نیست.", "The mobile number is not right."),
    "chart.date-invalid": ("تاریخ درست نیست.", "The date is not right."),
    "chart.two-holders": ("برای این پست متصدی دیگری هم نوشته شده است.", "Another row gives this post to somebody too."),
    "chart.person-differs": (
        "همین شخص در ردیف دیگری با مشخصات دیگر آمده است.",
        "Another row describes the same person otherwise.",
    ),
    "chart.person-unknown": (
        "این شخص در سامانه نیست؛ نام و نام خانوادگی را بنویسید.",
        "The person is not known here; give both names.",
    ),
    "chart.birth-date-differs": (
        "تاریخ تولد با آنچه در سامانه است نمی‌خواند.",
        "The birth date differs from the known one.",
    ),
    "chart.name-kept": (
        "نام را ثبت احوال تأیید کرده است و عوض نمی‌شود.",
        "The civil registry confirmed the name; it stays.",
    ),
    "chart.mobile-kept": (
        "شمارهٔ همراه از راه پرونده عوض نمی‌شود.",
        "A known mobile number is not changed by a file.",
    ),
    "chart.start-kept": ("آغاز تصدیِ کنونی عوض نمی‌شود.", "The beginning of the present holding stays."),
    "chart.start-early": (
        "متصدی دیگری پس از این تاریخ در این پست است یا بوده است.",
        "Somebody else holds or held the post after this date.",
    ),
    "chart.now": (
        "متصدی پیشین تا این لحظه در پست می‌ماند؛ آغاز از اکنون است.",
        "The present holder stays until this moment; the new holding begins now.",
    ),
}

DEEDS: Mapping[str, tuple[str, str]] = {
    Deed.UNIT_MADE: ("واحد تازه", "units made"),
    Deed.UNIT_CHANGED: ("واحد تغییریافته", "units changed"),
    Deed.POST_MADE: ("پست تازه", "posts made"),
    Deed.POST_CHANGED: ("پست تغییریافته", "posts changed"),
    Deed.PERSON_MADE: ("شخص تازه", "persons entered"),
    Deed.PERSON_CHANGED: ("شخص تغییریافته", "persons changed"),
    Deed.HOLDING_BEGUN: ("تصدی آغازشده", "holdings begun"),
    Deed.HOLDING_ENDED: ("تصدی پایان‌یافته", "holdings ended"),
    Deed.HOLDING_CHANGED: ("شمارهٔ پرسنلی تغییریافته", "personnel numbers changed"),
}

OUTCOMES: Mapping[str, tuple[str, str]] = {
    "nothing": ("چیزی برای تغییر نیست.", "Nothing to change."),
    "refused": ("چیزی وارد نشد؛ نخست این‌ها را درست کنید.", "Nothing was taken over; put this right first."),
    "preview": (
        "هنوز چیزی وارد نشده است؛ با --yes وارد می‌شود.",
        "Nothing has been taken over yet; --yes takes it over.",
    ),
    "done": ("وارد شد.", "Taken over."),
    "again": (
        "نمودار در این میان عوض شده است؛ دوباره اجرا کنید.",
        "The chart has changed meanwhile; run it again.",
    ),
    "written": ("نوشته شد.", "Written."),
    "stands": ("این پرونده از پیش هست و دست نمی‌خورد.", "The file exists and is left alone."),
}


def said(words: Mapping[str, tuple[str, str]], code: str, language: str) -> str:
    """Return what one of these tables says of a code, in Persian or English."""
    return words[code][language == "en"]


def heading_of(sheet: Sheet, field: str, language: str) -> str:
    """Return the heading of a column as our template writes it."""
    return field if language == "en" else COLUMNS[sheet][field][0]


def heading_any(sheet: Sheet, field: str, language: str) -> str:
    """Return the heading of a column, or the very words where it is none of ours."""
    return heading_of(sheet, field, language) if field in COLUMNS[sheet] else field


def fields_by_heading(sheet: Sheet) -> dict[str, str]:
    """Return the fields of a sheet by every heading they may have, in the form for searching."""
    return {
        search_text(said_.replace("_", " ")): field
        for field, persian in COLUMNS[sheet].items()
        for said_ in (field, *persian)
    }


def choice(text: str, choices: Mapping[str, tuple[str, ...]]) -> str | None:
    """Return the code that a word means, or None."""
    plain = search_text(text)
    return next((code for code, words in choices.items() if plain in {search_text(word) for word in words}), None)
