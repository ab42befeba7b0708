"""Sentences that tell what a new version changes: the Persian one and the English one by code."""

from __future__ import annotations

from collections.abc import Mapping

AREAS: Mapping[str, tuple[str, str]] = {
    "applicants": ("برای متقاضی", "For applicants"),
    "officers": ("برای کارکنان", "For officers"),
    "clocks": ("مهلت‌ها و سکوت", "Clocks and silence"),
    "fees": ("هزینه", "Fees"),
    "papers": ("سند، پیام و سابقه", "Documents, messages and records"),
    "laws": ("مستند قانونی", "Laws"),
    "running": ("پرونده‌های جاری", "Cases that run"),
}

SENTENCES: Mapping[str, tuple[str, str]] = {
    "question-added": ("پرسش «{name}» افزوده شد.", "The question “{name}” is asked now."),
    "question-removed": ("پرسش «{name}» دیگر نیست.", "The question “{name}” is no longer asked."),
    "question-type": (
        "نوع پرسش «{name}» از {before} به {after} دگرگون شد.",
        "The question “{name}” is of type {after} instead of {before}.",
    ),
    "question-required": ("پاسخ به «{name}» الزامی شد.", "The question “{name}” must be answered now."),
    "question-optional": ("پاسخ به «{name}» اختیاری شد.", "The question “{name}” may stay open now."),
    "question-shown": ("شرط نمایش «{name}» دگرگون شد.", "The question “{name}” is shown on another condition."),
    "question-limits": (
        "حدود یا گزینه‌های «{name}» دگرگون شد.",
        "The limits or options of the question “{name}” are others.",
    ),
    "question-readers": (
        "بینندگان پاسخ «{name}» دگرگون شدند.",
        "Other steps than before see the answer to “{name}”.",
    ),
    "page-added": ("صفحه «{name}» افزوده شد.", "The page “{name}” is new."),
    "page-removed": ("صفحه «{name}» دیگر نیست.", "The page “{name}” is gone."),
    "requirement-added": ("شرط «{name}» افزوده شد.", "The requirement “{name}” is new."),
    "requirement-removed": ("شرط «{name}» برداشته شد.", "The requirement “{name}” is gone."),
    "requirement-changed": ("شرط «{name}» دگرگون شد.", "The requirement “{name}” has changed."),
    "outcome-added": ("نتیجه «{name}» افزوده شد.", "A case may end with “{name}” now."),
    "outcome-removed": ("نتیجه «{name}» دیگر نیست.", "No case ends with “{name}” any more."),
    "outcome-deemed": ("نتیجه «{name}» از سکوت هم برمی‌آید.", "The outcome “{name}” may come of silence now."),
    "outcome-not-deemed": (
        "نتیجه «{name}» دیگر از سکوت برنمی‌آید.",
        "The outcome “{name}” comes of silence no longer.",
    ),
    "withdrawal-changed": (
        "زمان پس گرفتن درخواست دگرگون شد.",
        "Until when an application may be withdrawn has changed.",
    ),
    "entry-added": ("«{name}» شدنی شد.", "“{name}” is possible now."),
    "entry-removed": ("«{name}» دیگر شدنی نیست.", "“{name}” is no longer possible."),
    "texts-changed": ("متن {count} مورد بازنویسی شد.", "{count} texts are worded differently."),
    "step-added": ("گام «{name}» افزوده شد.", "The step “{name}” is new."),
    "step-removed": ("گام «{name}» برداشته شد.", "The step “{name}” is gone."),
    "step-holder": (
        "گام «{name}» از {before} به {after} رسید.",
        "The step “{name}” is held by {after} instead of {before}.",
    ),
    "step-condition": (
        "شرط رفتن به گام «{name}» دگرگون شد.",
        "The step “{name}” is left out on another condition.",
    ),
    "routes-changed": ("راه‌های گام «{name}» دگرگون شد.", "The ways on from “{name}” have changed."),
    "action-added": ("اقدام «{name}» افزوده شد.", "The action “{name}” is new."),
    "action-removed": ("اقدام «{name}» برداشته شد.", "The action “{name}” is gone."),
    "action-changed": (
        "اقدام «{action}» در گام «{name}» دگرگون شد.",
        "The action “{action}” in the step “{name}” leads or demands otherwise.",
    ),
    "report-changed": ("گزارش گام «{name}» دگرگون شد.", "Other things are reported in the step “{name}”."),
    "step-clock": (
        "مهلت گام «{name}» از {before} به {after} رسید.",
        "The step “{name}” has {after} instead of {before}.",
    ),
    "silence-changed": ("پیامد سکوت در گام «{name}» دگرگون شد.", "Silence in the step “{name}” means something else."),
    "promise-changed": ("زمان وعده‌شده از {before} به {after} رسید.", "The card promises {after} instead of {before}."),
    "deadline-changed": (
        "مهلت کل پرونده از {before} به {after} رسید.",
        "The deadline of the whole case is {after} instead of {before}.",
    ),
    "deadline-silence": (
        "پیامد گذشتن مهلت کل دگرگون شد.",
        "Passing the deadline of the whole case means something else.",
    ),
    "validity-changed": (
        "اعتبار «{name}» از {before} به {after} رسید.",
        "What “{name}” grants is valid for {after} instead of {before}.",
    ),
    "review-changed": (
        "مهلت اعتراض به «{name}» از {before} به {after} رسید.",
        "An objection to “{name}” may be raised for {after} instead of {before}.",
    ),
    "fees-free": ("خدمت رایگان شد.", "The service is free of charge now."),
    "fees-no-longer-free": ("خدمت دیگر رایگان نیست.", "The service is no longer free of charge."),
    "tariff-added": ("هزینه «{name}» افزوده شد.", "The charge “{name}” is new."),
    "tariff-removed": ("هزینه «{name}» برداشته شد.", "The charge “{name}” is gone."),
    "tariff-amount": (
        "مبلغ «{name}» در ردیف {row} از {before} به {after} رسید.",
        "The charge “{name}” in the row {row} is {after} instead of {before}.",
    ),
    "tariff-changed": (
        "شرط، قانون یا تاریخ هزینه «{name}» دگرگون شد.",
        "The charge “{name}” has other conditions, laws or days.",
    ),
    "document-added": ("سند «{name}» افزوده شد.", "The document “{name}” is new."),
    "document-removed": ("سند «{name}» برداشته شد.", "The document “{name}” is gone."),
    "document-changed": ("متن یا فیلدهای سند «{name}» دگرگون شد.", "The document “{name}” is worded otherwise."),
    "record-added": ("سابقه «{name}» برای دستگاه‌های دیگر فراهم شد.", "Other bodies may ask for the record “{name}”."),
    "record-removed": ("سابقه «{name}» دیگر فراهم نیست.", "The record “{name}” is no longer offered."),
    "record-changed": ("سابقه «{name}» دگرگون شد.", "The record “{name}” has changed."),
    "messages-changed": ("پیام‌ها دگرگون شدند.", "The messages have changed."),
    "law-added": ("«{name}» افزوده شد.", "“{name}” is new."),
    "law-removed": ("«{name}» برداشته شد.", "“{name}” is gone."),
    "running-stay": (
        "پرونده‌ها و پیش‌نویس‌های جاری بر نسخه‌ای می‌مانند که با آن آغاز شدند؛ فقط پرونده‌های تازه بر نسخه تازه می‌روند.",
        "Cases and drafts that run stay on the version they began with; only new ones follow the new version.",
    ),
    "running-in-lost-step": (
        "پرونده‌ای که در گام «{name}» است به نسخه تازه بردنی نیست تا از آن گام بگذرد.",
        "A case that stands in “{name}” cannot be moved to the new version before it has left that step.",
    ),
    "running-lack-answers": (
        "پرونده‌ای که به نسخه تازه برده شود {count} پاسخ الزامی تازه کم دارد.",
        "A case that is moved to the new version lacks {count} answers that must be given now.",
    ),
}
