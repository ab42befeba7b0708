"""Broken copies of the good package: the rule's code, the file that is blamed, and the edit that breaks it."""

from __future__ import annotations

from divan_libs.servicepack.tests.broken_rows import BROKEN_ROWS

TARIFFS = """tariffs:
  t:
    beneficiary: body
    periods:
      - starts_on: 1404/01/01
        ends_on: 1404/07/01
        law: LAW-USO
        rows:
          all: {amount: 1000}
      - starts_on: 1404/07/01
        law: LAW-USO
        rows:
          few: {when: "has(answers.households) && answers.households < 20", amount: 0}
          many: {amount: 2000}
"""
FREE = "free: {law: LAW-USO}\n"
LONGEST = "clock: {amount: 6, unit: working-days}"


RELATIONS = "options: [resident, owner, council-member, business]"
REVIEW = """    review:
      clock: {amount: 10, unit: working-days}
      start: hear-objection
      law: LAW-CITIZEN-RIGHTS
"""
SPARE_STEP = """  spare:
    kind: review
    role: ict-deputy
    law: LAW-USO
    clock: {amount: 1, unit: working-days}
    silence: {perform: go}
    actions:
      go: {to: sign}
"""
MANDATE = """  REQ-MANDATE:
    kind: mandate
    law: LAW-CSM-37
    principal: nobody
    capacity: guardian
    fact: mandate
    data_service: civil-registry/person
"""
WITNESS = """  REQ-WITNESS:
    kind: signature
    law: LAW-CSM-37
    by: {question: village}
    reads: [ghost]
    valid_for: {amount: 5, unit: working-days}
"""
IDENTITY_CARD = """      identity_card:
        type: file
        accept: [pdf]
        required: false
        read_by: [draft]
"""

