"""The classification plan of the own body: its classes, one by one or from a CSV file."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from divan.dealings.correspondence import actions, queries
from divan.dealings.correspondence.values import After, ArchiveClass, ArchiveClassUnfit, PlanLine
from divan.foundation import clock
from divan.foundation.http.access import access
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.fields import ErrorSummary, Field, Option
from divan.foundation.ui.numbers import digits, number
from divan.front.backoffice.archive_sections import archive_sections
from divan.front.backoffice.duties import KEEPERS, own_post
from divan.front.backoffice.secretariat.reading import Problems, errors, line, whole
from divan.front.texts.words import word
from divan_libs.persian.text import latin_digits

MOST_BYTES = 1024 * 1024
COLUMNS = "code, parent, title_fa, title_en, years, after, legal_basis"


@access(KEEPERS)
@require_safe
def plan(request: HttpRequest) -> HttpResponse:
    """Show the plan as a tree."""
    post, language = own_post(request), get_language() or "fa"
    classes = queries.list_plan(post.unit.body_uuid)
    values = {
        "sections": archive_sections(post, "archive-plan"),
        "classes": [(one, one.title(language), word("archive-after", one.after)) for one in classes],
    }
    return render(request, "backoffice/archive/plan.html", values)


@access(KEEPERS)
@require_http_methods(["GET", "POST"])
def load(request: HttpRequest) -> HttpResponse:
    """Import a plan from a CSV file: all of it, or nothing with the line that is wrong."""
    post = own_post(request)
    problem = ""
    if request.method == "POST":
        upload = request.FILES.get("file")
        try:
            if upload is None or (upload.size or 0) > MOST_BYTES:
                problem = _("Choose a CSV file of at most 1 MB.")
            else:
                many = actions.import_plan(
                    body=post.unit.body_uuid,
                    text=upload.read().decode("utf-8"),
                    actor=actor_of(request),
                    now=clock.now(),
                )
                messages.success(request, _("Classes read: %(count)s.") % {"count": number(many)})
                return redirect("backoffice:archive-plan")
        except UnicodeDecodeError:
            problem = _("The file is not UTF-8. Save it as “CSV UTF-8”.")
        except ArchiveClassUnfit as refusal:
            problem = _problem(refusal)
    hint = _("UTF-8, its first line names the columns: %(columns)s.") % {"columns": COLUMNS}
    field = Field(
        "file", "file", _("CSV file"), hint, "", [problem] if problem else [], attributes={"accept": ".csv,text/csv"}
    )
    values = {
        "field": field,
        "after": [(one, word("archive-after", one)) for one in After],
        "error_summary": ErrorSummary.of([field]),
    }
    return render(request, "backoffice/archive/import.html", values, status=422 if problem else 200)


def _problem(refusal: ArchiveClassUnfit) -> str:
    """Return what is wrong with a class, and in which line of a file."""
    said = word("archive-class-problem", str(refusal.facts.get("reason", "")))
    at = refusal.facts.get("line")
    return _("Line %(line)s: %(said)s") % {"line": digits(int(str(at))), "said": said} if at else said


@access(KEEPERS)
@require_http_methods(["GET", "POST"])
def write(request: HttpRequest, archive_class: UUID | None = None) -> HttpResponse:
    """Add a class to the plan, or change one.

    :raises ArchiveClassUnknown: if the body has no such class.
    """
    post = own_post(request)
    known = queries.get_class(post.unit.body_uuid, archive_class) if archive_class else None
    problems: Problems = {}
    typed = request.POST.dict() if request.method == "POST" else _typed(known)
    if request.method == "POST":
        years = whole(typed.get("years", "")) if typed.get("years", "").strip() else None
        if typed.get("years", "").strip() and years is None:
            problems["years"] = word("archive-class-problem", "years")
        else:
            try:
                actions.write_class(
                    body=post.unit.body_uuid,
                    line=_line(request, known, years),
                    actor=actor_of(request),
                    now=clock.now(),
                )
            except ArchiveClassUnfit as refusal:
                problems[_FIELDS.get(str(refusal.facts.get("reason")), "code")] = _problem(refusal)
            else:
                messages.success(request, _("The class was written."))
                return redirect("backoffice:archive-plan")
    fields = _fields(typed, problems, known, queries.list_plan(post.unit.body_uuid))
    values = {"known": known, "fields": fields, "error_summary": ErrorSummary.of(fields)}
    return render(request, "backoffice/archive/class.html", values, status=422 if problems else 200)


_FIELDS = {"title": "title_fa", "years": "years", "basis": "legal_basis", "parent": "parent", "has-files": "parent"}


def _line(request: HttpRequest, known: ArchiveClass | None, years: int | None) -> PlanLine:
    after = request.POST.get("after", "")
    return PlanLine(
        code=known.code if known else latin_digits(line(request.POST, "code", 41)),
        parent=line(request.POST, "parent", 40),
        title_fa=line(request.POST, "title_fa"),
        title_en=line(request.POST, "title_en"),
        years=years,
        after=After(after) if after in set(After) else After.KEEP,
        legal_basis=line(request.POST, "legal_basis", 300),
    )


def _typed(known: ArchiveClass | None) -> dict[str, str]:
    if known is None:
        return {}
    return {
        "parent": known.parent,
        "title_fa": known.title_fa,
        "title_en": known.title_en,
        "years": "" if known.years is None else str(known.years),
        "after": str(known.after),
        "legal_basis": known.legal_basis,
    }


def _above(known: ArchiveClass | None, classes: list[ArchiveClass], language: str) -> list[Option]:
    """Return the classes below which this one may stand: those without files, and not itself."""
    fit = [one for one in classes if not one.files and (known is None or one.uuid != known.uuid)]
    return [
        Option("", _("None: at the top")),
        *(Option(one.code, f"{one.code} – {one.title(language)}") for one in fit),
    ]


def _fields(
    typed: dict[str, str], problems: Problems, known: ArchiveClass | None, classes: list[ArchiveClass]
) -> list[Field]:
    language = get_language() or "fa"
    above = _above(known, classes, language)
    after = [Option(one, word("archive-after", one)) for one in After]

    def asked(name: str, label: str, hint: str = "", *, kind: str = "text", required: bool = False) -> Field:
        return Field(name, kind, label, hint, typed.get(name, ""), errors(problems, name), required)

    code = [] if known else [asked("code", _("Code"), kind="code", required=True)]
    return [
        *code,
        Field(
            "parent",
            "select",
            _("Below which class?"),
            "",
            typed.get("parent", ""),
            errors(problems, "parent"),
            False,
            options=above,
        ),
        asked("title_fa", _("Title in Persian"), required=True),
        asked("title_en", _("Title in English")),
        asked(
            "years",
            _("Years of retention"),
            _("Solar Hijri years from the closing of a file; nothing is for ever."),
            kind="number",
        ),
        Field(
            "after",
            "choice",
            _("What happens then?"),
            "",
            typed.get("after") or "keep",
            errors(problems, "after"),
            options=after,
        ),
        asked("legal_basis", _("Law or decision it rests on"), _("Needed unless files are kept for ever.")),
    ]


@access(KEEPERS)
@require_POST
def end(request: HttpRequest, archive_class: UUID) -> HttpResponse:
    """End a class of the plan.

    :raises ArchiveClassUnknown, ArchiveClassUnfit: and nothing was changed.
    """
    body = own_post(request).unit.body_uuid
    actions.end_class(archive_class=archive_class, body=body, actor=actor_of(request), now=clock.now())
    messages.success(request, _("No file is opened in the class any more."))
    return redirect("backoffice:archive-plan")
