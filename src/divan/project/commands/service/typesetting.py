"""The letters of a package, typeset once on trial: what a reader of the files cannot tell, the typesetter can."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from divan.project.commands.service.house import set_up_settings

if TYPE_CHECKING:
    from divan.trust.signing.values import NewDocument
    from divan_libs.servicepack.faults import Fault
    from divan_libs.servicepack.models import DocumentTemplate, Package

NOBODY = UUID(int=0)
AT = datetime(2026, 3, 21, 8, 30, tzinfo=UTC)


def letter_faults(package: Package) -> list[Fault]:
    """Return a fault for each letter whose wording cannot be typeset; every field holds its own code.

    Needs the settings of the house and no database.
    """
    if not package.outputs.documents:
        return []
    set_up_settings()
    from divan.trust.signing import queries  # noqa: PLC0415 (needs the house's settings)
    from divan.trust.signing.values import WordingFault, WordingTooSlow  # noqa: PLC0415 (as above)
    from divan_libs.servicepack.lint.outputs import letter_fault  # noqa: PLC0415 (not needed to print the help)

    faults = []
    for template in package.outputs.documents:
        try:
            queries.preview_letter(_trial(package, template), AT)
        except WordingFault as fault:
            faults.append(letter_fault(template, str(fault.facts.get("detail", ""))))
        except WordingTooSlow:
            faults.append(letter_fault(template, "it never ends"))
    return faults


def _trial(package: Package, template: DocumentTemplate) -> NewDocument:
    from divan.trust.signing.values import Letterhead, NewDocument, SignerRef  # noqa: PLC0415 (as above)

    return NewDocument(
        uuid=NOBODY,
        kind=template.code,
        title=package.text(f"documents.{template.code}.title", "fa"),
        source=template.source,
        fields={field.code: field.code for field in template.fields},
        language="fa",
        letterhead=Letterhead(body_name=package.card.provider.body, parent_body="", address="", email="", legal_id=""),
        number="1",
        dated_on=AT.date(),
        recipient="recipient",
        signer=SignerRef(
            person=NOBODY, national_code="", name="signer", post=NOBODY, title="post", organization="", legal_id=""
        ),
        about_kind="trial",
        about_uuid=NOBODY,
        sealed_fact=NOBODY,
    )
