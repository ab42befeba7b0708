"""Questions of rows and signatures that lint refuses."""

from __future__ import annotations

BROKEN_ROWS = {
    "form.repeated-row": """      harvest:
        type: table
        rows: [wheat, wheat]
        columns: {tons: {type: number}}
        read_by: [draft]
""",
    "form.not-within-rows": """      children:
        type: group
        questions: {age: {type: number, read_by: [draft]}}
        read_by: [draft]
""",
    "form.names-meet": """      children:
        type: group
        questions: {fee: {type: money}, fee_total: {type: text}}
        read_by: [draft]
""",
    "form.unknown-inquiry": """      signed:
        type: signature
        name_from: {need: REQ-GHOST, fields: [first_name]}
        read_by: [draft]
""",
    "form.unknown-field": """      signed:
        type: signature
        name_from: {need: REQ-IDENTITY, fields: [first_name, nickname]}
        read_by: [draft]
""",
}
"""Questions of rows and signatures that cannot be published, by the rule they break."""
