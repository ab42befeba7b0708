"""Files of an application, and papers added to a case that runs: checked and scanned before they are kept."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import File, Form, Path, Router, UploadedFile

from divan.dealings.cases import actions, queries
from divan.dealings.cases.values import AdditionNotPossible, AnswersRefused, CaseUnknown, NotADraft
from divan.foundation import clock, files
from divan.foundation.files import FileEmpty, FileInfected, FileMislabelled, FileSummary, FileTooLarge, FileTypeUnknown
from divan.foundation.http.access import SIGNED_IN, access
from divan.foundation.http.media import file_answer
from divan.foundation.http.middleware import actor_of
from divan.foundation.http.repeating import KeyReused
from divan.front.api import guesses
from divan.front.api.caching import nothing_more, private_value
from divan.front.api.operations.services import Language
from divan.front.api.own import own_application, own_case
from divan.front.api.refusing import refuses
from divan.front.api.repeating import Key, done_once, find_answered
from divan.front.api.schemas.applications import Attached
from divan.front.api.schemas.voices import AddedDocument

router = Router(tags=["files"])
FILE_REFUSALS = (FileEmpty, FileTooLarge, FileTypeUnknown, FileMislabelled, FileInfected, KeyReused, CaseUnknown)
QuestionCode = Annotated[str, Form(max_length=60, pattern="^[a-z0-9_]+$", description="the question it answers")]
Upload = Annotated[UploadedFile, File(description="PDF, JPEG or PNG, at most 10 MB; the question may say less")]


def _stored(request: HttpRequest, upload: UploadedFile) -> FileSummary:
    """Check, scan and store a file, before any row is locked: the scanner is somebody outside."""
    guesses.count_upload(request)
    return files.store_upload(
        name=upload.name or "file", content=upload.chunks(), actor=actor_of(request), now=clock.now()
    )


@router.post(
    "/me/applications/{uuid:case}/files",
    response={201: Attached},
    url_name="application-files",
    operation_id="attachFile",
    openapi_extra=refuses(NotADraft, AnswersRefused, *FILE_REFUSALS),
)
@access(SIGNED_IN)
def attach_file(
    request: HttpRequest,
    case: Annotated[UUID, Path()],
    key: Key,
    question: QuestionCode,
    file: Upload,
    language: Language = None,  # noqa: ARG001 (read by the entrance)
) -> HttpResponse:
    """Put a file to a question of type file; the oldest gives way when the question takes no more."""
    own_application(request, case)
    if (answered := find_answered(request, key)) is not None:
        return answered
    stored = _stored(request, file)

    def deed() -> HttpResponse:
        held = actions.add_file(case=case, question=question, file=stored, actor=actor_of(request), now=clock.now())
        value = Attached(
            uuid=stored.uuid,
            question=question,
            name=stored.name,
            media_type=stored.media_type,
            size=stored.size,
            sha256=stored.sha256,
            revision=queries.revision_of(held.answers),
        )
        return private_value(value, status=201, location=reverse("api:application-file", args=[case, stored.uuid]))

    return done_once(request, key, deed)


@router.get(
    "/me/applications/{uuid:case}/files/{uuid:file}",
    response={200: bytes},
    url_name="application-file",
    operation_id="getFile",
    openapi_extra=refuses(CaseUnknown),
)
@access(SIGNED_IN)
def get_file(request: HttpRequest, case: Annotated[UUID, Path()], file: Annotated[UUID, Path()]) -> HttpResponse:
    """Give a file of one's own application or case back."""
    own_case(request, case)
    return file_answer(*queries.case_file_bytes(case, file))


@router.delete(
    "/me/applications/{uuid:case}/files/{uuid:file}",
    response={204: None},
    url_name="application-file",
    operation_id="removeFile",
    openapi_extra=refuses(CaseUnknown, NotADraft),
)
@access(SIGNED_IN)
def remove_file(request: HttpRequest, case: Annotated[UUID, Path()], file: Annotated[UUID, Path()]) -> HttpResponse:
    """Take a file off an application."""
    own_application(request, case)
    actions.remove_file(case=case, file=file, actor=actor_of(request), now=clock.now())
    return nothing_more()


@router.post(
    "/me/cases/{uuid:case}/documents",
    response={201: AddedDocument},
    url_name="case-documents",
    operation_id="addDocument",
    openapi_extra=refuses(AdditionNotPossible, *FILE_REFUSALS),
)
@access(SIGNED_IN)
def add_document(
    request: HttpRequest,
    case: Annotated[UUID, Path()],
    key: Key,
    note: Annotated[str, Form(min_length=1, max_length=1000, description="what it is, and why it is added")],
    file: Upload,
    language: Language = None,  # noqa: ARG001 (read by the entrance)
) -> HttpResponse:
    """Add a file with a note to a case that runs; whoever has the case sees it as new."""
    own_case(request, case)
    if (answered := find_answered(request, key)) is not None:
        return answered
    stored = _stored(request, file)

    def deed() -> HttpResponse:
        added = actions.add_document(case=case, note=note, file=stored, actor=actor_of(request), now=clock.now())
        value = AddedDocument(uuid=added.file, name=added.name, note=added.note, added_at=added.added_at)
        return private_value(value, status=201, location=reverse("api:application-file", args=[case, added.file]))

    return done_once(request, key, deed)
