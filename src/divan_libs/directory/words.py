"""What is said of a directory's answer in both languages: fields, findings, deeds, outcomes."""

from __future__ import annotations

from collections.abc import Mapping

from divan_libs.directory.values import Deed

FIELDS: Mapping[str, tuple[str, str]] = {
    "": ("همهٔ پاسخ", "the whole answer"),
    "id": ("شناسهٔ راهنما", "identifier"),
    "username": ("نام کاربری", "user name"),
    "national_code": ("کد ملی", "national code"),
    "first_name": ("نام", "first name"),
    "last_name": ("نام خانوادگی", "last name"),
    "mobile": ("تلفن همراه", "mobile number"),
    "mail": ("رایانامه", "e-mail"),
    "post": ("پست", "post"),
    "unit": ("واحد", "unit"),
    "state": ("وضعیت", "state"),
}

SENTENCES: Mapping[str, tuple[str, str]] = {
    "directory.id-missing": (
        "مدخل شناسهٔ یکتا ندارد؛ نگاشت صفت‌ها را بررسی کنید.",
        "The entry has no identifier; look at the map of attributes.",
    ),
    "directory.id-duplicate": ("دو مدخل یک شناسه دارند.", "Two entries have one identifier."),
    "directory.empty-answer": (
        "راهنما هیچ کس را برنگرداند؛ نشانی پایه و پالایه را بررسی کنید.",
        "The directory told nobody; look at its base and filter.",
    ),
    "directory.too-many-ended": (
        "با این پاسخ شمار بیش از اندازه‌ای یک‌جا پایان می‌یابند؛ اگر درست است --force بدهید.",
        "Too many would end at once; if that is right, give --force.",
    ),
    "directory.code-duplicate": (
        "مدخل دیگری هم همین کد ملی را دارد؛ هیچ‌کدام وارد نشد.",
        "Another entry has the same national code; neither is taken over.",
    ),
    "directory.former-entry": (
        "مدخل غیرفعالِ کسی است که مدخل فعال هم دارد؛ کنار گذاشته شد.",
        "A disabled entry of somebody who has an enabled one; it is left aside.",
    ),
    "directory.code-changed": (
        "کد ملی این مدخل عوض شده است؛ چیزی تغییر نکرد.",
        "The national code of this entry has changed; nothing is taken over.",
    ),
    "directory.several-values": ("چند کد ملی متفاوت دارد.", "It has several different national codes."),
    "directory.national-code-invalid": ("کد ملی درست نیست.", "The national code is not right."),
    "directory.missing": ("این صفت باید پر باشد.", "This attribute must be filled."),
    "directory.state-unreadable": (
        "وضعیت حساب خوانده نشد؛ چیزی تغییر نکرد.",
        "Whether the account is enabled cannot be read; nothing is taken over.",
    ),
    "directory.not-text": ("مقدار متن نیست و خوانده نشد.", "The value is no text and is not read."),
    "directory.hidden-signs": (
        "نویسه‌های ناپیدا داشت؛ بی آن‌ها خوانده شد.",
        "It held signs that nobody sees; it is read without them.",
    ),
    "directory.too-long": ("متن بلندتر از اندازه است و خوانده نشد.", "The text is too long and is not read."),
    "directory.mobile-invalid": ("شمارهٔ همراه درست نیست و خوانده نشد.", "The mobile number is not right; not read."),
    "directory.mail-invalid": ("نشانی رایانامه درست نیست و خوانده نشد.", "The e-mail address is not right; not read."),
    "directory.username-unfit": (
        "نام کاربری پذیرفته نیست؛ حسابی ساخته نشد.",
        "The user name cannot be one here; no account is made.",
    ),
    "directory.username-taken": (
        "نام کاربری از آنِ دیگری است؛ حسابی ساخته نشد.",
        "The user name is another's; no account is made.",
    ),
    "directory.username-kept": ("نام کاربری در سامانه عوض نمی‌شود.", "The user name here stays."),
    "directory.account-closed": (
        "حساب در سامانه بسته شده و بسته می‌ماند.",
        "The account was closed here and stays closed.",
    ),
    "directory.name-kept": (
        "نام را ثبت احوال تأیید کرده است و عوض نمی‌شود.",
        "The civil registry confirmed the name; it stays.",
    ),
    "directory.mobile-kept": (
        "شمارهٔ همراهِ شناخته‌شده از راه راهنما عوض نمی‌شود.",
        "A known mobile number is not changed by a directory.",
    ),
    "directory.post-unknown": ("چنین پستی در سامانه نیست.", "There is no such post."),
    "directory.post-taken": ("این پست متصدی دیگری دارد.", "Somebody else holds the post."),
    "directory.unit-unknown": ("کد واحد پذیرفته نیست.", "The code of the unit cannot be one."),
    "directory.unit-differs": ("پست در واحد دیگری است.", "The post lies in another unit."),
}

DEEDS: Mapping[str, tuple[str, str]] = {
    Deed.PERSON_MADE: ("شخص تازه", "person entered"),
    Deed.PERSON_CHANGED: ("شخص تغییریافته", "person changed"),
    Deed.LINKED: ("پیوند با راهنما", "linked to the directory"),
    Deed.LINK_CHANGED: ("پیوند تغییریافته", "link changed"),
    Deed.ACCOUNT_MADE: ("حساب تازه", "account made"),
    Deed.ACCOUNT_REOPENED: ("حساب بازگشوده", "account opened again"),
    Deed.POST_LEFT: ("پایان تصدی", "post left"),
    Deed.POST_GIVEN: ("آغاز تصدی", "post given"),
    Deed.ENDED_DISABLED: ("پایان کار: غیرفعال در راهنما", "ended: disabled in the directory"),
    Deed.ENDED_GONE: ("پایان کار: نبودن در راهنما", "ended: gone from the directory"),
}

OUTCOMES: Mapping[str, tuple[str, str]] = {
    "nothing": ("چیزی برای تغییر نیست.", "Nothing to change."),
    "refused": ("چیزی وارد نشد؛ نخست این‌ها را درست کنید.", "Nothing was taken over; put this right first."),
    "preview": (
        "هنوز چیزی وارد نشده است؛ با --apply وارد می‌شود.",
        "Nothing has been taken over yet; --apply takes it over.",
    ),
    "done": ("وارد شد.", "Taken over."),
    "left": (
        "این مدخل در این میان عوض شده است؛ دوباره اجرا کنید.",
        "This one has changed meanwhile; run it again.",
    ),
}


def said(words: Mapping[str, tuple[str, str]], code: str, language: str) -> str:
    """Return what one of these tables says of a code, in Persian or English."""
    return words[code][language == "en"]
