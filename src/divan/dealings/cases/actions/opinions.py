"""Opinions: an officer of another body signs a letter with the action of a step, and it stands in the case."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from divan.dealings.cases import models
from divan.dealings.cases.queries.letters import opinion_to_make
from divan.dealings.cases.values import OPINION_ISSUED, OPINION_SIGNED, NotYourTask
from divan.dealings.correspondence import actions as correspondence
from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.registers.people import queries as people
from divan.trust.signing import actions as signing
from divan_libs.servicepack.models import Package


def sign_opinion(
    row: models.Case, task: models.Task, package: Package, document: str, *, actor: Actor, now: datetime
) -> None:
    """Sign an opinion: number it in the register of the officer's own body, seal it, and ask for its document.

    :raises NotYourTask: if nobody acts in a post; silence signs no letter.
    :raises RegisterUnknown: if the officer's body has no secretariat register.
    """
    if actor.uuid is None or actor.post is None:
        raise NotYourTask
    signer, post = people.get_person(actor.uuid), people.get_post(actor.post)
    letter = correspondence.number_letter(
        body_code=post.unit.body_code,
        subject=package.text(f"documents.{document}.title", "fa"),
        wording=task.text,
        recipient=people.get_unit(package.card.provider.body).name_fa,
        signer=actor.uuid,
        signer_name=signer.full_name,
        signer_post=post,
        about_kind=task.subject_kind,
        about_uuid=task.uuid,
        actor=actor,
        now=now,
    )
    opinion = models.OpinionLetter.objects.create(
        uuid=uuid4(), task=task, document=document, letter_uuid=letter.uuid, document_uuid=uuid4(), signed_at=now
    )
    sealed = facts.record(
        OPINION_SIGNED, subject=opinion, actor=actor, at=now, number=str(letter.number), case=row.uuid
    )
    opinion.sealed_fact = sealed
    opinion.save(update_fields=["sealed_fact"])
    wanted = opinion_to_make(row, task, package, document, letter, opinion, signer=signer, post=post, now=now)
    signing.request_document(document=wanted, actor=actor, now=now)


def note_issued_opinion(*, document: UUID, actor: Actor, now: datetime) -> bool:
    """Note that the signed letter of an opinion exists; return whether the document is an opinion's at all."""
    opinion = models.OpinionLetter.objects.select_for_update().filter(document_uuid=document).first()
    if opinion is None:
        return False
    if opinion.issued_at is None:
        correspondence.put_document(letter=opinion.letter_uuid, document=document, actor=actor, now=now)
        opinion.issued_at = now
        opinion.save(update_fields=["issued_at"])
        facts.record(OPINION_ISSUED, subject=opinion, actor=actor, at=now, document=document)
    return True
