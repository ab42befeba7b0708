"""Broken copies of the good package: letters, messages and texts."""

from __future__ import annotations

BROKEN_OUTPUTS = [
    (
        "outputs.field-never-collected",
        "outputs/reply-letter.typ",
        ("outputs/reply-letter.typ", "#fields.reply", "#fields.reply #fields.father_name"),
    ),
    (
        "outputs.field-never-collected",
        "outputs/documents.yaml",
        ("outputs/documents.yaml", "{answer: first_name}", "{answer: father_name}"),
    ),
    (
        "outputs.field-never-collected",
        "outputs/documents.yaml",
        ("outputs/documents.yaml", "{answer: first_name}", "{fact: identity, field: father_name}"),
    ),
    (
        "outputs.field-never-collected",
        "texts/fa.yaml",
        ("texts/fa.yaml", "روستای {village} با شماره", "روستای {village} {county} با شماره"),
    ),
    (
        "outputs.field-never-used",
        "outputs/documents.yaml",
        ("outputs/reply-letter.typ", "شهرستان #fields.county", "شهرستان"),
    ),
    (
        "outputs.not-a-place",
        "outputs/documents.yaml",
        ("outputs/documents.yaml", "{place: village, level: village}", "{place: relation, level: village}"),
    ),
    (
        "outputs.template-reaches-outside",
        "outputs/reply-letter.typ",
        ("outputs/reply-letter.typ", "#fields.reply", '#fields.reply #read("/etc/passwd")'),
    ),
    (
        "outputs.template-without-body",
        "outputs/reply-letter.typ",
        ("outputs/reply-letter.typ", "#let body(fields)", "#let content(fields)"),
    ),
    (
        "outputs.message-too-long",
        "texts/fa.yaml",
        ("texts/fa.yaml", "پاسخ داده می‌شود.\n", "پاسخ داده می‌شود. " + "با سپاس از شکیبایی شما. " * 8 + "\n"),
    ),
    (
        "outputs.document-never-made",
        "outputs/documents.yaml",
        ("flow.yaml", "document: rejection-letter", "document: reply-letter"),
    ),
    (
        "outputs.message-never-sent",
        "outputs/documents.yaml",
        ("flow.yaml", "correction_message: correction-needed\n", ""),
    ),
    (
        "outputs.file-in-text",
        "outputs/documents.yaml",
        ("outputs/documents.yaml", "{answer: households}", "{answer: photo}"),
    ),
    ("texts.missing", "texts/fa.yaml", ("texts/fa.yaml", "  title: درخواست پوشش اینترنت روستا\n", "")),
    ("texts.missing", "texts/en.yaml", ("texts/en.yaml", "      resident: I live there\n", "")),
    ("texts.missing", "texts/en.yaml", ("texts/en.yaml", "    hint: You may choose several.\n", "")),
    ("texts.unknown-key", "texts/en.yaml", ("texts/en.yaml", "  hours: Day", "  ours: Day")),
    (
        "texts.placeholder-not-filled",
        "texts/en.yaml",
        ("texts/en.yaml", "label: First name", "label: First name of {applicant}"),
    ),
]