BROKEN = [
    ("card.documents-differ", "card.yaml", ("card.yaml", "documents: [REQ-PHOTO]", "documents: []")),
    (
        "card.inquiries-differ",
        "card.yaml",
        ("card.yaml", "inquiries: [civil-registry/person, mobile-register/owner]", "inquiries: []"),
    ),
    ("card.unknown-body", "card.yaml", ("card.yaml", "parent_body: ict-ministry", "parent_body: post-office")),
    ("card.unknown-law", "needs.yaml", ("needs.yaml", "law: LAW-VILLAGE-HEADS", "law: LAW-NOWHERE")),
    ("card.unknown-law", "flow.yaml", ("flow.yaml", "law: LAW-VILLAGE-HEADS", "law: LAW-NOWHERE")),
    ("card.unknown-law", "fees.yaml", ("fees.yaml", "LAW-USO", "LAW-NOWHERE")),
    (
        "card.confirmed-law-without-number",
        "card.yaml",
        ("card.yaml", "(USO)\n    confirmed: false", "(USO)\n    confirmed: true"),
    ),
    ("card.frequency", "card.yaml", ("card.yaml", "frequency: {times: 1, per: year}", "frequency: {times: 1}")),
    ("card.hand-off-address", "card.yaml", ("card.yaml", "delivery: electronic", "delivery: hand-off")),
    (
        "card.form-or-flow-not-electronic",
        "card.yaml",
        ("card.yaml", "delivery: electronic", "delivery: information-only"),
    ),
    (
        "card.access-without-reason",
        "card.yaml",
        (
            "card.yaml",
            "{stage: production, channel: internet, electronic: true}",
            "{stage: production, channel: in-person, electronic: false}",
        ),
    ),
    (
        "card.visits-differ",
        "card.yaml",
        (
            "card.yaml",
            "{stage: production, channel: internet, electronic: true}",
            "{stage: production, channel: in-person, electronic: false, reason: visit}",
        ),
    ),
    (
        "card.access-stages",
        "card.yaml",
        ("card.yaml", "  - {stage: production, channel: internet, electronic: true}\n", ""),
    ),
    ("card.fees-differ", "card.yaml", ("card.yaml", "{amount: 0,", "{amount: 5000,")),
    ("needs.unknown-data-service", "needs.yaml", ("needs.yaml", "civil-registry/person", "civil-registry/ghost")),
    (
        "needs.unknown-data-service",
        "needs.yaml",
        (
            "needs.yaml",
            "  REQ-ALIVE:\n",
            MANDATE.replace("civil-registry/person", "civil-registry/ghost") + "  REQ-ALIVE:\n",
        ),
    ),
    (
        "needs.subject-without-question",
        "needs.yaml",
        ("needs.yaml", "  REQ-ALIVE:\n", MANDATE + "  REQ-ALIVE:\n"),
    ),
    (
        "needs.subject-without-question",
        "needs.yaml",
        (
            "needs.yaml",
            "mobile-register/owner\n",
            "mobile-register/owner\n    subject: {question: x, group: village}\n",
        ),
    ),
    (
        "needs.subject-names-nobody",
        "needs.yaml",
        ("needs.yaml", "mobile-register/owner\n", "mobile-register/owner\n    subject: {question: households}\n"),
    ),
    (
        "needs.parameter-without-question",
        "needs.yaml",
        ("needs.yaml", "mobile-register/owner\n", "mobile-register/owner\n    parameters: {mobile: ghost}\n"),
    ),
    (
        "needs.parameter-may-stay-open",
        "needs.yaml",
        ("needs.yaml", "mobile-register/owner\n", "mobile-register/owner\n    parameters: {mobile: photo}\n"),
    ),
    (
        "needs.unknown-question-to-read",
        "needs.yaml",
        ("needs.yaml", "  REQ-ALIVE:\n", WITNESS + "  REQ-ALIVE:\n"),
    ),
    ("needs.repeated-fact", "needs.yaml", ("needs.yaml", "fact: mobile_owner", "fact: identity")),
    (
        "needs.document-held-by-register",
        "needs.yaml",
        ("needs.yaml", "held_in: none", "held_in: civil-registry/person"),
    ),
    (
        "needs.document-held-by-register",
        "needs.yaml",
        ("texts/fa.yaml", "title: تصویر وضعیت کنونی روستا", "title: تصویر کارت ملی متقاضی"),
    ),
    ("needs.document-without-question", "needs.yaml", ("needs.yaml", "question: photo", "question: village")),
    ("needs.document-optional-differs", "needs.yaml", ("needs.yaml", "optional: true", "optional: false")),
    ("needs.opinion-without-step", "needs.yaml", ("needs.yaml", "step: confirm", "step: elsewhere")),
    ("needs.opinion-cannot-object", "needs.yaml", ("needs.yaml", "step: confirm", "step: paraph")),
    (
        "form.file-without-requirement",
        "form.yaml",
        (
            "form.yaml",
            "      photo:\n",
            IDENTITY_CARD + "      photo:\n",
        ),
    ),
    ("form.unknown-prefill", "form.yaml", ("form.yaml", "field: first_name", "field: middle_name")),
    (
        "form.question-never-used",
        "form.yaml",
        (
            "form.yaml",
            RELATIONS + "\n        read_by: [confirm]",
            RELATIONS,
        ),
    ),
    ("form.unknown-reader", "form.yaml", ("form.yaml", "read_by: [confirm, draft]", "read_by: [confirm, janitor]")),
    (
        "form.condition-looks-ahead",
        "form.yaml",
        (
            "form.yaml",
            "      village:\n        type: place",
            "      village:\n        show_when: has(answers.truth)\n        type: place",
        ),
    ),
    ("form.impossible-limits", "form.yaml", ("form.yaml", "maximum: 5000", "maximum: 0")),
    (
        "form.repeated-option",
        "form.yaml",
        ("form.yaml", "[mci, irancell, rightel, other]", "[mci, irancell, mci, other]"),
    ),
    (
        "form.repeated-question",
        "form.yaml",
        ("form.yaml", "      other_place:\n        type: text", "      village:\n        type: text"),
    ),
    (
        "form.information-has-no-answer",
        "form.yaml",
        ("form.yaml", "type: information", "type: information\n        read_by: [draft]"),
    ),
    *(
        (code, "form.yaml", ("form.yaml", "      photo:\n", f"{question}      photo:\n"))
        for code, question in BROKEN_ROWS.items()
    ),
    (
        "expression.unguarded",
        "form.yaml",
        ("form.yaml", "has(answers.purpose) && 'business'", "true && 'business'"),
    ),
    (
        "expression.unguarded",
        "needs.yaml",
        ("needs.yaml", "has(facts.identity.alive) && facts.identity.alive", "facts.identity.alive"),
    ),
    (
        "expression.type",
        "needs.yaml",
        ("needs.yaml", "answers.households >= 1", "answers.households >= 'many'"),
    ),
    ("expression.unknown-name", "form.yaml", ("form.yaml", "has(answers.purpose)", "has(answers.purposes)")),
    (
        "expression.map-macro",
        "form.yaml",
        ("form.yaml", "'business' in answers.purpose", "'business' in answers.purpose.map(p, p + p)"),
    ),
    (
        "flow.unreachable-step",
        "flow.yaml",
        (
            "flow.yaml",
            "      paraph: {to: sign}\n",
            "      paraph: {to: sign}\n" + SPARE_STEP,
        ),
    ),
    (
        "flow.dead-end",
        "flow.yaml",
        (
            "flow.yaml",
            "      paraph: {to: sign}\n      send-back: {to: draft, requires: [note]}\n",
            "      paraph: {to: paraph}\n",
        ),
    ),
    (
        "flow.cycle-without-exit",
        "flow.yaml",
        ("flow.yaml", "      paraph: {to: sign}\n", "      paraph: {to: draft}\n"),
    ),
    ("flow.unknown-step", "flow.yaml", ("flow.yaml", "confirm: {to: endorse}", "confirm: {to: heaven}")),
    ("flow.unknown-step", "flow.yaml", ("flow.yaml", "start: confirm", "start: heaven")),
    ("flow.unknown-step", "flow.yaml", ("flow.yaml", "withdrawal: {until: sign}", "withdrawal: {until: heaven}")),
    ("flow.unknown-outcome", "flow.yaml", ("flow.yaml", "proposes: answered", "proposes: forgotten")),
    ("flow.role-nobody-holds", "flow.yaml", ("flow.yaml", "role: ict-expert", "role: magician")),
    (
        "flow.role-nobody-holds",
        "flow.yaml",
        ("flow.yaml", "to: {role: district-head", "to: {role: magician"),
    ),
    ("flow.unknown-body", "flow.yaml", ("flow.yaml", "at: {body: ict-directorate}", "at: {body: post-office}")),
    (
        "flow.not-a-body",
        "flow.yaml",
        ("flow.yaml", "at: {answer: village, level: village}", "at: {body_in: village}"),
    ),
    (
        "flow.not-a-place",
        "flow.yaml",
        ("flow.yaml", "at: {answer: village, level: village}", "at: {answer: relation, level: village}"),
    ),
    (
        "flow.level-below-answer",
        "flow.yaml",
        ("form.yaml", "level: village\n        within: county", "level: district"),
    ),
    (
        "flow.place-may-be-absent",
        "flow.yaml",
        ("form.yaml", "level: village\n        within: county", "level: village\n        required: false"),
    ),
    (
        "flow.rejection-without-codes",
        "flow.yaml",
        ("flow.yaml", "proposes: rejected, requires: [codes, text]", "proposes: rejected, requires: [text]"),
    ),
    (
        "flow.rejection-without-codes",
        "flow.yaml",
        ("flow.yaml", "return: {to: applicant, requires: [codes]}", "return: {to: applicant}"),
    ),
    (
        "flow.rejection-without-review",
        "flow.yaml",
        (
            "flow.yaml",
            REVIEW,
            "",
        ),
    ),
    (
        "flow.reviewed-by-the-signatory",
        "flow.yaml",
        (
            "flow.yaml",
            "    role: governor-officer\n    at: {body: governor-office}",
            "    role: ict-director\n    at: {body: ict-directorate}",
        ),
    ),
    ("flow.concluded-without-signature", "flow.yaml", ("flow.yaml", "kind: sign", "kind: paraph")),
    (
        "flow.concluded-without-proposal",
        "flow.yaml",
        ("flow.yaml", "confirm: {to: endorse}", "confirm: {to: sign}"),
    ),
    (
        "flow.outcome-never-proposed",
        "flow.yaml",
        ("flow.yaml", "outcomes:\n", "outcomes:\n  forgotten: {document: reply-letter, message: reply-ready}\n"),
    ),
    ("flow.unknown-document", "flow.yaml", ("flow.yaml", "document: reply-letter", "document: lost-letter")),
    ("flow.unknown-message", "flow.yaml", ("flow.yaml", "message: reply-ready", "message: lost")),
    ("flow.unknown-message", "flow.yaml", ("flow.yaml", "acknowledgement: received", "acknowledgement: lost")),
    ("flow.unknown-action", "flow.yaml", ("flow.yaml", "silence: {perform: endorse}", "silence: {perform: sleep}")),
    (
        "flow.silence-cannot-perform",
        "flow.yaml",
        ("flow.yaml", "silence: {perform: endorse}", "silence: {perform: object}"),
    ),
    (
        "flow.clocks-exceed-promise",
        "card.yaml",
        (
            "card.yaml",
            "promised_time: {amount: 20, unit: working-days}",
            "promised_time: {amount: 19, unit: working-days}",
        ),
    ),
    (
        "flow.clocks-exceed-promise",
        "card.yaml",
        (
            "card.yaml",
            "promised_time: {amount: 20, unit: working-days}",
            "promised_time: {amount: 20, unit: calendar-days}",
        ),
    ),
    ("flow.clock-too-long", "flow.yaml", ("flow.yaml", LONGEST, "clock: {amount: 60, unit: calendar-days}")),
    ("flow.clocks-exceed-promise", "card.yaml", ("flow.yaml", LONGEST, "clock: {amount: 9, unit: calendar-days}")),
    ("fees.not-said", "fees.yaml", ("fees.yaml", FREE, "tariffs: {}\n")),
    ("fees.free-with-tariffs", "fees.yaml", ("fees.yaml", FREE, FREE + TARIFFS)),
    ("card.fees-differ", "card.yaml", ("fees.yaml", FREE, TARIFFS)),
    (
        "fees.periods-not-joined",
        "fees.yaml",
        ("fees.yaml", FREE, TARIFFS.replace("ends_on: 1404/07/01", "ends_on: 1404/06/01")),
    ),
    (
        "fees.period-empty",
        "fees.yaml",
        ("fees.yaml", FREE, TARIFFS.replace("ends_on: 1404/07/01", "ends_on: 1403/01/01")),
    ),
    ("fees.no-last-row", "fees.yaml", ("fees.yaml", FREE, TARIFFS.replace("          many: {amount: 2000}\n", ""))),
    (
        "fees.row-unreachable",
        "fees.yaml",
        (
            "fees.yaml",
            FREE,
            TARIFFS.replace("all: {amount: 1000}", "all: {amount: 1000}\n          never: {amount: 3}"),
        ),
    ),
]
