"""Broken copies of the good package whose fault lies in what a card alone can break; see ``broken_copies``."""

from __future__ import annotations

PERMIT = """permit:
  authority: ict-directorate
  validity: {unlimited: true, amount: 2, unit: years}
  renewal: {inquiries: [land-register/owner]}
"""

BROKEN_CARDS = [
    ("card.audience-differs", "card.yaml", ("card.yaml", "relations: [G2C]", "relations: [G2E]")),
    ("card.audience-differs", "card.yaml", ("card.yaml", "relations: [G2C]", "relations: [G2C]\naudience: employees")),
    ("card.not-stated", "card.yaml", ("card.yaml", "in_person: {visits: 0}\n", "")),
    ("card.not-stated", "card.yaml", ("card.yaml", "promised_time: {amount: 20, unit: working-days}\n", "")),
    (
        "card.declared-text-of-no-field",
        "card.yaml",
        ("card.yaml", "start_mode: request", "start_mode: request\ndeclared_texts: {colour: سبز}"),
    ),
    (
        "card.relates-to-itself",
        "card.yaml",
        ("card.yaml", "start_mode: request", "start_mode: request\nbroader: rural-internet-coverage"),
    ),
    (
        "card.relates-to-itself",
        "card.yaml",
        ("card.yaml", "start_mode: request", "start_mode: request\nfollows: [rural-internet-coverage]"),
    ),
    ("card.validity", "card.yaml", ("card.yaml", "start_mode: request", "start_mode: request\n" + PERMIT)),
    ("card.unknown-data-service", "card.yaml", ("card.yaml", "start_mode: request", "start_mode: request\n" + PERMIT)),
]
